"""python -m gligen_core.checkpoint"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gligen_core.bases.blocks import BlockId
from gligen_core.checkpoint.__main__ import main
from gligen_core.layers.fuser import GatedSelfAttention
from gligen_core.modalities.text_box import TextBoxTokenizer

ROOT = Path(__file__).parents[3]
MIB = 1 << 20


@pytest.fixture
def source(weights, tmp_path):
    torch.save({"model": weights, "config_dict": {}}, tmp_path / "gligen.bin")
    return tmp_path / "gligen.bin"


def test_inspect_says_what_a_file_is(source, capsys):
    assert main(["inspect", str(source)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("box + text · custom base (context 64)")
    assert "3 fusers" in said


def test_convert_says_what_it_did(source, weights, tmp_path, capsys):
    target = tmp_path / "small.safetensors"
    assert main(["convert", str(source), str(target), "--dtype", "fp16"]) == 0
    assert str(target) in capsys.readouterr().out
    assert all(torch.equal(t, weights[key].half()) for key, t in load_file(target).items())
    assert main(["inspect", str(target)]) == 0
    said = capsys.readouterr().out
    assert "fp16" in said and "gligen.mode: text_box" in said


def test_convert_makes_a_diffusers_folder(source, tmp_path):
    assert main(["convert", str(source), str(tmp_path / "d"), "--layout", "diffusers"]) == 0
    config = json.loads((tmp_path / "d" / "unet" / "config.json").read_text())
    assert config["_class_name"] == "UNet2DConditionModel"
    assert config["attention_type"] == "gated" and config["cross_attention_dim"] == 64


def test_what_cannot_be_done_is_said_on_stderr(source, tmp_path, capsys):
    save_file({"lora_up.weight": torch.zeros(1)}, tmp_path / "l.safetensors")
    assert main(["inspect", str(tmp_path / "l.safetensors")]) == 1
    assert "a LoRA, not a GLIGEN" in capsys.readouterr().err
    assert main(["convert", str(source), str(source)]) == 1
    assert "ends in .safetensors" in capsys.readouterr().err
    target = tmp_path / "there.safetensors"
    target.write_bytes(b"mine")
    assert main(["convert", str(source), str(target)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert target.read_bytes() == b"mine"
    assert main(["convert", str(source), str(target), "--overwrite"]) == 0


def test_it_runs_without_a_host(source):
    done = subprocess.run(
        [sys.executable, "-m", "gligen_core.checkpoint", "inspect", str(source)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("box + text")


PEAK = """
import re, sys
from pathlib import Path
from gligen_core.checkpoint.__main__ import main

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) << 10

sys.stdout.write("")
main(["inspect", sys.argv[1]])
before = peak()
main(["convert", *sys.argv[1:]])
print("grew by", peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="tells peak memory on Linux")
def test_convert_holds_one_tensor_at_a_time(tmp_path):
    width, context = 1280, 768  # the widest fusers of SD1.x
    model = {
        f"position_net.{k}": w for k, w in TextBoxTokenizer(context, context).state_dict().items()
    }
    with torch.device("meta"):
        shapes = {k: w.shape for k, w in GatedSelfAttention(width, context, 8).state_dict().items()}
    for block in (BlockId("input", 7), BlockId("middle", 0), BlockId("output", 3)):
        for key, shape in shapes.items():
            model[f"{block.ldm_prefix}fuser.{key}"] = torch.ones(shape)
    source, target = tmp_path / "gligen.bin", tmp_path / "x.safetensors"
    torch.save({"model": model, "config_dict": {}}, source)
    largest = max(weight.nbytes for weight in model.values())
    total = sum(weight.nbytes for weight in model.values())
    assert total > 6 * largest
    del model
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(source), str(target), "--dtype", "fp16"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    grown = int(done.stdout.rpartition("grew by ")[2])
    assert grown < 1.5 * largest + 16 * MIB  # much under the file, and the shard is not counted
    target.unlink()
    source.unlink()
