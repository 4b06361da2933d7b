"""A format is one file and one row: in a copy of the core, a new one is read and written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
FILE = '''"""Spots: `name@x,y` in percent, a box of a tenth around each."""

from .capabilities import Capabilities
from .format import Format
from .placing import Placing
from .units import placed
from .values import sequence


def parse(data, context):
    placing = Placing(context, "spots")
    name, _, place = data.partition("@")
    x, y = map(float, place.split(","))
    box = placing.candidate((x - 5, y - 5, x + 5, y + 5), f"{context.source}: spot 1", name)
    return sequence(placed([[box]], placing, units="percent"), context.source)


def dump(layout, context):
    (entity,) = layout.entities
    x, y = (entity.box.x0 + entity.box.x1) * 50, (entity.box.y0 + entity.box.y1) * 50
    return f"{entity.text}@{x:g},{y:g}"


FORMAT = Format(
    name="spots",
    sign="`name@x,y`",
    recognises=lambda value: isinstance(value, str) and "@" in value,
    parse=parse,
    dump=dump,
    suffix=".spots",
    types=("SPOTS",),
    is_text=True,
    capabilities=Capabilities(),
)
'''
USE = """
from devtools.formats_page import carried_table, read_table
from gligen_core.formats import BY_NAME, EXPORTS, Context, parse_anything

noted = []
layout = parse_anything("dog@20,30", warnings=noted)
assert [e.text for e in layout.entities] == ["dog"] and noted == ["spots, percent, 1 box"], noted
row, options = EXPORTS["spots"]
assert row.write(layout, options) == "dog@20,30"
assert BY_NAME["spots"].types == ("SPOTS",)
assert "| spots | `name@x,y` | spots |" in read_table() and "| spots | yes" in carried_table()
"""


def test_a_format_is_one_file_and_one_row(tmp_path):
    for folder in ("gligen_core", "devtools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pyca*"))
    formats = tmp_path / "gligen_core" / "formats"
    (formats / "spots.py").write_text(FILE, encoding="utf-8")
    table = formats / "recognise.py"
    text = table.read_text(encoding="utf-8")
    row = "    layout_json.FORMAT,\n"
    assert text.count(row) == 1
    text = text.replace(row, f"{row}    spots.FORMAT,\n").replace(
        "    splines,\n", "    splines,\n    spots,\n"
    )
    table.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
