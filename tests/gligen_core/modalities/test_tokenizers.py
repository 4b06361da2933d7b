"""What holds for the tokens of every mode, beside the numbers that parity compares."""

import pytest
import torch
from torch import nn

from gligen_core.errors import GligenError
from gligen_core.geometry import Box
from gligen_core.layers.convnext import ConvNeXtConfig
from gligen_core.modalities import MODALITIES, keypoint, maps, sem, text_box, text_image_box
from gligen_core.modalities.modality import batched
from gligen_core.skeletons import Joint

WIDTH, TOKENS = 16, 24
TINY = ConvNeXtConfig(widths=(8, 12, 16, 24), depths=(1, 2, 1, 1))
LEFT, RIGHT = Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1)


def alive(network):
    """Every parameter random, the null features among them."""
    generator = torch.Generator().manual_seed(1)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.3, generator=generator)
    return network.requires_grad_(False)


def person(x=0.2):
    return [Joint(x + 0.01 * n, 0.1 + 0.04 * n) for n in range(17)]


def pictures(count=1, size=(64, 64)):
    return torch.rand(count, 3, *size, generator=torch.Generator().manual_seed(2)) * 2 - 1


def class_maps(count=1, size=(64, 64)):
    generator = torch.Generator().manual_seed(2)
    return torch.randint(0, 7, (count, 1, *size), generator=generator).to(torch.uint8)


def features(count):
    return torch.randn(count, WIDTH, generator=torch.Generator().manual_seed(3))


BOXES = [Box(0.1, 0.2, 0.4, 0.6), Box(0.6, 0.1, 0.9, 0.9)]
KINDS = {
    "text_box": (
        lambda: text_box.TextBoxTokenizer(WIDTH, TOKENS),
        lambda: text_box.prepare(BOXES, features(2), slots=4),
    ),
    "text_image_box": (
        lambda: text_image_box.TextImageBoxTokenizer(WIDTH, TOKENS),
        lambda: text_image_box.prepare(
            [box.as_tuple() for box in BOXES],
            features(2),
            -features(2),
            [1, 0.5],
            [0, 1],
            slots=4,
        ),
    ),
    "keypoint": (
        lambda: keypoint.KeypointTokenizer(8, WIDTH, TOKENS),
        lambda: keypoint.prepare([person(), person(0.5)]),
    ),
    "map": (
        lambda: maps.MapTokenizer(TINY, 4, TOKENS),
        lambda: maps.prepare(pictures()),
    ),
    "sem": (
        lambda: sem.ClassMapTokenizer(7, TINY, 4, TOKENS),
        lambda: sem.prepare(class_maps()),
    ),
}


@pytest.fixture(params=KINDS)
def kind(request):
    """-> tokenizer, inputs"""
    network, inputs = KINDS[request.param]
    return alive(network()), inputs()


def test_null_tokens_are_those_of_inputs_with_every_mask_0(kind):
    tokenizer, inputs = kind
    masks = {"present", "use_text", "use_image"}
    fields = type(inputs).__dataclass_fields__
    nothing = type(inputs)(
        *(getattr(inputs, n) * 0 if n in masks else getattr(inputs, n) for n in fields)
    )
    null = tokenizer.null_tokens(inputs.slots)
    torch.testing.assert_close(null, tokenizer(nothing), rtol=1e-4, atol=1e-4)


def test_tokens_differ_from_null_tokens(kind):
    tokenizer, inputs = kind
    assert not torch.allclose(tokenizer(inputs), tokenizer.null_tokens(inputs.slots), atol=1e-2)


