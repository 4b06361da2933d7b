"""Versions are written once."""

from devtools.pins import CHECKOUT, read_pins


def test_the_pack_asks_for_the_same_in_both_of_its_lists():
    listed = (CHECKOUT / "requirements.txt").read_text().split()
    assert tuple(listed) == read_pins().pack


def test_every_tool_is_pinned_to_one_version():
    pins = read_pins()
    assert all("==" in requirement for requirement in (*pins.dev, pins.host_wheel))
