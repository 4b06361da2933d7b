"""Who may import whom. The picture is held by walking the imports, lazy ones included."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A part of gligen_core imports only from parts to its left, and from its own group.
ORDER = (
    {"text"},
    {"errors"},
    {"bases", "geometry"},
    {"skeletons"},
    {"layout"},
    {"pictures", "whole_file"},
    {"draw", "features", "formats", "masks"},
    {"sampling"},
    {"gate"},
    {"layers"},
    {"modalities"},
    {"model"},
    {"checkpoint", "engine"},
    {"guidance"},
    {"unet"},
    {"training"},
    {"evaluation"},
    {"demo"},
)
LEVEL = {part: level for level, group in enumerate(ORDER) for part in group}
HOST = {"comfy", "comfy_api", "comfy_extras", "execution", "folder_paths", "nodes", "server"}
WITHOUT_TORCH = (
    "bases",
    "draw",
    "errors",
    "formats",
    "gate",
    "geometry",
    "layout",
    "skeletons",
    "text",
)


def imports(path, source=None):
    """(number of dots, dotted name) of every import; `from ..a import b` gives both a and a.b."""
    for node in ast.walk(ast.parse(source or (ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = [node.module] if node.module else []
            yield from ((node.level, ".".join([*module, alias.name])) for alias in node.names)


def target(path, dots, name):
    """An import as a path of the checkout (`gligen_core/layout/types`), or None if from outside."""
    if dots == 0:
        return None
    folder = Path(path).parent
    for _ in range(dots - 1):
        folder = folder.parent
    return (folder / name.replace(".", "/")).as_posix()


def core_mistakes(path, source=None):
    """What a file of gligen_core imports and must not."""
    part = Path(path).parts[1].removesuffix(".py")
    for dots, name in imports(path, source):
        top = name.partition(".")[0]
        goal = target(path, dots, name)
        if goal is None:
            if top in HOST:
                yield f"{path} imports the host's {name}"
            if top == "gligen_core":
                yield f"{path} imports {name} by its full name; write it relative"
            if top == "torch" and part in WITHOUT_TORCH:
                yield f"{path} imports torch"
        elif not goal.startswith("gligen_core/"):
            yield f"{path} reaches out of gligen_core: {goal}"
        elif LEVEL[goal.split("/")[1]] > LEVEL[part]:
            yield f"{path} imports {goal}, which is built on top of it"
        elif goal.split("/")[1] != part and LEVEL[goal.split("/")[1]] == LEVEL[part]:
            yield f"{path} imports its neighbour {goal}"


def node_mistakes(path, source=None):
    """What a file of nodes/ or of host/ imports and must not."""
    for dots, name in imports(path, source):
        goal = target(path, dots, name)
        if goal is None:
            if name.partition(".")[0] in {"gligen_core", "nodes", "host"}:
                yield f"{path} imports {name} by its full name; write it relative"
        elif goal.startswith("nodes/"):
            importer = "is shared by the nodes and" if path.startswith("host/") else "is a node and"
            yield f"{path} {importer} imports the node file {goal}"


def files(folder, skip=()):
    paths = (path.relative_to(ROOT).as_posix() for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in paths if path not in skip]


def test_the_core_imports_downwards_only():
    paths = files("gligen_core", skip=["gligen_core/__init__.py"])
    assert "gligen_core/layout/read.py" in paths
    assert [mistake for path in paths for mistake in core_mistakes(path)] == []


def test_node_files_do_not_import_one_another():
    paths = [*files("nodes", skip=["nodes/__init__.py"]), *files("host")]
    assert [mistake for path in paths for mistake in node_mistakes(path)] == []


def test_every_part_of_the_core_has_its_place():
    parts = {Path(path).parts[1].removesuffix(".py") for path in files("gligen_core")}
    assert parts - {"__init__"} <= set(LEVEL)


CAPTIONS = "gligen_core/demo/"  # say in English what is in the middle
UNET_FILES = ("gligen_core/unet.py", "host/unet_hooks.py")


def test_only_the_bases_know_the_unets_of_stable_diffusion():
    names = re.compile(r'input_blocks|\battn1\b|\b768\b|"middle"')
    found = {
        (path, name)
        for path in [*files("gligen_core"), *files("host"), *files("nodes")]
        if not path.startswith("gligen_core/bases/") and path not in UNET_FILES
        for name in names.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    known = {(path, '"middle"') for path, _ in found if path.startswith(CAPTIONS)}
    assert found - known == set()


def test_layouts_and_schedules_load_without_torch():
    names = (
        "bases",
        "draw",
        "errors",
        "formats",
        "geometry",
        "gate.schedule",
        "layout",
        "skeletons",
    )
    loads = "; ".join(f"import gligen_core.{name}" for name in names)
    done = subprocess.run(
        [sys.executable, "-c", f"{loads}; import sys; sys.exit('torch' in sys.modules)"],
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0


@pytest.mark.parametrize(
    "path, source, words",
    [
        ("gligen_core/geometry.py", "from .layout import Layout", "built on top of it"),
        ("gligen_core/layers/fuser.py", "from ..unet import UNet", "built on top of it"),
        ("gligen_core/layers/fuser.py", "def f():\n    from .. import unet", "built on top of it"),
        ("gligen_core/draw.py", "from .formats import yolo", "neighbour"),
        ("gligen_core/training/loop.py", "from ..evaluation import score", "built on top of it"),
        ("gligen_core/evaluation/__main__.py", "from ..demo import recipe", "built on top of it"),
        ("gligen_core/model.py", "import comfy.ops", "the host's comfy.ops"),
        ("gligen_core/model.py", "from folder_paths import x", "the host's folder_paths"),
        ("gligen_core/model.py", "from gligen_core.bases.blocks import x", "write it relative"),
        ("gligen_core/layout/read.py", "import torch", "imports torch"),
        ("gligen_core/model.py", "from ..nodes import wires", "reaches out"),
    ],
)
def test_the_walk_sees_a_wrong_import_of_the_core(path, source, words):
    assert any(words in mistake for mistake in core_mistakes(path, source))


@pytest.mark.parametrize(
    "path, source, words",
    [
        ("nodes/apply.py", "from .ground import Ground", "imports the node file"),
        ("nodes/apply.py", "from . import ground", "imports the node file"),
        ("host/patch.py", "from ..nodes.apply import Apply", "is shared by the nodes"),
        ("nodes/apply.py", "from gligen_core.layout import Layout", "write it relative"),
    ],
)
def test_the_walk_sees_a_wrong_import_of_a_node(path, source, words):
    assert any(words in mistake for mistake in node_mistakes(path, source))


@pytest.mark.parametrize(
    "path, source",
    [
        ("nodes/apply.py", "from ..host.wires import GROUNDING\nfrom ..host.patch import attach"),
        ("nodes/apply.py", "from ..gligen_core.layout import Layout\nimport comfy.utils"),
        ("host/patch.py", "from .files import folder\nfrom .wires import GATE"),
    ],
)
def test_the_walk_lets_right_imports_pass(path, source):
    assert list(node_mistakes(path, source)) == []