def test_a_batch_gives_what_each_gives_alone(kind):
    tokenizer, inputs = kind
    other = inputs.within(Box(0, 0, 0.75, 1))
    other = other if other.slots else inputs
    both = tokenizer(batched([inputs, other]))
    alone = torch.cat((tokenizer(inputs), tokenizer(other)))
    torch.testing.assert_close(both, alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", MODALITIES)
def test_a_tokenizer_is_built_from_the_shapes_of_its_weights(name):
    row = MODALITIES[name]
    network, inputs = KINDS.get(name, KINDS["map"])
    tokenizer, weights = alive(network()), alive(network()).state_dict()
    again = row.build(row.config_of(weights), nn)
    again.load_state_dict(weights)
    assert torch.equal(again(inputs()), tokenizer(inputs()))


def test_each_slot_knows_whose_it_is():
    inputs = text_box.prepare(BOXES, features(2), slots=3, owners=["a", "b"])
    assert inputs.owners == (("a", "b", None),)
    assert inputs.padded(4).within(LEFT).to("cpu").owners == (("a", "b", None, None),)
    assert batched([inputs, inputs]).owners == inputs.owners * 2
    people = keypoint.prepare([person()], max_people=2, owners=["p"])
    assert people.owners == (("p",) * 17 + (None,) * 17,)
    assert maps.prepare(pictures()).owners == ()


def test_tokens_come_in_the_order_of_the_objects():
    tokenizer = alive(text_box.TextBoxTokenizer(WIDTH, TOKENS))
    text = features(2)
    there = tokenizer(text_box.prepare(BOXES, text, slots=4))
    back = tokenizer(text_box.prepare(BOXES[::-1], text.flip(0), slots=4))
    torch.testing.assert_close(there[:, :2].flip(1), back[:, :2])
    torch.testing.assert_close(there[:, 2:], back[:, 2:])


def test_text_tokens_come_before_image_tokens():
    tokenizer = alive(text_image_box.TextImageBoxTokenizer(WIDTH, TOKENS))
    corners = [box.as_tuple() for box in BOXES]
    text, image = features(2), -features(2)
    both = tokenizer(text_image_box.prepare(corners, text, image, [1, 1], [1, 1], slots=3))
    words = tokenizer(text_image_box.prepare(corners, text, image, [1, 1], [0, 0], slots=3))
    assert both.shape == (1, 6, TOKENS)
    torch.testing.assert_close(both[:, :3], words[:, :3])
    assert not torch.allclose(both[:, 3:5], words[:, 3:5], atol=1e-2)


def test_a_box_seen_from_an_area_lies_in_its_fractions():
    inputs = text_box.prepare(BOXES, features(2), slots=4).within(LEFT)
    torch.testing.assert_close(inputs.boxes[0, 0], torch.tensor((0.2, 0.2, 0.8, 0.6)))
    assert inputs.present[0].tolist() == [1, 0, 0, 0]


def test_a_style_picture_is_seen_from_every_area():
    style = text_image_box.STYLE_CORNERS
    inputs = text_image_box.prepare(
        [BOXES[0].as_tuple(), style], features(2), features(2), [1, 0], [0, 1], slots=3
    ).within(RIGHT)
    assert inputs.present[0].tolist() == [0, 1, 0]
    assert inputs.use_image[0].tolist() == [0, 1, 0]
    assert tuple(inputs.boxes[0, 1].tolist()) == style


def test_a_joint_outside_an_area_is_missing_there():
    inputs = keypoint.prepare([person(0.45)]).within(LEFT)
    seen = [x <= 0.5 for x, _, _ in person(0.45)]
    assert inputs.present[0, :17].tolist() == [float(each) for each in seen]
    torch.testing.assert_close(inputs.points[0, 0], torch.tensor((0.9, 0.1)))


def test_a_joint_that_can_not_be_seen_counts_as_missing():
    joints = person()
    joints[3] = joints[3]._replace(visible=0)
    inputs = keypoint.prepare([joints])
    assert inputs.present[0].sum() == 16 and inputs.present[0, 3] == 0
    assert inputs.points[0, 3].tolist() == [0, 0]


@pytest.mark.parametrize(
    "people, words",
    [
        ([person()] * 9, "9 people .* takes 8.* Remove 1"),
        ([person(), person()[:16]], "person 2 .* 16 joints; expected 17"),
        ([[*person(), Joint(0.5, 0.5)]], "18 joints.*OpenPose"),
    ],
)
def test_people_that_do_not_fit_are_named(people, words):
    with pytest.raises(GligenError, match=words):
        keypoint.prepare(people)


def test_more_objects_than_slots_are_refused():
    with pytest.raises(GligenError, match=r"5 objects in the layout; this checkpoint takes 4"):
        text_box.prepare([BOXES[0]] * 5, features(5), slots=4)


@pytest.mark.parametrize("size", [(64, 64), (64, 96), (200, 40)])
def test_a_map_of_any_size_gives_the_same_number_of_tokens(size):
    tokenizer = alive(maps.MapTokenizer(TINY, 4, TOKENS))
    assert tokenizer(maps.prepare(pictures(size=size))).shape == (1, 4, TOKENS)


def test_half_a_map_lies_between_a_map_and_none():
    tokenizer = alive(maps.MapTokenizer(TINY, 4, TOKENS))
    tokenizer.linears = nn.Identity()
    whole = maps.prepare(pictures())
    half = maps.MapInputs(whole.picture, whole.present / 2)
    middle = (tokenizer(whole) + tokenizer.null_tokens(0)) / 2
    torch.testing.assert_close(tokenizer(half), middle)


def test_class_numbers_are_resized_without_new_ones():
    inputs = sem.prepare(class_maps(size=(30, 50))).on_canvas(8, 8)
    assert inputs.picture.shape == (1, 1, 64, 64)
    assert set(inputs.picture.unique().tolist()) <= set(range(7))
