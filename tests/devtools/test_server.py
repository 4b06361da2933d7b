"""The pack among the host's custom nodes: put there and taken away, never the checkout itself."""

import socket

import pytest

from devtools import server
from devtools.server import PACK_NAME, free_port, link_pack, unlink_pack


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A stand-in for the checkout, so that a mistake here deletes nothing."""
    folder = tmp_path / "checkout"
    (folder / ".venv").mkdir(parents=True)
    (folder / "__init__.py").write_text("pack")
    monkeypatch.setattr(server, "CHECKOUT", folder)
    return folder


def no_links(*_, **__):
    raise OSError("no privilege")


def test_the_pack_is_linked_and_the_link_taken_away(tmp_path, checkout):
    nodes = tmp_path / "custom_nodes"
    link_pack(nodes)
    link_pack(nodes)
    assert (nodes / PACK_NAME / "__init__.py").read_text() == "pack"
    unlink_pack(nodes)
    assert list(nodes.iterdir()) == []
    assert (checkout / "__init__.py").read_text() == "pack"


def test_where_links_are_forbidden_the_pack_is_copied_without_its_environment(
    tmp_path, checkout, monkeypatch
):
    monkeypatch.setattr("pathlib.Path.symlink_to", no_links)
    nodes = tmp_path / "custom_nodes"
    link_pack(nodes)
    assert [path.name for path in (nodes / PACK_NAME).iterdir()] == ["__init__.py"]
    unlink_pack(nodes)
    assert list(nodes.iterdir()) == []
    assert (checkout / ".venv").is_dir()


def test_a_free_port_can_be_bound():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free_port()))
