"""The stamp: nothing is installed twice, and a changed pin is noticed."""

import sys

import pytest

from devtools import environment
from devtools.console import DevError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An environment in `tmp_path` whose Python is this one."""
    monkeypatch.setattr(environment, "FOLDER", tmp_path)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "installed.txt")
    monkeypatch.setattr(environment, "python_of", lambda _: sys.executable)
    return tmp_path


def listed(folder, text):
    file = folder / "requirements.txt"
    file.write_text(text)
    return [file]


def test_what_is_there_is_installed_once_and_stamped(folder, capfd):
    environment.install(["pytest"], listed(folder, "numpy\n"))
    assert "Installing" in capfd.readouterr().out
    environment.install(["pytest"], listed(folder, "numpy\n"))
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("requirements", "text"), [(["pytest>=9"], "numpy\n"), (["pytest"], "numpy>=1\n")]
)
def test_a_changed_pin_is_installed_again(folder, capfd, requirements, text):
    environment.install(["pytest"], listed(folder, "numpy\n"))
    capfd.readouterr()
    environment.install(requirements, listed(folder, text))
    assert "Installing" in capfd.readouterr().out


def test_a_failed_installation_leaves_no_stamp(folder):
    with pytest.raises(DevError, match="Installing the requirements failed"):
        environment.install(["./no-such-folder"], [])
    assert not (folder / "installed.txt").exists()


def test_too_small_a_disk_is_told_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "FOLDER", tmp_path / "venv")
    monkeypatch.setattr(environment, "ROOM_GB", 10**9)
    with pytest.raises(DevError, match=r"GB are free .* needs about 1000000000 GB"):
        environment.create_environment()
    assert not (tmp_path / "venv").exists()


def test_a_broken_environment_does_not_count_as_one(tmp_path):
    assert not environment._works(tmp_path / "bin" / "python")
    broken = tmp_path / "python"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    assert not environment._works(broken)
