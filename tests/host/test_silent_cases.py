"""Cases that once passed in silence: said on the node and in the log."""

import json

import pytest

HERE = [0.1, 0.1, 0.5, 0.5]


def drawn(*things):
    entities = [{"id": f"e{n}", "text": text, "box": box} for n, (text, box) in enumerate(things)]
    return json.dumps({"version": 1, "entities": entities})


@pytest.fixture(scope="module")
def demo(host, pack):
    """MODEL, CLIP and VAE of the Demo Model, and the GLIGEN made for it."""
    pack("host.files").add_demo_folder()
    _, clip, _ = pack("host.demo_model").load_demo_model()
    return clip, pack("host.files").load("demo_gligen_text_box.safetensors", "auto")


@pytest.fixture
def said(pack, demo):
    """Of a layout: what Encode Grounding writes on itself."""

    def ask(layout):
        clip, gligen = demo
        ui = pack("nodes.ground").Ground.execute(gligen, clip, layout).ui
        return "" if ui is None else ui.as_dict()["text"][0]

    return ask


def test_an_empty_layout_is_said_to_ground_nothing(said, caplog):
    assert said(drawn()).startswith("the layout is empty: nothing is grounded")
    assert "Encode Grounding (GLIGEN): the layout is empty" in caplog.text


def test_two_boxes_at_one_place_are_named(said, caplog):
    both = drawn(("a red circle", HERE), ("a blue square", HERE))
    assert said(both) == "'a red circle' and 'a blue square' lie at one place."
    assert "'a blue square' lie at one place" in caplog.text


def test_a_layout_without_doubt_is_passed_over_in_silence(said, caplog):
    assert said(drawn(("a red circle", HERE))) == ""
    assert caplog.text == ""


def test_words_that_the_demo_does_not_know_are_listed(said, caplog):
    note = said(drawn(("a red circle", HERE), ("a quixotic astrolabe", [0.5, 0.5, 1, 1])))
    assert note.startswith("GLIGEN Demo Model: it was not trained with these words")
    assert "it: quixotic, astrolabe. " in note and "red" not in note.partition("it: ")[2]
    assert "quixotic, astrolabe" in caplog.text


def test_a_prompt_with_such_words_is_told_of_too(demo, caplog):
    clip, _ = demo
    clip.tokenize("a (red:1.2) circle, and a quixotic circle")
    assert "it: quixotic. " in caplog.text
    caplog.clear()
    clip.clone().tokenize("a red circle")
    assert caplog.text == ""


def test_the_words_of_another_clip_are_its_own_affair(pack, studio):
    words = pack("host.demo_words").words_not_known
    layout = pack("gligen_core.layout").parse_layout(drawn(("a quixotic astrolabe", HERE)))
    assert words(studio.clip, [layout]) == words(None, [layout]) == []
