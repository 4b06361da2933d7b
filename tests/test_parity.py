"""`tests/parity.py` on the golden cases here: what is covered agrees, what is bent fails."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

TESTS = Path(__file__).parent
GOLDEN = TESTS / "fixtures" / "golden"
MANIFEST = json.loads((GOLDEN / "manifest.json").read_text(encoding="utf-8"))
CASES = {*MANIFEST["cases"], "alpha_generator"}
SMALL = {name for name in CASES if not name.startswith("full_")}  # the full-size ones are slow
BENT = 0.1  # what is added to the last number of each expected output


def parity(folder):
    """(exit status, verdict by case, closing line) of the command a person types."""
    done = subprocess.run(
        [sys.executable, str(TESTS / "parity.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    *lines, closing = done.stdout.splitlines() or [done.stderr]
    return done.returncode, {line.split()[0]: line for line in lines}, closing


def edit_manifest(folder, change):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def golden(tmp_path):
    """A copy of the small cases to bend."""
    folder = Path(shutil.copytree(GOLDEN, tmp_path / "golden"))

    def drop_full_size(manifest):
        manifest["cases"] = {n: case for n, case in manifest["cases"].items() if n in SMALL}

    edit_manifest(folder, drop_full_size)
    return folder


def test_every_case_agrees_with_the_official_code():
    status, lines, closing = parity(GOLDEN)
    assert status == 0, lines
    assert {name for name, line in lines.items() if "pass" in line} == CASES
    assert not [line for line in lines.values() if "outputs are covered" in line]
    assert closing == f"{len(CASES)} passed, 0 failed, 0 not covered"


def test_a_case_of_another_kind_is_not_covered(golden):
    edit_manifest(golden, lambda m: m["cases"]["schedule"].update(module="something.else"))
    status, lines, closing = parity(golden)
    assert status == 0
    assert "not covered" in lines["schedule"]
    assert closing == f"{len(SMALL) - 1} passed, 0 failed, 1 not covered"


@pytest.mark.parametrize("first", [0, 1], ids=["even cases", "odd cases"])
def test_a_case_with_bent_numbers_fails_and_no_other(golden, first):
    bent = sorted(SMALL)[first::2]
    for name in set(bent) - {"alpha_generator"}:
        tensors = load_file(golden / f"{name}.safetensors")
        for key, tensor in tensors.items():
            if key.startswith("out."):
                tensor.view(-1)[-1] += BENT if tensor.is_floating_point() else 1
        save_file(tensors, golden / f"{name}.safetensors")
    if "alpha_generator" in bent:
        edit_manifest(golden, lambda m: m["alpha_generator"][0]["alphas"].__setitem__(0, 0.99))
    status, lines, closing = parity(golden)
    assert status == 1
    assert sorted(name for name, line in lines.items() if "FAIL" in line) == bent
    assert closing == f"{len(SMALL) - len(bent)} passed, {len(bent)} failed, 0 not covered"


def test_a_file_that_is_cut_off_or_gone_fails_alone(golden):
    cut = golden / "fuser_gatedSA.safetensors"
    cut.write_bytes(cut.read_bytes()[:1000])
    (golden / "schedule.safetensors").unlink()
    status, lines, _ = parity(golden)
    assert status == 1
    failed = {name for name, line in lines.items() if "FAIL" in line}
    assert failed == {"fuser_gatedSA", "schedule"}


def test_cases_are_known_by_what_they_are_not_by_their_names(golden):
    def rename(manifest):
        names = {name: f"other {number}" for number, name in enumerate(manifest["cases"])}
        for case in manifest["cases"].values():
            if "weights_from" in case:
                case["weights_from"] = names[case["weights_from"]]
        manifest["cases"] = {names[name]: case for name, case in manifest["cases"].items()}

    edit_manifest(golden, rename)
    status, _, closing = parity(golden)
    assert status == 0
    assert closing == f"{len(SMALL)} passed, 0 failed, 0 not covered"


def test_a_folder_without_a_manifest_is_named(tmp_path):
    status, _, closing = parity(tmp_path)
    assert status != 0
    assert "no manifest.json" in closing
