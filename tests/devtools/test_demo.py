"""Which layouts the demo takes on, and what it writes."""

import json

import pytest
from PIL import Image, ImageDraw

from devtools.console import DevError
from devtools.demo import read_jobs
from devtools.results import describe_score, write_result
from gligen_core.demo.shapes import COLOURS
from gligen_core.evaluation import score_layouts
from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout, parse_layout

GOOD = '{"entities": [{"id": "a", "text": "a red circle", "box": [0, 0, 0.5, 0.5]}]}'
BROKEN = '{"entities": [{"text": "a red circle", "box": [1, 0, 0, 1]}]}'


def test_without_a_layout_the_workflow_brings_its_own(tmp_path):
    (job,), broken = read_jobs(None, GOOD, tmp_path)
    assert job.layout == parse_layout(GOOD) and job.folder == tmp_path and not broken


def test_a_file_goes_straight_to_the_folder(tmp_path):
    file = tmp_path / "one.json"
    file.write_text(GOOD)
    (job,), _ = read_jobs(file, "", tmp_path / "out")
    assert (job.name, job.folder) == ("one.json", tmp_path / "out")


def test_the_layouts_of_a_folder_get_folders_and_a_broken_one_does_not_stop_the_others(tmp_path):
    for name, text in {"b.json": GOOD, "a.json": GOOD, "c.json": BROKEN, "d.txt": ""}.items():
        (tmp_path / name).write_text(text)
    jobs, broken = read_jobs(tmp_path, "", tmp_path / "out")
    assert [(job.name, job.folder.name) for job in jobs] == [("a.json", "a"), ("b.json", "b")]
    assert list(broken) == ["c.json"] and "x0 < x1" in broken["c.json"]


def test_a_folder_without_layouts_is_an_error(tmp_path):
    with pytest.raises(DevError, match=r"no \.json file"):
        read_jobs(tmp_path, "", tmp_path)


def test_a_file_that_is_not_there_is_a_failed_layout(tmp_path):
    jobs, broken = read_jobs(tmp_path / "none.json", "", tmp_path)
    assert not jobs and "none.json" in broken


def test_a_result_holds_the_picture_its_boxes_and_the_numbers(tmp_path):
    picture = Image.new("RGB", (128, 128), (236, 230, 224))
    red = tuple(round(255 * value) for value in COLOURS["red"])
    ImageDraw.Draw(picture).rectangle((0, 0, 63, 31), fill=red)
    picture.save(tmp_path / "source.png")
    png = (tmp_path / "source.png").read_bytes()
    folder = tmp_path / "out" / "deep"

    write_result(folder, png, parse_layout(GOOD), seed=7, seconds=1.23456)

    assert (folder / "picture.png").read_bytes() == png
    with Image.open(folder / "picture_with_boxes.png") as with_boxes:
        assert with_boxes.size == (512, 512)
    result = json.loads((folder / "result.json").read_text())
    assert parse_layout(result.pop("layout")) == parse_layout(GOOD)
    assert result == {
        "seed": 7,
        "seconds": 1.2346,
        "entities": [
            {
                "id": "a",
                "text": "a red circle",
                "asked": [0, 0, 0.5, 0.5],
                "found": [0, 0, 0.5, 0.25],
                "label": "red",
                "label_matches": True,
                "iou": 0.5,
                "success": True,
            }
        ],
        "mean_iou": 0.5,
    }


def test_the_lines_for_a_person_stand_in_columns():
    asked = Layout(
        (
            Entity("a", Box(0, 0, 1, 0.5), "a red circle"),
            Entity("b", Box(0, 0.5, 1, 1), "a dot"),
        )
    )
    found = Layout((Entity("d", Box(0, 0, 1, 0.25), "red"),))
    score = score_layouts([asked], [found])
    assert describe_score(score).splitlines() == [
        "  a red circle  asked 0.00 0.00 1.00 0.50  found 0.00 0.00 1.00 0.25  IoU 0.50",
        "  a dot         asked 0.00 0.50 1.00 1.00  found nowhere              IoU 0.00",
        "  mean IoU 0.25",
    ]
