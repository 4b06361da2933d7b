"""pip's failures in words that say what to do."""

import sys
from pathlib import Path

import pytest

from devtools.console import DevError
from devtools.pip import explain, run_pip


@pytest.mark.parametrize(
    ("complaint", "remedy"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\n"
            "ERROR: No matching distribution found for torch==2.14.1",
            "package index can't be reached",
        ),
        ("socket.gaierror: Temporary failure in name resolution", "can't be reached"),
        ("SSLError(SSLCertVerificationError(CERTIFICATE_VERIFY_FAILED))", "PIP_CERT"),
        ("ERROR: No matching distribution found for torch==2.14.1", "no build of that version"),
        ("ERROR: Could not install: [Errno 13] Permission denied: 'x'", "can't be written"),
        ("something new", "own words are above"),
    ],
)
def test_the_cause_is_recognised(complaint, remedy):
    assert remedy in explain(complaint)


def test_a_failure_says_what_was_being_done(capfd):
    with pytest.raises(DevError, match="Installing the moon failed"):
        run_pip(Path(sys.executable), ["install", "--no-index", "moon==1"], "Installing the moon")
    assert "moon==1" in capfd.readouterr().err, "pip's own words are passed on"
