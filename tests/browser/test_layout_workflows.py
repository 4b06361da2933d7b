"""Templates, and all workflows ever shipped, in the browser; sockets that take several types."""

import json
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "example_workflows"
ONCE_SHIPPED = CHECKOUT / "tests" / "fixtures" / "host" / "workflows"
SHIPPED = [*sorted(EXAMPLES.glob("*.json")), *sorted(ONCE_SHIPPED.glob("*.json"))]
FIRST = "01 Draw boxes, get a picture (no download)"


def read(file):
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_workflow_opens_and_queues_what_its_api_form_says(desk, file):
    workflow = read(file)
    desk.load(workflow)
    desk.close_dialogs()  # model files that are not here
    expected = read(file.parent / workflow["extra"].get("api", f"api/{file.name}"))
    prompt = desk.prompt()
    assert prompt.keys() == expected.keys()
    for id_, node in expected.items():
        # Inputs that came later have their defaults.
        assert prompt[id_]["class_type"] == node["class_type"]
        assert prompt[id_]["inputs"].items() >= node["inputs"].items()


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


def test_a_template_is_opened_from_the_hosts_browser(desk):
    desk.page.click(".templates-tab-button")
    dialog = desk.page.wait_for_selector('[role="dialog"]')
    desk.page.get_by_text("gligen-grounding", exact=True).click()
    card = desk.page.wait_for_selector(f'[data-testid="template-workflow-{FIRST}"]')
    assert FIRST in card.inner_text()
    picture = card.wait_for_selector("img")
    desk.page.wait_for_function("(picture) => picture.naturalWidth > 100", arg=picture)
    offered = dialog.query_selector_all('[data-testid^="template-workflow-"]')
    assert len(offered) == len(list(EXAMPLES.glob("*.json")))
    card.click()
    desk.page.wait_for_function(
        "window.app.graph.nodes.some(({ type }) => type === 'GLIGEN_Layout')"
    )
    desk.settle(20)
    desk.close_dialogs()  # model files that are not here
    [node] = [saved for saved in desk.saved()["nodes"] if saved["type"] == "GLIGEN_Layout"]
    [original] = [
        saved
        for saved in read(EXAMPLES / f"{FIRST}.json")["nodes"]
        if saved["type"] == "GLIGEN_Layout"
    ]
    assert node["widgets_values"] == original["widgets_values"]
    entities = json.loads(original["widgets_values"][0])["entities"]
    assert desk.editor(node["id"]).phrases() == [entity["text"] for entity in entities]
