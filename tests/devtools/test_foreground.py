"""ComfyUI for a person: each checkout's own folders, and the pictures that the examples load."""

import pytest

from devtools import foreground, server
from devtools.foreground import ready_base
from devtools.host import STORE, Host
from devtools.pins import CHECKOUT
from devtools.server import put_pictures


def test_no_base_folder_lies_in_a_store_that_others_may_share():
    for folder in (foreground.BASE, foreground.RUNS):
        assert CHECKOUT in folder.parents and STORE not in folder.parents


def test_what_was_kept_in_a_store_of_its_own_moves_out_of_it(tmp_path, capsys):
    store, base = tmp_path / ".host", tmp_path / ".base"
    (store / "base" / "models").mkdir(parents=True)
    assert ready_base(store, base) == base
    assert (base / "models").is_dir() and not (store / "base").exists()
    assert str(base) in capsys.readouterr().out


def test_what_lies_in_a_shared_store_stays_and_the_checkout_has_its_own(tmp_path):
    (tmp_path / "shared" / "base" / "models").mkdir(parents=True)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store = tmp_path / name / ".host"
        try:
            store.symlink_to(tmp_path / "shared", target_is_directory=True)
        except OSError:
            pytest.skip("this system allows no links")
        base = ready_base(store, tmp_path / name / ".base")
        assert list(base.iterdir()) == []
    assert (tmp_path / "shared" / "base" / "models").is_dir()


def test_example_pictures_are_put_among_the_inputs_and_replace_nothing(tmp_path, monkeypatch):
    host = Host(tmp_path / "host", tmp_path, True)
    for folder, name in (
        ("host/input", "example.png"),
        ("host/input", "mine.png"),
        ("ours", "a.png"),
    ):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_text(folder)
    monkeypatch.setattr(server, "EXAMPLE_PICTURES", tmp_path / "ours")
    put_pictures(tmp_path / "input", host)
    there = {file.name: file.read_text() for file in (tmp_path / "input").iterdir()}
    assert there == {"example.png": "host/input", "a.png": "ours"}
    (tmp_path / "input" / "a.png").write_text("the person's")
    put_pictures(tmp_path / "input", host)
    assert (tmp_path / "input" / "a.png").read_text() == "the person's"
