"""The gate canvas in the host's page, as a person works it."""

import json

import pytest

NODE = "GLIGEN_GateCurve"
CURVE = '{"points": [[0, 1], [0.5, 0.5], [1, 0]], "mood": "calm"}'
MARGINS = {"left": 32, "right": 14, "top": 14, "bottom": 22}  # MARGIN of web/gate/plot.js


@pytest.fixture
def node(desk):
    desk.look(y=150)
    return desk.add(NODE, (20, 20), gate=CURVE)


class Plot:
    """The editor's plot: places are (progress, gate)."""

    def __init__(self, editor) -> None:
        self.editor = editor
        self.mouse = editor.page.mouse

    def at(self, progress, gate, top=1.0):
        box = self.editor.canvas.bounding_box()
        scale = box["width"] / self.editor.canvas.evaluate("(canvas) => canvas.offsetWidth")
        left, right, above, below = (MARGINS[side] * scale for side in MARGINS)
        width, height = box["width"] - left - right, box["height"] - above - below
        return box["x"] + left + width * progress, box["y"] + above + height * (1 - gate / top)

    def drag(self, start, end):
        self.mouse.move(*self.at(*start))
        self.mouse.down()
        self.mouse.move(*self.at(*end), steps=5)
        self.mouse.up()
        self.editor.desk.settle()

    def press(self, progress, gate):
        self.mouse.click(*self.at(progress, gate))
        self.editor.desk.settle()


@pytest.fixture
def editor(desk, node):
    return desk.editor(node, "gate")


@pytest.fixture
def plot(editor):
    return Plot(editor)


def sent(desk, node):
    return desk.layout(node, "gate")


def near(point, expected, tolerance=0.012):
    return all(abs(a - b) <= tolerance for a, b in zip(point, expected, strict=True))


def test_points_are_put_dragged_undone_redone_saved_and_sent(desk, node, editor, plot):
    plot.press(0.25, 0.4)
    plot.drag((0.5, 0.5), (0.65, 0.9))
    points = sent(desk, node)["points"]
    assert len(points) == 4
    assert near(points[1], (0.25, 0.4)) and near(points[2], (0.65, 0.9))
    editor.press("Control+z", "Control+z")
    assert sent(desk, node)["points"] == [[0, 1], [0.5, 0.5], [1, 0]]
    editor.press("Control+y", "Control+Shift+z")
    assert sent(desk, node)["points"] == points
    (saved,) = desk.saved()["nodes"]
    assert json.loads(saved["widgets_values"][0]) == sent(desk, node)
    assert sent(desk, node)["mood"] == "calm"


def test_a_reload_brings_back_what_was_saved(desk, node, plot):
    plot.press(0.25, 0.4)
    before = desk.saved()["nodes"][0]["widgets_values"]
    desk.reload()
    assert desk.saved()["nodes"][0]["widgets_values"] == before
    assert desk.layout(node, "gate")["points"][1] == json.loads(before[0])["points"][1]


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_places_stay_right_when_the_graph_is_zoomed(desk, node, plot, scale):
    desk.look(scale, 60, 90 if scale < 1 else 20)
    plot.drag((0.5, 0.5), (0.3, 0.8))
    assert near(sent(desk, node)["points"][1], (0.3, 0.8), 0.02)


def test_everything_goes_by_keyboard_alone(desk, node, editor):
    editor.focus()
    editor.press(".", ".", "ArrowLeft", "ArrowUp", "Shift+ArrowUp")
    assert sent(desk, node)["points"][1] == [0.49, 0.511]
    editor.press("Control+z")  # arrow keys in a row are one step
    assert sent(desk, node)["points"][1] == [0.5, 0.5]
    editor.press("n")
    assert len(sent(desk, node)["points"]) == 4
    editor.press("Delete", "Delete", "Delete", "Delete")
    assert len(sent(desk, node)["points"]) == 1  # a curve keeps one
    editor.press("Control+z", "Enter")  # to the numbers
    desk.page.keyboard.type("37.5")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.type("0.25")
    assert [0.375, 0.25] in sent(desk, node)["points"]


def test_a_preset_is_the_official_phases_and_its_edges_are_dragged(desk, node, editor, plot):
    editor.handle.query_selector("select").select_option("depth")
    assert sent(desk, node)["phases"] == [0.7, 0, 0.3]
    plot.drag((0.7, 0), (0.9, 0))
    assert near(sent(desk, node)["phases"], (0.7, 0.2, 0.1))
    assert abs(sum(sent(desk, node)["phases"]) - 1) < 1e-9
    plot.press(0.2, 0.3)  # a point of one's own makes a curve of it
    assert "phases" not in sent(desk, node)
    assert near(sent(desk, node)["points"][1], (0.2, 0.3))


def test_the_readout_says_what_each_step_gets(desk, node, editor, plot):
    desk.load(graph_with(desk, '{"phases": [0.25, 0.5, 0.25]}'))
    editor = desk.editor(node, "gate")
    editor.handle.query_selector('input[aria-label^="How many steps"]').fill("8")
    cells = editor.handle.query_selector_all(".gligen-readout tr")
    rows = [row.inner_text().split() for row in cells]
    assert rows == [["1–2", "1"], ["3", "0.75"], ["4", "0.5"], ["5", "0.25"], ["6–8", "0"]]
    desk.page.mouse.move(*Plot(editor).at(0.3, 0.9))
    desk.settle()
    assert "Step 3 of 8: gate 0.750" in editor.status


def test_blocks_are_folded_away_until_wanted(desk, node, editor):
    fold = editor.handle.query_selector("details")
    assert not fold.query_selector(".gligen-block").is_visible()
    fold.query_selector("summary").click()
    fold.query_selector('input[type="number"][aria-label$="middle"]').fill("0.5")
    entry = fold.query_selector("input[placeholder]")
    entry.fill("output.3")
    entry.press("Enter")
    fold.query_selector('input[type="number"][aria-label$="output.3"]').fill("0")
    assert sent(desk, node)["blocks"] == {"middle": 0.5, "output.3": 0}


def test_broken_json_is_shown_kept_and_mended(desk, node, editor):
    broken = '{"points": [[0, 1], [2, 0]]}'
    desk.load(graph_with(desk, broken))
    editor = desk.editor(node, "gate")
    assert "progress of 0 to 1" in editor.handle.query_selector('[role="alert"]').inner_text()
    assert desk.saved()["nodes"][0]["widgets_values"] == [broken]
    editor.handle.query_selector("textarea").fill('{"points": [[0, 1], [1, 0]]}')
    editor.handle.query_selector(".gligen-text-button").click()
    assert sent(desk, node)["points"] == [[0, 1], [1, 0]]


def graph_with(desk, text):
    graph = desk.saved()
    graph["nodes"][0]["widgets_values"] = [text]
    return graph
