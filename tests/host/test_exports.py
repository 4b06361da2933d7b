"""Export Layout: names, numbers and what stays of a file that could not be written."""

import os
from pathlib import Path

import pytest

LAYOUT = '{"entities": [{"text": "a \\ud800 ball", "box": [0, 0, 1, 1]}]}'


@pytest.fixture
def export(pack):
    def run(prefix, form="layout JSON", layout=LAYOUT):
        node = pack("nodes.layout_export").ExportLayout
        return node.execute(layout, form, prefix).ui.as_dict()["text"][0]

    return run


@pytest.fixture
def output(host):
    return Path(host("folder_paths").get_output_directory())


def test_files_are_numbered_and_whole(export, output):
    assert export("some/place") == str(Path("some", "place_00001.json"))
    assert export("some\\place") == str(Path("some", "place_00002.json"))
    text = (output / "some" / "place_00002.json").read_text(encoding="utf-8")
    assert "a \ufffd ball" in text
    assert not list(output.rglob("*.part"))


def test_the_hosts_own_words_for_dates_are_kept(export):
    assert "%" not in export("by/%year%/x")


@pytest.mark.parametrize(
    "prefix",
    [
        *("..", "../x", "a/../../x", "/etc/x", "C:\\x", "a:b", "..\\x", "a\0b", "x" * 300, "nul"),
        *("aux.json", "sub/COM1", "x.", "a/ /b", "x/" * 900 + "x", "a\nb", "\\\\server\\share"),
    ],
)
def test_a_prefix_that_is_no_name_is_refused(export, output, refusal, prefix):
    before = set(output.rglob("*"))
    with pytest.raises(refusal, match="is no name for a file in 'output'") as refused:
        export(prefix)
    assert str(output) not in str(refused.value) and len(str(refused.value)) < 500
    assert set(output.rglob("*")) == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_does_not_lead_out(export, output, refusal, tmp_path):
    (output / "away").symlink_to(tmp_path)
    try:
        with pytest.raises(refusal, match="leads out of 'output' by a link"):
            export("away/x")
    finally:
        (output / "away").unlink()
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_named_and_nothing_stays(export, output, refusal, without_room):
    with without_room(10):
        with pytest.raises(refusal) as refused:
            export("new/folder/full")
    words = str(refused.value)
    assert "output/new/folder/full_00001.json: there is no room" in words and "Export" in words
    assert str(output) not in words and not (output / "new").exists()


def test_a_file_where_a_folder_should_be_is_named(export, output, refusal):
    (output / "taken").write_text("x")
    try:
        with pytest.raises(refusal, match="can't be written"):
            export("taken/x")
    finally:
        (output / "taken").unlink()
