"""Each picture of a batch has boxes of its own, through the host's context windows, too."""

from types import SimpleNamespace

import pytest
import torch
from studio import BOXES, PHRASES, close, differ

FRAMES = 4
# The host's windows over a batch compare a noise level per picture with one per step, and one more:
# they run only where these are as many.
STEPS = FRAMES - 1


@pytest.fixture
def moving(pack):
    """A ball that moves over FRAMES frames, and in the last two a cube."""
    layout, geometry = pack("gligen_core.layout"), pack("gligen_core.geometry")

    def frame(n):
        ball = geometry.Box(0.1 * n, 0.2, 0.1 * n + 0.4, 0.8)
        entities = [layout.Entity("a", ball, PHRASES[0])]
        if n >= FRAMES // 2:
            entities.append(layout.Entity("b", geometry.Box.of(BOXES[1]), PHRASES[1]))
        return layout.Layout(tuple(entities))

    return layout.LayoutSequence(tuple(frame(n) for n in range(FRAMES)))


@pytest.fixture
def ground(studio):
    node = studio.pack("nodes.ground").Ground
    return lambda layouts: node.execute(studio.gligen, clip=studio.clip, layout=layouts)[0]


def windows(studio, model, length, overlap=0):
    """The MODEL with the host's context windows over the batch."""
    module = studio.host("comfy.context_windows")
    windowed = model.clone()
    windowed.model_options["context_handler"] = module.IndexListContextHandler(
        context_schedule=module.get_matching_context_schedule(
            module.ContextSchedules.STATIC_STANDARD
        ),
        fuse_method=module.get_matching_fuse_method(module.ContextFuseMethods.PYRAMID),
        context_length=length,
        context_overlap=overlap,
    )
    return windowed


def rows_of(forward, side):
    """The tokens of one side of the guidance in a forward."""
    tokens = forward.fusing[0][0]
    chunk = len(tokens) // len(forward.sides)
    at = forward.sides.index(side) * chunk
    return tokens[at : at + chunk]


def test_a_batch_is_sampled_with_the_boxes_of_each_picture(studio, ground, moving):
    model, positive, negative = studio.apply(grounding=ground(moving))
    watched, forwards = studio.watched(model)
    together = studio.ksampler(watched, positive, negative, latent=studio.latent(FRAMES))
    tokens = rows_of(forwards[0], 0)
    assert len(tokens) == FRAMES
    for number, layout in enumerate(moving.layouts):
        alone = studio.pack("nodes.ground").Ground.execute(
            studio.gligen, clip=studio.clip, layout=layout
        )[0]
        model, positive, negative = studio.apply(grounding=alone)
        watched, seen = studio.watched(model)
        pictures = studio.ksampler(watched, positive, negative, latent=studio.latent(FRAMES))
        assert close(rows_of(seen[0], 0)[0], tokens[number])
        assert close(pictures[number], together[number])


def test_the_negative_has_no_objects_in_any_picture(studio, ground, moving):
    model, positive, negative = studio.apply(grounding=ground(moving))
    watched, forwards = studio.watched(model)
    studio.ksampler(watched, positive, negative, latent=studio.latent(FRAMES))
    null = rows_of(forwards[0], 1)
    assert all(torch.equal(row, null[0]) for row in null)
    assert differ(null[0], rows_of(forwards[0], 0)[0])


@pytest.mark.parametrize("length, overlap", [(2, 0), (3, 2)])
def test_context_windows_pick_the_right_frames(studio, ground, moving, length, overlap):
    # Pictures of a batch know nothing of one another, so windows must not change them.
    model, positive, negative = studio.apply(grounding=ground(moving))
    latent = studio.latent(FRAMES)
    whole = studio.ksampler(model, positive, negative, latent=latent, steps=STEPS)
    watched, forwards = studio.watched(windows(studio, model, length, overlap))
    windowed = studio.ksampler(watched, positive, negative, latent=latent, steps=STEPS)
    # Newer hosts put an anchor frame in front of windows that do not begin with the first.
    seen = {forward.rows for forward in forwards}
    assert 2 * length in seen and seen <= {2 * length, 2 * (length + 1)}
    assert close(windowed, whole)


def test_one_layout_goes_for_all_frames_of_a_window(studio):
    model, positive, negative = studio.apply()
    latent = studio.latent(FRAMES)
    whole = studio.ksampler(model, positive, negative, latent=latent, steps=STEPS)
    windowed = studio.ksampler(
        windows(studio, model, 2), positive, negative, latent=latent, steps=STEPS
    )
    assert close(windowed, whole)


def test_layouts_and_latents_of_different_numbers_are_refused(studio, ground, moving):
    model, positive, negative = studio.apply(grounding=ground(moving))
    with pytest.raises(studio.pack("gligen_core.errors").GligenError, match="4 groundings"):
        studio.ksampler(model, positive, negative, latent=studio.latent(FRAMES - 1))


def test_frames_of_other_packs_windows_are_read(pack):
    windows = pack("host.windows")
    assert windows.pictures_of({"ad_params": {"sub_idxs": [4, 5, 0]}}, 3) == [4, 5, 0]
    assert windows.pictures_of({"ad_params": {"sub_idxs": None}}, 3) is None
    assert windows.pictures_of({"ad_params": {"sub_idxs": [4, 5, 0]}}, 6) is None
    assert windows.pictures_of({}, 3) is None


@pytest.mark.parametrize(
    "anchor, pictures", [(3, [3, 4, 5]), (0, [0, 4, 5]), (-1, None), (None, None)]
)
def test_an_anchor_frame_in_front_of_a_window_is_one_of_its_pictures(pack, anchor, pictures):
    """Newer hosts (`causal_window_fix`) put one there; no registry carries one of them."""
    window = SimpleNamespace(index_list=[4, 5], dim=0, causal_anchor_index=anchor)
    found = pack("host.windows").pictures_of({"context_window": window}, 3)
    assert found == pictures
    own = pack("host.windows").pictures_of({"context_window": window}, 2)
    assert own == (None if pictures else [4, 5])
