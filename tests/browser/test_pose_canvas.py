"""The pose canvas in the host's page, as a person works it."""

import json

import pytest

NODE = "GLIGEN_Poses"
EMPTY = '{"version": 1, "width": 512, "height": 512, "poses": []}'
LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST, RIGHT_WRIST = 5, 7, 9, 10


def person(id_, x, height=0.8):
    """Joints on a line down from (x, 0.1), arms and legs to the sides."""
    spread = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 2, -2, 2, -2, 2, -2]
    down = [1, 0.8, 0.8, 0.9, 0.9, 2.2, 2.2, 4, 4, 5.5, 5.5, 5.2, 5.2, 7.5, 7.5, 10, 10]
    places = zip(spread, down, strict=True)
    joints = [[round(x + dx * 0.02, 5), round(0.1 + dy * height / 10, 5), 1] for dx, dy in places]
    return {"id": id_, "joints": joints}


TWO = json.dumps(
    {
        "version": 1,
        "width": 512,
        "height": 512,
        "mood": "calm",
        "entities": [{"text": "a field", "box": [0, 0, 1, 1]}],
        "poses": [{**person("a", 0.3), "name": "Ann"}, person("b", 0.7)],
    }
)


@pytest.fixture
def node(desk):
    desk.look(y=150)
    return desk.add(NODE, (20, 20), poses=TWO)


@pytest.fixture
def editor(desk, node):
    return desk.editor(node, "poses")


def people(desk, node):
    return [pose["joints"] for pose in desk.layout(node, "poses")["poses"]]


def near(joint, expected, tolerance=0.012):
    return all(abs(a - b) <= tolerance for a, b in zip(joint[:2], expected, strict=True))


def length(joints, a, b):
    (ax, ay, _), (bx, by, _) = joints[a], joints[b]
    return ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5


def test_a_person_is_drawn_a_joint_dragged_undone_redone_saved_and_sent(desk):
    desk.look(y=150)
    node = desk.add(NODE, (20, 20), poses=EMPTY)
    editor = desk.editor(node, "poses")
    editor.drag((0.3, 0.1), (0.7, 0.9))
    (drawn,) = people(desk, node)
    ys = [y for _, y, _ in drawn]
    assert abs(min(ys) - 0.1) < 0.012 and abs(max(ys) - 0.9) < 0.012
    wrist = drawn[LEFT_WRIST]
    editor.drag(wrist[:2], (0.8, 0.3))
    (moved,) = people(desk, node)
    assert near(moved[LEFT_WRIST], (0.8, 0.3))
    assert [j for n, j in enumerate(moved) if n != LEFT_WRIST] == [
        j for n, j in enumerate(drawn) if n != LEFT_WRIST
    ]
    editor.press("Control+z")
    assert people(desk, node) == [drawn]
    editor.press("Control+z")
    assert people(desk, node) == []
    editor.press("Control+y", "Control+Shift+z")
    assert people(desk, node) == [moved]
    (saved,) = desk.saved()["nodes"]
    assert json.loads(saved["widgets_values"][0]) == desk.layout(node, "poses")


def test_a_reload_brings_back_what_was_saved(desk, node, editor):
    editor.focus()
    editor.press("n")
    before = desk.saved()["nodes"][0]["widgets_values"]
    desk.reload()
    assert desk.saved()["nodes"][0]["widgets_values"] == before
    assert len(people(desk, node)) == 3
    layout = desk.layout(node, "poses")
    assert layout["mood"] == "calm" and layout["poses"][0]["name"] == "Ann"
    assert layout["entities"][0]["text"] == "a field"


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_places_stay_right_when_the_graph_is_zoomed(desk, node, editor, scale):
    desk.look(scale, 60, 90 if scale < 1 else -20)
    wrist = people(desk, node)[0][LEFT_WRIST]
    editor.drag(wrist[:2], (0.45, 0.2))
    assert near(people(desk, node)[0][LEFT_WRIST], (0.45, 0.2), 0.02)


def test_a_limb_turns_about_its_inner_end_with_all_beyond_it(desk, node, editor):
    before = people(desk, node)[0]
    (x0, y0, _), (x1, y1, _) = before[LEFT_SHOULDER], before[LEFT_ELBOW]
    editor.drag(((x0 + x1) / 2, (y0 + y1) / 2), (x0 + 0.1, y0))
    after = people(desk, node)[0]
    assert after[LEFT_SHOULDER] == before[LEFT_SHOULDER]
    assert abs(after[LEFT_ELBOW][1] - y0) < 0.02 and after[LEFT_ELBOW][0] > x0
    for pair in ((LEFT_SHOULDER, LEFT_ELBOW), (LEFT_ELBOW, LEFT_WRIST)):
        assert abs(length(after, *pair) - length(before, *pair)) < 1e-3
    assert people(desk, node)[1] == json.loads(TWO)["poses"][1]["joints"]


