"""The Ground node: reference images, poses and maps; and what it refuses, with the remedy."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from modes import SIDE_PX
from safetensors.torch import load_file
from studio import BOXES, CONTEXT, PHRASES, close

PROJECTION = Path(__file__).parents[1] / "fixtures" / "clip_text_projection.safetensors"


@pytest.fixture
def errors(pack):
    return pack("gligen_core.errors").GligenError


@pytest.fixture(scope="module")
def projection():
    return load_file(PROJECTION)["text_projection.weight"].float()


@pytest.fixture(scope="module")
def clip(studio, projection):
    """A CLIP that carries a text projection, as clip_l.safetensors does."""
    clip = studio.new_clip(CONTEXT)
    clip.cond_stage_model.clip_l.transformer.text_projection.weight.copy_(projection)
    return clip


@pytest.fixture(scope="module")
def vision(modes):
    return modes.vision()


def layout_of(studio, **fields):
    """Two boxes; the fields of the first one changed."""
    layout = studio.layout(BOXES, PHRASES)
    first, *others = layout.entities
    return layout.with_entities((replace(first, **fields), *others))


def test_a_reference_image_goes_through_both_projections(
    studio, modes, clip, vision, pack, projection
):
    images = modes.picture(1, batch=2, size=(96, 64))
    grounding = modes.ground(
        "text_image_box",
        clip=clip,
        clip_vision=vision,
        images=images,
        layout=layout_of(studio, image=1),
    )
    inputs = grounding.inputs
    embeds = vision.encode_image(images[1:], crop=True)["image_embeds"].float()
    expected = embeds @ projection
    assert close(inputs.image[0, 0], 28.7 * expected[0] / expected.norm())
    assert inputs.use_image[0, :3].tolist() == [1, 0, 0]
    assert inputs.use_text[0, :3].tolist() == [1, 1, 0]
    assert studio.ksampler(*studio.apply(grounding=grounding)).isfinite().all()


@pytest.mark.parametrize("crop", ["box", "whole"])
def test_other_crops_show_clip_another_part(studio, modes, clip, vision, crop):
    images = modes.picture(1, size=(128, 96))
    given = {"clip": clip, "clip_vision": vision, "images": images}
    layout = layout_of(studio, image=0)
    centre = modes.ground("text_image_box", layout=layout, **given)
    other = modes.ground("text_image_box", layout=layout, image_crop=crop, **given)
    x0, y0, x1, y1 = (round(v * side) for v, side in zip(BOXES[0], (96, 128, 96, 128), strict=True))
    seen = images[:, y0:y1, x0:x1] if crop == "box" else images
    alone = modes.ground(
        "text_image_box",
        layout=layout,
        image_crop="whole",
        **(given | {"images": seen}),
    )
    assert torch.equal(other.inputs.image, alone.inputs.image)
    assert not torch.equal(other.inputs.image, centre.inputs.image)


def test_an_entity_may_have_a_picture_and_no_words(studio, modes, clip, vision):
    inputs = modes.ground(
        "text_image_box",
        clip=clip,
        clip_vision=vision,
        images=modes.picture(),
        layout=layout_of(studio, image=0, text=""),
    ).inputs
    assert inputs.use_text[0, :2].tolist() == [0, 1]
    assert float(inputs.text[0, 0].abs().max()) == 0


def test_use_text_and_use_image_are_the_official_masks(studio, modes, clip, vision):
    inputs = modes.ground(
        "text_image_box",
        clip=clip,
        clip_vision=vision,
        images=modes.picture(),
        layout=layout_of(studio, image=0, use_text=0.25, use_image=0.5),
    ).inputs
    assert inputs.use_text[0, 0] == 0.25 and inputs.use_image[0, 0] == 0.5


def test_a_style_image_is_one_more_object_without_a_place(studio, modes, clip, vision):
    inputs = modes.ground(
        "text_image_box", clip=clip, clip_vision=vision, style_image=modes.picture(3)
    ).inputs
    assert inputs.boxes[0, 2].tolist() == [0, 1, 0, 1]
    assert inputs.present[0, :4].tolist() == [1, 1, 1, 0]
    assert inputs.use_image[0, :4].tolist() == [0, 0, 1, 0]
    assert inputs.use_text[0, :4].tolist() == [1, 1, 0, 0]
    assert float(inputs.image[0, 2].norm()) == pytest.approx(28.7, rel=1e-4)


def test_the_projection_comes_from_the_model_folder_where_the_clip_has_none(
    studio, modes, clip, vision, projection
):
    bare = studio.new_clip(CONTEXT)  # random numbers where the host found no projection
    bare.cond_stage_model.clip_l.transformer.text_projection.weight.copy_(torch.eye(CONTEXT))
    given = {
        "clip_vision": vision,
        "images": modes.picture(),
        "layout": layout_of(studio, image=0),
    }
    file = studio.folder / "projection_matrix"
    torch.save(projection, file)
    try:
        of_file = modes.ground("text_image_box", clip=bare, **given).inputs.image
    finally:
        file.unlink()
    assert torch.equal(of_file, modes.ground("text_image_box", clip=clip, **given).inputs.image)


def test_without_any_projection_the_error_says_where_one_is(studio, modes, vision, errors):
    bare = studio.new_clip(CONTEXT)
    bare.cond_stage_model.clip_l.transformer.text_projection.weight.copy_(torch.eye(CONTEXT))
    with pytest.raises(errors, match=r"clip_l\.safetensors.*projection_matrix"):
        modes.ground(
            "text_image_box",
            clip=bare,
            clip_vision=vision,
            images=modes.picture(),
            layout=layout_of(studio, image=0),
        )


def test_a_clip_vision_of_another_width_names_the_file_to_load(studio, modes, clip, errors):
    with pytest.raises(errors, match=r"1024 features \(CLIP ViT-H/14\).* Load CLIP ViT-L/14"):
        modes.ground(
            "text_image_box",
            clip=clip,
            clip_vision=modes.vision(1024),
            images=modes.picture(),
            layout=layout_of(studio, image=0),
        )


@pytest.mark.parametrize(
    "fields, given, words",
    [
        (
            {"image": 2},
            {"images": 2},
            r"'e0' wants reference image 2 .*.reference images. \(images\) has 2",
        ),
        (
            {"image": 0},
            {},
            r"'e0' wants reference image 0 .*.reference images. \(images\) is not connected",
        ),
        ({"text": " "}, {}, "entity 'e0' has neither text nor image"),
    ],
)
def test_a_missing_reference_image_names_its_entity(
    studio, modes, clip, vision, errors, fields, given, words
):
    images = {"images": modes.picture(batch=given["images"])} if given else {}
    layout = layout_of(studio, **fields)
    with pytest.raises(errors, match=words):
        modes.ground("text_image_box", clip=clip, clip_vision=vision, layout=layout, **images)


def test_reference_images_need_clip_vision(studio, modes, clip, errors):
    with pytest.raises(errors, match=r'"CLIP Vision" \(clip_vision\) is not connected'):
        modes.ground(
            "text_image_box",
            clip=clip,
            images=modes.picture(),
            layout=layout_of(studio, image=0),
        )


def test_nine_people_are_too_many(modes, errors):
    layout = modes.poses(*[modes.person()] * 9)
    with pytest.raises(errors, match=r"9 people in the layout; this checkpoint takes 8\. Remove 1"):
        modes.ground("keypoint", layout=layout)


@pytest.mark.parametrize("count, words", [(18, "OpenPose"), (16, "missing joint")])
def test_a_pose_of_another_skeleton_is_named(pack, errors, count, words):
    layout, joint = pack("gligen_core.layout"), pack("gligen_core.skeletons").Joint
    with pytest.raises(errors, match=rf"{count} joints; expected 17 .*{words}"):
        layout.Pose(id="p", joints=(joint(0.5, 0.5),) * count)


def test_a_layout_without_poses_is_named(studio, modes, errors):
    with pytest.raises(errors, match="grounds with poses, and the layout has none"):
        modes.ground("keypoint", layout=studio.layout())


@pytest.mark.parametrize("mode", ["hed", "canny", "depth", "normal", "sem"])
def test_a_map_with_alpha_is_refused(modes, errors, mode):
    with pytest.raises(errors, match="alpha channel"):
        modes.ground(mode, map=torch.rand(1, SIDE_PX, SIDE_PX, 4))


@pytest.mark.parametrize("mode", ["hed", "canny", "depth", "normal", "sem"])
def test_a_missing_map_names_the_input(modes, errors, mode):
    with pytest.raises(errors, match=r'"map".* (is not|is) connected'):
        modes.ground(mode, map=None)


def test_class_152_is_refused(modes, errors):
    numbers = torch.full((1, SIDE_PX, SIDE_PX, 3), 152 / 255)
    with pytest.raises(errors, match="the map has class 152; this GLIGEN knows 0 to 151"):
        modes.ground("sem", map=numbers)


def test_colours_numbers_and_masks_give_the_same_classes(modes, pack):
    table = pack("gligen_core.modalities.ade20k").CLASSES
    wall, sofa = 1, 24
    numbers = torch.zeros(1, SIDE_PX, SIDE_PX, 3)
    colours = torch.zeros(1, SIDE_PX, SIDE_PX, 3)
    masks = torch.zeros(2, SIDE_PX, SIDE_PX)
    for row, number in enumerate((wall, sofa)):
        part = slice(20 * row, 20 * row + 20)
        numbers[:, part] = number / 255
        colours[:, part] = torch.tensor(table[number - 1].colour) / 255
        masks[row, part] = 1
    of_numbers, of_colours, of_masks = (
        modes.ground("sem", **given).inputs.picture
        for given in (
            {"map": numbers, "map_reads": "numbers"},
            {"map": colours, "map_reads": "colours"},
            {"map": None, "masks": masks, "class_names": "wall, Sofa"},
        )
    )
    assert torch.equal(of_numbers, of_colours) and torch.equal(of_numbers, of_masks)
    assert of_numbers.unique().tolist() == [0, wall, sofa]


def test_smoothed_edges_of_a_palette_are_refused(modes, errors):
    colours = torch.zeros(1, SIDE_PX, SIDE_PX, 3)
    colours[:, :32] = torch.tensor((120, 120, 120)) / 255
    colours[:, 32:] = torch.tensor((4, 200, 3)) / 255
    smooth = torch.nn.functional.interpolate(colours.movedim(-1, 1), (96, 96), mode="bilinear")
    modes.ground("sem", map=colours, map_reads="colours")
    with pytest.raises(errors, match=r"none of ADE20K's colours.* 'nearest'"):
        modes.ground("sem", map=smooth.movedim(1, -1), map_reads="colours")


def test_masks_with_a_wrong_name_get_the_nearest_ones(modes, errors):
    masks = torch.ones(1, SIDE_PX, SIDE_PX)
    with pytest.raises(errors, match=r"'sofaa' is no class of ADE20K. Did you mean 'sofa'"):
        modes.ground("sem", map=None, masks=masks, class_names="sofaa")
    with pytest.raises(errors, match="1 masks and 2 class names"):
        modes.ground("sem", map=None, masks=masks, class_names="wall, sofa")


@pytest.mark.parametrize("mode", ["canny", "sem"])
def test_a_batch_of_maps_that_does_not_fit_the_latents_is_refused(studio, modes, errors, mode):
    maps = modes.sources(mode, batch=3)["map"]
    grounded = studio.apply(grounding=modes.ground(mode, map=maps))
    with pytest.raises(errors, match="3 groundings for a batch of 2 pictures; expected 1"):
        studio.ksampler(*grounded, latent=studio.latent(2))
