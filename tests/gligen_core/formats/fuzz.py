"""Coverage-guided fuzzing of every parser: `python fuzz.py SECONDS`, in a process of its own.

libFuzzer ends the process, with the input, at the first error that is no GligenError, or whose
text can't be written.
"""

import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[3])]

with atheris.instrument_imports(include=["gligen_core.formats", "gligen_core.layout"]):
    from gligen_core.errors import GligenError
    from gligen_core.formats import (
        answers,
        bbox,
        bounding_box,
        coco,
        css,
        elements,
        florence2,
        gligen_gui,
        inline,
        layout_json,
        lmd,
        openpose,
        parse_anything,
        splines,
        tracking,
        yolo,
    )

PARSERS = (
    answers.parse,
    lambda text: bbox.parse(text, "xyxy"),
    bounding_box.parse,
    coco.parse,
    css.parse,
    elements.parse,
    florence2.parse,
    gligen_gui.parse,
    inline.parse,
    layout_json.parse,
    lmd.parse,
    openpose.parse,
    parse_anything,
    splines.parse,
    tracking.parse,
    yolo.parse,
)


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    parse = PARSERS[provider.ConsumeIntInRange(0, len(PARSERS) - 1)]
    try:
        parse(provider.ConsumeUnicode(4096))
    except GligenError as error:
        str(error).encode()


if __name__ == "__main__":
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={sys.argv[1]}", "-rss_limit_mb=4096", "-seed=5"],
        one_input,
    )
    atheris.Fuzz()
