"""Every template as a person sees it: nodes apart, inside their groups, wires to the right."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "example_workflows"
TEMPLATES = sorted(EXAMPLES.glob("*.json"))
GROUPS = ("1 What", "2 Where", "3 Run")
CANVASES = {"GLIGEN_Layout", "GLIGEN_Poses"}
CANVAS_SIDE = 700
# Of the nodes as they are drawn: in Nodes 2.0 the element, else body and title.
FRAMES = """() => window.app.graph.nodes.map((node) => {
  const element = document.querySelector(`[data-node-id="${node.id}"]`);
  const title = window.LiteGraph.NODE_TITLE_HEIGHT;
  const [x, y] = node.pos;
  const [width, height] = element
    ? [element.offsetWidth, element.offsetHeight] : [node.size[0], node.size[1] + title];
  return { id: String(node.id), type: node.type, x, y: y - title, width, height };
})"""


@pytest.fixture(params=TEMPLATES, ids=lambda file: file.stem)
def template(desk, request):
    workflow = json.loads(request.param.read_text(encoding="utf-8"))
    desk.look(0.3, 40, 60)
    desk.load(workflow)
    desk.settle(20)
    desk.close_dialogs()  # model files that are not here
    return workflow


@pytest.fixture
def frames(desk, template):
    found = {frame["id"]: frame for frame in desk.page.evaluate(FRAMES)}
    assert len(found) == len(template["nodes"])
    if desk.nodes2:
        drawn = desk.page.evaluate("document.querySelectorAll('[data-node-id]').length")
        assert drawn == len(found)
    return found


def test_a_template_is_easy_to_read(desk, template, frames):
    assert list(overlaps(frames)) == []
    groups = template["groups"]
    assert tuple(group["title"] for group in groups) == GROUPS
    assert list(strays(frames, groups)) == []
    [note] = [frame for frame in frames.values() if frame["type"] == "MarkdownNote"]
    assert (note["x"], note["y"]) == min((each["x"], each["y"]) for each in frames.values())
    assert list(backward(frames, template["links"])) == []
    for frame in frames.values():
        if frame["type"] in CANVASES:
            assert frame["width"] >= CANVAS_SIDE and frame["height"] >= CANVAS_SIDE


def overlaps(frames):
    some = list(frames.values())
    for number, one in enumerate(some):
        for other in some[:number]:
            if (
                one["x"] < other["x"] + other["width"]
                and other["x"] < one["x"] + one["width"]
                and one["y"] < other["y"] + other["height"]
                and other["y"] < one["y"] + one["height"]
            ):
                yield one, other


def strays(frames, groups):
    """Nodes that are not wholly inside one group."""
    for frame in frames.values():
        for x, y, width, height in (group["bounding"] for group in groups):
            if (
                x <= frame["x"]
                and y <= frame["y"]
                and frame["x"] + frame["width"] <= x + width
                and frame["y"] + frame["height"] <= y + height
            ):
                break
        else:
            yield frame


def backward(frames, links):
    for link in links:
        source, target = frames[str(link[1])], frames[str(link[3])]
        if source["x"] + source["width"] > target["x"]:
            yield source, target


def test_what_the_test_of_places_would_say():
    one = {"type": "A", "x": 0, "y": 0, "width": 10, "height": 10}
    other = one | {"x": 9}
    assert list(overlaps({"1": one, "2": other})) == [(other, one)]
    assert list(overlaps({"1": one, "2": one | {"x": 10}})) == []
    assert list(strays({"1": one}, [{"bounding": [0, 0, 10, 9]}])) == [one]
    assert list(backward({"1": one, "2": other}, [[1, 1, 0, 2, 0, "MODEL"]])) == [(one, other)]