def test_a_whole_person_is_moved_scaled_and_mirrored(desk, node, editor):
    before = people(desk, node)[0]
    editor.drag((0.3, 0.276), (0.35, 0.326))  # by the line between the shoulders
    moved = people(desk, node)[0]
    for old, new in zip(before, moved, strict=True):
        assert near(new, (old[0] + 0.05, old[1] + 0.05))
    editor.press("Alt+ArrowUp")
    grown = people(desk, node)[0]
    assert abs(length(grown, 5, 11) / length(moved, 5, 11) - 1.02) < 1e-3
    editor.press("m")
    mirrored = people(desk, node)[0]
    assert abs(mirrored[LEFT_WRIST][1] - grown[RIGHT_WRIST][1]) < 1e-4
    editor.press("m")
    for old, new in zip(grown, people(desk, node)[0], strict=True):
        assert near(new, old[:2], 1e-4)


def test_a_group_moves_as_one_and_a_click_picks_one_out_of_it(desk, node, editor):
    editor.focus()
    editor.press("Control+a")
    before = people(desk, node)
    wrist = before[0][LEFT_WRIST]
    editor.drag(wrist[:2], (wrist[0], wrist[1] + 0.05))
    after = people(desk, node)
    for old, new in zip(before[0] + before[1], after[0] + after[1], strict=True):
        assert near(new, (old[0], old[1] + 0.05))
    editor.click(*after[1][LEFT_WRIST][:2])
    assert "Person 2, left wrist" in editor.status


def test_a_corner_of_the_frame_scales_in_proportion(desk, node, editor):
    editor.click(0.3, 0.276)
    before = people(desk, node)[0]
    stage = editor.canvas.bounding_box()["width"]
    room = 16 / stage / 0.9  # the frame stands off the person
    xs, ys = [j[0] for j in before], [j[1] for j in before]
    corner = (max(xs) + room, max(ys) + room)
    editor.drag(corner, (corner[0] - 0.05, corner[1] - 0.2))
    after = people(desk, node)[0]
    factor = length(after, 5, 6) / length(before, 5, 6)
    assert 0.6 < factor < 0.95
    assert abs(length(after, 5, 11) / length(before, 5, 11) - factor) < 1e-2


def test_everything_goes_by_keyboard_alone(desk, node, editor):
    editor.focus()
    editor.press(".", "]", "ArrowRight", "Shift+ArrowDown")
    nose = people(desk, node)[0][0]
    assert near(nose, (0.31, 0.181), 1e-6)
    editor.press("x")
    assert people(desk, node)[0][0] == [*nose[:2], 0]
    assert "missing" in editor.status
    editor.press("x", "Enter")  # to the numbers
    desk.page.keyboard.type("25")
    assert near(people(desk, node)[0][0], (0.25, 0.181), 1e-6)
    editor.focus()
    editor.press("Escape", "Delete")
    assert len(people(desk, node)) == 1
    editor.press("n", "Control+d", "Control+a", "Control+c")
    assert len(people(desk, node)) == 3
    editor.press("Delete", "Control+v")
    assert len(people(desk, node)) == 3


def test_eight_people_and_no_more(desk, node, editor):
    editor.focus()
    editor.press(*"nnnnnnnnn")
    assert len(people(desk, node)) == 8
    assert "8" in editor.status and "no more" in editor.status
    assert editor.button("New person").is_disabled()


def test_a_joint_is_missing_by_the_list_too(desk, node, editor):
    editor.click(0.7, 0.276)
    toggle = editor.button("left wrist")
    assert toggle.get_attribute("aria-pressed") == "true"
    toggle.click()
    assert people(desk, node)[1][LEFT_WRIST][2] == 0
    assert toggle.get_attribute("aria-pressed") == "false"
    toggle.click()
    assert people(desk, node) == [pose["joints"] for pose in json.loads(TWO)["poses"]]


def test_found_people_are_ghosts_until_they_are_adopted(desk, node, editor):
    """The node's own `ui`, as the server sends it after a run."""
    found = json.dumps({"version": 1, "poses": [person("x", 0.5, 0.6)]})
    desk.page.evaluate(
        "([id, found]) => window.app.graph.getNodeById(id)"
        ".onExecuted({gligen_detections: [found]})",
        [node, found],
    )
    assert len(people(desk, node)) == 2
    editor.click(0.5, 0.35)
    assert len(people(desk, node)) == 3
    assert near(people(desk, node)[2][0], (0.5, 0.16))
    assert not editor.button("Adopt all people that were found").is_visible()


def test_broken_json_is_shown_kept_and_mended(desk, node):
    graph = desk.saved()
    broken = TWO.replace("[0.3, 0.18, 1]", "[0.3, 0.18]")
    assert broken != TWO
    graph["nodes"][0]["widgets_values"] = [broken]
    desk.load(graph)
    editor = desk.editor(node, "poses")
    assert "joint 0 is" in editor.handle.query_selector('[role="alert"]').inner_text()
    assert desk.saved()["nodes"][0]["widgets_values"] == [broken]
    editor.handle.query_selector("textarea").fill(TWO)
    editor.handle.query_selector(".gligen-text-button").click()
    assert len(people(desk, node)) == 2
