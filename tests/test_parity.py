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
COVERED = {
    "text_position_net",
    "fuser_gatedSA",
    "fuser_gatedSA2",
    "fuser_gatedCA",
    "block_gatedSA",
    "block_gatedSA2",
    "block_gatedCA",
    "unet_text",
    "unet_text_gatedCA",
    "schedule",
    "draw_masks",
    "prepare_boxes",
    "alpha_generator",
}
BENT = 0.01  # what is added to the last number of each expected output


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


@pytest.fixture
def golden(tmp_path):
    """A copy to bend."""
    return Path(shutil.copytree(GOLDEN, tmp_path / "golden"))


def edit_manifest(folder, change):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_every_covered_case_agrees_with_the_official_code():
    status, lines, closing = parity(GOLDEN)
    assert status == 0, lines
    assert {name for name, line in lines.items() if "pass" in line} == COVERED
    assert "not covered" in lines["clip_image_reproject"]
    assert "tolerance" in lines["unet_text"]
    assert closing == f"{len(COVERED)} passed, 0 failed, 1 not covered"


@pytest.mark.parametrize("first", [0, 1], ids=["even cases", "odd cases"])
def test_a_case_with_bent_numbers_fails_and_no_other(golden, first):
    bent = sorted(COVERED)[first::2]
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
    assert closing == f"{len(COVERED) - len(bent)} passed, {len(bent)} failed, 1 not covered"


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
        manifest["cases"] = {f"other {n}": c for n, c in enumerate(manifest["cases"].values())}

    edit_manifest(golden, rename)
    status, _, closing = parity(golden)
    assert status == 0
    assert closing == f"{len(COVERED)} passed, 0 failed, 1 not covered"


def test_a_folder_without_a_manifest_is_named(tmp_path):
    status, _, closing = parity(tmp_path)
    assert status != 0
    assert "no manifest.json" in closing
