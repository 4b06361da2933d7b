"""The newest page: fetched by pip once for its version, shown by the host, never half there."""

import sys
import zipfile
from pathlib import Path

import pytest

from devtools import page
from devtools.commands import _with_page
from devtools.console import DevError
from devtools.host import Host
from devtools.page import ready_page
from devtools.pins import read_pins
from devtools.server import command_line

PYTHON = Path(sys.executable)
NAME = "comfyui_frontend_package"


def put_wheel(folder, version, files):
    """A wheel of the page's name, for pip to find."""
    info = f"{NAME}-{version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: comfyui-frontend-package\nVersion: {version}\n"
    kind = "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{NAME}-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        for name, text in (("METADATA", about), ("WHEEL", kind), ("RECORD", "")):
            wheel.writestr(f"{info}/{name}", text)


@pytest.fixture
def pinned(tmp_path, monkeypatch):
    """Pins version 9.9.9, of which there is a wheel with the given files."""
    monkeypatch.setattr(page, "PAGES", tmp_path / "page")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    pins = read_pins().__class__("", (), "comfyui-frontend-package==9.9.9", (), ())
    monkeypatch.setattr(page, "read_pins", lambda: pins)

    def put(files, version="9.9.9"):
        put_wheel(tmp_path / "wheels", version, files)
        return tmp_path / "page"

    return put


def test_the_page_is_fetched_once_and_shown(pinned, capfd):
    pages = pinned({f"{NAME}/static/index.html": "the page", f"{NAME}/__init__.py": ""})
    found = ready_page(PYTHON)
    assert (found / "index.html").read_text() == "the page"
    assert "Fetching" in capfd.readouterr().out
    assert ready_page(PYTHON) == found
    assert "Fetching" not in capfd.readouterr().out
    assert [each.name for each in pages.iterdir()] == ["9.9.9"]
    command = command_line(Host(Path("host"), PYTHON, True, found), Path("base"), 1)
    assert command[command.index("--front-end-root") + 1] == str(found)


def test_a_fetching_that_fails_leaves_nothing(pinned):
    pages = pinned({f"{NAME}/static/index.html": ""}, version="1.0.0")
    with pytest.raises(DevError, match=r"Fetching comfyui-frontend-package==9\.9\.9 failed"):
        ready_page(PYTHON)
    assert list(pages.iterdir()) == []


def test_a_wheel_without_a_page_is_named(pinned):
    pinned({f"{NAME}/__init__.py": ""})
    with pytest.raises(DevError, match=r"9\.9\.9: there is no .*index\.html"):
        ready_page(PYTHON)


def test_the_hosts_own_page_is_the_old_one(pinned):
    pinned({f"{NAME}/static/index.html": ""})
    fetched, theirs = (Host(Path("host"), PYTHON, ours) for ours in (True, False))
    assert _with_page(fetched, None).page == _with_page(theirs, "new").page == ready_page(PYTHON)
    assert _with_page(fetched, "old").page is None is _with_page(theirs, None).page
    assert "--front-end-root" not in command_line(fetched, Path("base"), 1)


def test_it_is_pinned_to_one_version():
    assert read_pins().page.startswith("comfyui-frontend-package==")
