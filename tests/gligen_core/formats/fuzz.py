"""Coverage-guided fuzzing of every row of FORMATS: `python fuzz.py SECONDS`, in its own process.

libFuzzer ends the process, with the input, at the first error that is no GligenError, or whose
text can't be written, at 5 s of processor time, and at 900 MB of memory beyond what there was.
"""

import json
import resource
import sys
import time
from pathlib import Path

import atheris

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from inputs import CASES  # noqa: E402 - from this folder

with atheris.instrument_imports(include=["gligen_core.formats", "gligen_core.layout"]):
    from gligen_core.errors import GligenError
    from gligen_core.formats import FORMATS, Canvas, Context, Options, parse_anything, read
    from gligen_core.formats.yolo import class_names

MOST_SECONDS = 5.0  # of processor time for 4,096 characters
MOST_MB = 900
OPTIONS = (Options(), Options(order="xyxy"), Options(order="cxcywh", units="thousandths"))


def as_text(text, options):
    """Whatever the text may be, as the nodes read it."""
    read(text, Context(Canvas(640, 480), "fuzz", options=options))


def as_one(number, text, options):
    """The text, or the objects it stands for, by one row that claims them."""
    row = FORMATS[number]
    try:
        value = text if row.is_text else json.loads(text)
    except (ValueError, RecursionError):
        return
    if row.recognises(value):
        row.parse(value, Context(source="fuzz", options=options))


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    number = provider.ConsumeIntInRange(0, 2 * len(FORMATS) - 1)
    options = OPTIONS[provider.ConsumeIntInRange(0, len(OPTIONS) - 1)]
    text = provider.ConsumeUnicode(4096)
    began = time.process_time()
    try:
        if number < len(FORMATS):
            as_one(number, text, options)
        else:
            class_names(text)
            as_text(text, options)
            parse_anything(text)
    except GligenError as refusal:
        str(refusal).encode()
    assert time.process_time() - began < MOST_SECONDS


if __name__ == "__main__":
    corpus = Path("corpus")
    corpus.mkdir(exist_ok=True)
    texts = (c.data if isinstance(c.data, str) else json.dumps(c.data) for c in CASES)
    for number, text in enumerate(texts):
        # 1 is for ASCII; the last bytes choose the options and the row.
        for choice in (0, 255):
            seed = b"\x01" + text.encode("utf-8", "replace") + bytes((0, choice))
            (corpus / f"{number}_{choice}").write_bytes(seed)
    # The peak that libFuzzer reads begins with that of the process which started this one.
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    limit = f"-rss_limit_mb={before_mb + MOST_MB}"
    atheris.Setup(
        [
            *(sys.argv[0], f"-max_total_time={sys.argv[1]}", limit, "-seed=5"),
            *("-max_len=4096", str(corpus)),
        ],
        one_input,
    )
    atheris.Fuzz()
