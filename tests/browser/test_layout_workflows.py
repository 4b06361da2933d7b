"""The example workflows in the browser, and sockets that take several types."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "example_workflows"
# Saved before Ground had all its widgets; the browser gives these their defaults.
OLDER = {"demo_text_box", "sd15_text_box"}
NAMES = sorted({file.stem for file in EXAMPLES.glob("*.json")} - OLDER)


def read(file):
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_opens_and_queues_what_its_api_form_says(desk, name):
    desk.load(read(EXAMPLES / f"{name}.json"))
    desk.close_dialogs()  # model files that are not here
    expected = read(EXAMPLES / "api" / f"{name}.json")
    prompt = desk.prompt()
    assert {id_: node["inputs"] for id_, node in prompt.items()} == {
        id_: node["inputs"] for id_, node in expected.items()
    }


@pytest.mark.parametrize(
    "source, output",
    [("SolidMask", 0), ("PrimitiveString", 0), ("GLIGEN_Layout", 0), ("GLIGEN_LayoutToBoxes", 2)],
)
def test_a_socket_for_boxes_takes_every_kind(desk, source, output):
    giver, taker = desk.add(source), desk.add("GLIGEN_LayoutFromBoxes", (500, 0))
    desk.connect(giver, output, taker, "boxes")
    assert desk.prompt()[str(taker)]["inputs"]["boxes"] == [str(giver), output]


def test_a_socket_for_boxes_refuses_a_model(desk):
    giver, taker = desk.add("GLIGEN_DemoModel"), desk.add("GLIGEN_LayoutFromBoxes", (500, 0))
    desk.connect(giver, 0, taker, "boxes")
    assert "boxes" not in desk.prompt()[str(taker)]["inputs"]
