"""Box, Layout and Gate Phases: what they make, and what they refuse before anything runs."""

import json

import pytest

BALL = {"text": "a red ball", "box": [0.1, 0.2, 0.5, 0.9]}


@pytest.fixture
def layouts(pack):
    return pack("nodes.layout")


def test_a_layout_carries_its_canvas(layouts):
    text = json.dumps({"width": 768, "height": 512, "entities": [BALL]})
    layout, width, height, _ = layouts.LayoutText.execute(text).result
    assert (width, height) == (768, 512) == (layout.width, layout.height)
    assert [entity.text for entity in layout.entities] == ["a red ball"]


def test_boxes_chain_and_layouts_append(layouts):
    first = layouts.LayoutBox.execute("a", 0, 0, 0.5, 0.5, 1.0)[0]
    second = layouts.LayoutBox.execute("b", 0.5, 0.5, 1, 1, 0.5, first)[0]
    third, width, *_ = layouts.LayoutText.execute(
        json.dumps({"width": 64, "entities": [BALL]}), second
    ).result
    assert [entity.text for entity in first.entities] == ["a"]  # what came in stays as it was
    assert [entity.text for entity in third.entities] == ["a", "b", "a red ball"]
    assert third.entities[1].strength == 0.5
    assert len({entity.id for entity in third.entities}) == 3
    assert width == 512  # the canvas of the layout that was added to


def test_a_new_layout_is_an_empty_one(layouts):
    (drawn, *_) = layouts.LayoutText.GET_SCHEMA().inputs
    assert layouts.LayoutText.validate_inputs(drawn.default) is True
    assert layouts.LayoutText.execute(drawn.default)[0].entities == ()


@pytest.mark.parametrize(
    "caption, prompt",
    [
        ("", "a sun; a comet"),
        ("a night sky", "a night sky; a sun; a comet"),
        ("a comet over a hill", "a comet over a hill; a sun"),
        ("  a sun and a comet\n", "a sun and a comet"),
    ],
)
def test_the_prompt_has_the_caption_and_the_phrases_it_lacks(layouts, caption, prompt):
    things = [{"text": text, "box": [0, 0, 1, 1]} for text in ("a sun", "a comet", "a sun")]
    picture = {"image": 0, "box": [0, 0, 1, 1]}
    text = json.dumps({"entities": [*things, picture]})
    assert layouts.LayoutText.execute(text, caption=caption)[3] == prompt
    appended = layouts.LayoutText.execute(
        json.dumps({"entities": []}), json.loads(text), caption=caption
    )
    assert appended[3] == prompt


def test_a_layouts_own_prompt_stands_in_for_a_caption(layouts):
    text = json.dumps({"prompt": "a moonlit field", "entities": [BALL]})
    assert layouts.LayoutText.execute(text)[3] == "a moonlit field; a red ball"
    assert layouts.LayoutText.execute(text, caption="noon")[3] == "noon; a red ball"


def test_a_box_cut_at_the_edge_is_warned_of_on_the_node(layouts):
    text = json.dumps({"entities": [{"text": "a", "box": [-0.5, 0, 0.5, 1]}]})
    assert layouts.LayoutText.validate_inputs(text) is True
    out = layouts.LayoutText.execute(text)
    assert out[0].entities[0].box.as_tuple() == (0, 0, 0.5, 1)
    assert "reaches outside 0..1" in out.ui["text"][0]


@pytest.mark.parametrize(
    "text, says",
    [
        ("a red ball", "not JSON"),
        ("[]", "expected one layout"),
        ('{"entities": [{"text": "a"}]}', "'box' is missing"),
        ('{"entities": [{"text": "a", "box": [0.5, 0, 0.1, 1]}]}', "x0 < x1"),
        ('{"entities": [{"text": "a", "box": [0, 0, NaN, 1]}]}', "four finite numbers"),
        ('{"entities": [{"text": " ", "box": [0, 0, 1, 1]}]}', "'text' is empty"),
        ('{"version": 2, "entities": []}', "reads version 1"),
    ],
)
def test_a_broken_layout_is_refused_before_anything_runs(layouts, text, says):
    answer = layouts.LayoutText.validate_inputs(text)
    assert isinstance(answer, str) and says in answer


def test_linked_inputs_are_left_to_the_run(layouts, pack):
    assert layouts.LayoutText.validate_inputs(None) is True
    assert layouts.LayoutBox.validate_inputs(None, None, 0.1, None, 0.5) is True
    assert pack("nodes.gate").GatePhases.validate_inputs(None, None, 0.1, 0.5) is True


@pytest.mark.parametrize(
    "text, box, says",
    [
        ("a", (0.5, 0, 0.5, 1), '"left (x0)" is 0.5 and "right (x1)" is 0.5; expected '),
        ("a", (0, 0.9, 1, 0.1), '"top (y0)" is 0.9 and "bottom (y1)" is 0.1; expected '),
        ("a", (0, 0, 1.5, 1), '"right (x1)" is 1.5; expected a fraction'),
        ("a", (float("nan"), 0, 1, 1), '"left (x0)" is nan; expected a fraction'),
        ("  ", (0, 0, 1, 1), '"phrase" (text) is empty'),
    ],
)
def test_a_broken_box_is_refused_before_and_in_the_run(layouts, pack, text, box, says):
    assert says in layouts.LayoutBox.validate_inputs(text, *box)
    with pytest.raises(pack("gligen_core.errors").GligenError, match=r"^GLIGEN Box: "):
        layouts.LayoutBox.execute(text, *box, 1.0)


def test_gate_phases_by_number_and_by_preset(pack):
    node, schedule = pack("nodes.gate").GatePhases, pack("gligen_core.gate.schedule")
    custom = node.execute("custom", 0.5, 0.25, 0.25, "steps")[0]
    assert custom == schedule.GateSchedule.phases(0.5, 0.25, 0.25)
    preset = node.execute("text_box", 0.5, 0.25, 0.25, "timestep")[0]
    assert preset == schedule.GateSchedule.phases(0.3, 0.0, 0.7, "timestep")


@pytest.mark.parametrize(
    "preset, shares, says",
    [
        ("custom", (0.5, 0.2, 0.2), "add up to 0.9"),
        ("custom", (1.5, 0.0, -0.5), "from 0 to 1"),
        ("cubist", (0.3, 0.0, 0.7), "\"preset\" is 'cubist'; choose one of"),
    ],
)
def test_gate_shares_that_do_not_add_up_are_refused(pack, preset, shares, says):
    assert says in pack("nodes.gate").GatePhases.validate_inputs(preset, *shares)


def test_a_preset_does_not_look_at_the_shares(pack):
    assert pack("nodes.gate").GatePhases.validate_inputs("hed", 0.9, 0.9, 0.9) is True
