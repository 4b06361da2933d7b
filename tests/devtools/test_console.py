"""A progress bar that goes to a file stays a few lines long."""

from devtools.console import progress_bar


def test_a_bar_without_a_terminal_prints_every_quarter(capsys):
    with progress_bar("drawing") as bar:
        for done in range(21):
            bar.show(done, 20)
    assert capsys.readouterr().out.splitlines() == [
        "drawing [#######-----------------------] 5/20",
        "drawing [###############---------------] 10/20",
        "drawing [######################--------] 15/20",
        "drawing [##############################] 20/20",
    ]


def test_a_bar_in_a_terminal_is_redrawn_and_ends_on_a_line_of_its_own(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with progress_bar("drawing") as bar:
        bar.show(1, 2, "a long note")
        bar.show(2, 2)
    first, last = capsys.readouterr().out.removesuffix("\n").split("\r")[1:]
    assert first == "drawing [###############---------------] 1/2 a long note"
    assert last == "drawing [##############################] 2/2" + " " * 12, "the note is wiped"
