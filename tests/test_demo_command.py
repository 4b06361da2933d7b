"""`dev.py demo` from end to end: the real host, the shipped weights, pictures that obey."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

CHECKOUT = Path(__file__).resolve().parents[1]
SEED = "3"

SQUARE = {
    "version": 1,
    "width": 512,
    "height": 512,
    "entities": [
        {"id": "a", "text": "a red circle", "box": [0.08, 0.1, 0.48, 0.5]},
        {"id": "b", "text": "a blue square", "box": [0.55, 0.5, 0.95, 0.9]},
    ],
}
WIDE = {
    "version": 1,
    "width": 768,
    "height": 512,
    "prompt": "a green circle",
    "entities": [{"id": "a", "text": "a green circle", "box": [0.5, 0.2, 0.9, 0.8]}],
}


def demo(*arguments):
    return subprocess.run(
        [sys.executable, str(CHECKOUT / "dev.py"), "demo", "--seed", SEED, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def size_of(file):
    with Image.open(file) as image:
        return image.size


def read(file):
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder_run(tmp_path_factory):
    """Two layouts through one host: (finished process, results folder)."""
    layouts, out = tmp_path_factory.mktemp("layouts"), tmp_path_factory.mktemp("out")
    for name, layout in {"square": SQUARE, "wide": WIDE}.items():
        (layouts / f"{name}.json").write_text(json.dumps(layout), encoding="utf-8")
    done = demo("--layout", layouts, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    return done, out


def test_every_layout_of_a_folder_gets_its_picture_at_the_models_size(folder_run):
    _, out = folder_run
    assert size_of(out / "square" / "picture.png") == (128, 128)
    assert size_of(out / "wide" / "picture.png") == (192, 128)
    assert size_of(out / "wide" / "picture_with_boxes.png") == (768, 512)


def test_things_are_where_they_were_asked_for(folder_run):
    _, out = folder_run
    result = read(out / "square" / "result.json")
    assert [entity["asked"] for entity in result["entities"]] == [
        entity["box"] for entity in SQUARE["entities"]
    ]
    assert min(entity["iou"] for entity in result["entities"]) > 0.5, result
    assert read(out / "wide" / "result.json")["mean_iou"] > 0.5


def test_the_result_says_what_was_asked_and_how_long_it_took(folder_run):
    _, out = folder_run
    result = read(out / "wide" / "result.json")
    assert list(result) == ["layout", "seed", "seconds", "entities", "mean_iou"]
    assert result["layout"]["prompt"] == "a green circle"
    assert result["seed"] == int(SEED) and result["seconds"] > 0
    assert result["entities"][0]["label_matches"] and result["entities"][0]["success"]


def test_a_folder_is_summed_up_on_the_screen_and_in_a_file(folder_run):
    done, out = folder_run
    summary = read(out / "summary.json")
    assert (summary["count"], summary["objects"], summary["failed"]) == (2, 3, {})
    assert summary["placed_at_0.5"] == summary["success_at_0.5"] == 1
    assert "2 pictures, 3 objects: mean IoU" in done.stdout
    assert "a blue square" in done.stdout and "asked 0.55 0.50 0.95 0.90" in done.stdout


def test_with_the_gate_shut_the_boxes_are_not_obeyed(folder_run, tmp_path):
    layout = tmp_path / "square.json"
    layout.write_text(json.dumps(SQUARE), encoding="utf-8")
    done = demo("--layout", layout, "--gate", "off", "--out", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    obeyed = read(folder_run[1] / "square" / "result.json")["mean_iou"]
    assert read(tmp_path / "result.json")["mean_iou"] < obeyed - 0.2
    assert not (tmp_path / "summary.json").exists(), "that is for folders"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ('{"entities": [{"text": "a red circle", "box": [0.9, 0, 0.1, 1]}]}', "x0 < x1"),
    ],
)
def test_a_broken_layout_is_named_and_the_status_says_so(tmp_path, text, said):
    layout = tmp_path / "broken.json"
    layout.write_text(text, encoding="utf-8")
    done = demo("--layout", layout, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "broken.json" in done.stdout and said in done.stdout
    assert not (tmp_path / "out").exists()
