"""Commands of the demo that need no network; `train` has tests beside the trainer's."""

from gligen_core.demo.__main__ import main
from gligen_core.demo.vocabulary import TOKENS
from gligen_core.layout import parse_layout


def test_the_command_writes_layouts_in_the_demos_words(tmp_path, capsys):
    assert main(["layouts", "--count", "3", "--seed", "5", "--out", str(tmp_path / "new")]) == 0
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in files] == ["000.json", "001.json", "002.json"]
    texts = [e.text for file in files for e in parse_layout(file.read_bytes()).entities]
    assert all(word in TOKENS for text in texts for word in text.split())
    assert "3 layouts in" in capsys.readouterr().out
