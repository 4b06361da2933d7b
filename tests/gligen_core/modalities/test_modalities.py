"""The table of modalities, against the names and shapes of the ten official files."""

import json
from pathlib import Path

import pytest

from gligen_core.modalities import MODALITIES, PHASE_PRESETS

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


# alpha_type of each example in the official gligen_inference.py (its `meta_list`).
OFFICIAL_ALPHA_TYPES = {
    "text_box": (0.3, 0.0, 0.7),
    "text_image_box": (1.0, 0.0, 0.0),
    "keypoint": (0.3, 0.0, 0.7),
    "hed": (0.9, 0.0, 0.1),
    "canny": (0.9, 0.0, 0.1),
    "depth": (0.7, 0.0, 0.3),
    "normal": (0.7, 0.0, 0.3),
    "sem": (0.7, 0.0, 0.3),
}


def test_rows_open_the_gate_as_the_official_examples_do():
    rows = {name: spec.official_phases(inpaint=False) for name, spec in MODALITIES.items()}
    assert {name: phases.shares for name, phases in rows.items()} == OFFICIAL_ALPHA_TYPES


@pytest.mark.parametrize("name", MODALITIES)
def test_the_gate_of_inpainting_stays_open_as_in_the_official_examples(name):
    assert MODALITIES[name].official_phases(inpaint=True).shares == (1.0, 0.0, 0.0)


def test_the_presets_are_those_of_the_rows():
    shares = {name: phases.shares for name, phases in PHASE_PRESETS.items()}
    assert shares == {**OFFICIAL_ALPHA_TYPES, "inpaint": (1.0, 0.0, 0.0)}
