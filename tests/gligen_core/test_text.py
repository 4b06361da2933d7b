"""Whatever a message, log line or layout quotes, it can be encoded."""

import io
import json
import logging
import sys

import pytest

from gligen_core.errors import LONGEST_MESSAGE, GligenError
from gligen_core.formats import parse_anything
from gligen_core.geometry import Box
from gligen_core.layout import Entity, parse_layout
from gligen_core.text import LONGEST_EXCERPT, excerpt, logger, posted_object, writable

LONE = "a\ud800b"


@pytest.mark.parametrize(
    "text, clean",
    [
        ("plain", "plain"),
        ("ß 字 😀", "ß 字 😀"),
        (LONE, "a\ufffdb"),
        ("\udcff.bin", "\ufffd.bin"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),  # two halves that belong together
    ],
)
def test_a_lone_surrogate_becomes_the_replacement_character(text, clean):
    assert writable(text) == clean
    assert writable(text).encode()


def test_an_error_can_be_encoded_and_is_never_long():
    error = GligenError(f"{LONE}{'x' * 1_000_000}")
    assert str(error).encode() and len(str(error)) <= LONGEST_MESSAGE
    assert GligenError.__module__ == "gligen_core.errors"


def test_an_excerpt_keeps_both_ends():
    text = excerpt(f"begin{'x' * 1000}end")
    assert text.startswith("begin") and text.endswith("end") and len(text) == LONGEST_EXCERPT


@pytest.mark.parametrize(
    "value",
    [
        {"version": 1, "entities": [{"id": "a", "text": 'it\'s "x"', "box": [0.1, 0, 1, 1]}]},
        [{"phases": [0.3, 0, 0.7], "none": None, "yes": True}],
        {"text": "\ud83d\n{'a': 1}"},
    ],
)
def test_an_object_as_the_host_hands_it_on_is_read(value):
    assert posted_object(str(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"entities": []}',
        "[[0.1, 0.2, 0.3, 0.4]]",
        "{'a': print(1)}",
        "{'a': __import__('os')}",
        "{'a': 1",
        "['a'" + " + 'a'" * 90_000,
        "a cat",
        "'a cat'",
    ],
    ids=["JSON", "numbers", "a call", "an import", "broken", "long", "words", "a text"],
)
def test_what_is_no_such_object_is_left_to_others(text):
    assert posted_object(text) is None


def test_a_log_line_can_be_written_as_utf8():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    log, handler = logger("gligen_core.probe"), logging.StreamHandler(stream)
    log.addHandler(handler)
    try:
        logger("gligen_core.probe").warning("%s, %r", LONE, 3)
    finally:
        log.removeHandler(handler)
    stream.flush()
    assert stream.buffer.getvalue().decode() == "a\ufffdb, 3\n"
    assert len(log.filters) == 1


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"entities": [{"text": LONE, "box": [0, 0, 1, 1], "note": {"k": [LONE]}}]}),
        {"entities": [{"id": LONE, "text": LONE, "box": [0, 0, 1, 1], LONE: LONE}], LONE: LONE},
        '{"entities": [{"text": "a\ud800b", "box": [0, 0, 1, 1]}]}',
    ],
    ids=["escaped JSON", "objects", "raw text"],
)
def test_a_layout_that_was_read_can_be_saved(data):
    layout = parse_layout(data)
    assert layout.entities[0].text == "a\ufffdb"
    assert repr(layout).encode()


def test_an_entity_made_by_hand_can_be_saved():
    assert Entity("e1", Box(0, 0, 1, 1), LONE, extra=(("k", f'"{LONE}"'),)).text == "a\ufffdb"


@pytest.mark.parametrize(
    "text", ["('a', [1, 2, \ud800])", '[{"\ud800": 1}]', '["\\ud800", [1,2,3]]', "\ud800", b"\xff"]
)
def test_no_refusal_holds_a_lone_surrogate_nor_does_its_cause(text):
    with pytest.raises(GligenError) as refusal:
        parse_anything(text, source="Layout From Text")
    error = refusal.value
    while error is not None:  # a traceback shows all of them
        assert str(error).encode()
        error = error.__cause__ or error.__context__


def test_half_characters_survive_a_file_system_that_has_them(tmp_path):
    if sys.platform != "linux":
        pytest.skip("other systems refuse such names")
    from gligen_core.checkpoint import read_checkpoint

    file = tmp_path / "odd\udcff.bin"
    file.write_bytes(b"")
    with pytest.raises(GligenError, match=r"odd\ufffd\.bin: an empty file"):
        read_checkpoint(file)
