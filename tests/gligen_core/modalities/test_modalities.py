"""The table of modalities, against the names and shapes of the ten official files."""

import json
from pathlib import Path

import pytest

from gligen_core.modalities import MODALITIES
from gligen_core.schedule import OFFICIAL_PHASES, Phases

# Tokenizer, downsampler and first convolution of each official file: key -> shape.
OFFICIAL = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "grounding_keys.json").read_text(encoding="utf-8")
)
DOWNSAMPLER = "downsample_net."
FIRST_CONVOLUTION = "input_blocks.0.0.weight"


def matches(shapes):
    return [name for name, spec in MODALITIES.items() if spec.signature.holds(shapes)]


@pytest.mark.parametrize(
    "file, expected",
    [
        ("generation_text", ["text_box"]),
        ("inpainting_text", ["text_box"]),
        ("generation_text_image", ["text_image_box"]),
        ("inpainting_text_image", ["text_image_box"]),
        ("generation_keypoint", ["keypoint"]),
        ("generation_hed", ["hed"]),
        ("generation_canny", ["canny", "depth"]),
        ("generation_depth", ["canny", "depth"]),
        ("generation_normal", ["normal"]),
        ("generation_sem", ["sem"]),
    ],
)
def test_each_official_file_matches_its_row_and_no_other(file, expected):
    assert matches(OFFICIAL[file]) == expected


def test_every_official_file_is_in_the_table_above():
    assert len(OFFICIAL) == 10


@pytest.mark.parametrize("file", ["generation_canny", "generation_normal"])
def test_a_map_file_that_lost_its_downsampler_is_not_taken_for_hed(file):
    left = {key: shape for key, shape in OFFICIAL[file].items() if DOWNSAMPLER not in key}
    assert matches(left) == []


def test_a_hed_file_without_first_convolution_is_still_known():
    left = {k: shape for k, shape in OFFICIAL["generation_hed"].items() if k != FIRST_CONVOLUTION}
    assert matches(left) == ["hed"]


@pytest.mark.parametrize("file", OFFICIAL)
def test_extra_channels_are_those_of_the_official_first_convolution(file):
    (name, *_) = matches(OFFICIAL[file])
    inpainting = 5 if file.startswith("inpainting") else 0
    extra = OFFICIAL[file][FIRST_CONVOLUTION][1] - 4
    assert MODALITIES[name].extra_channels + inpainting == extra


def test_a_plain_sd_file_matches_nothing():
    assert matches({FIRST_CONVOLUTION: [320, 4, 3, 3]}) == []


def test_rows_open_the_gate_as_the_official_examples_do():
    assert {name: Phases(*spec.gate_phases) for name, spec in MODALITIES.items()} == {
        name: OFFICIAL_PHASES[name] for name in MODALITIES
    }
