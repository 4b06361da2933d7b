"""Files made to stop the host: each is refused in words, within 5 s of CPU and little memory.

A load that takes for ever ends by the suite's own time limit; see `oracles` for the laws.
"""

import io
import json
import math
import pickle
import random
import struct
import subprocess
import sys
import time
import zipfile

import pytest
import torch
from oracles import ROOT, judge
from safetensors.torch import save_file

from gligen_core.bases.sd_keys import ldm_names
from gligen_core.checkpoint import load_gligen, read_checkpoint, save_gligen
from gligen_core.checkpoint.detect import detect
from gligen_core.checkpoint.inert_pickle import read_pickle
from gligen_core.errors import GligenError

FUSER = "input_blocks.1.1.transformer_blocks.0.fuser."
NAME = f"{FUSER}norm1.weight"
BOMB = 120_000  # repetitions of a small piece of pickle


def text(value):
    raw = value.encode("utf-8", "surrogatepass")
    return b"X" + len(raw).to_bytes(4, "little") + raw


def archive(path, pickled, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("archive/data.pkl", pickled)
        file.writestr("archive/version", "3")
    return path


def safetensors(path, header, data=b""):
    written = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(written)) + written + data)
    return path


# pickles: all but the first show a way to much time or memory in few bytes


def copies(kind):
    """A list of 20,000 items, copied 2,000 times."""
    big = b"]q\x01(" + b"N" * 20_000 + b"e0"
    items = big.replace(b"N" * 20_000, b"NN\x86" * 20_000) if kind == "dict" else big
    return (
        b"\x80\x02]"
        + items
        + f"cbuiltins\n{kind}\nq\x000".encode()
        + b"h\x00h\x01\x85R" * 2000
        + b"."
    )


PICKLES = {
    "a global whose name is 2^30 tuples": b"\x80\x04N" + b"2\x86" * 30 + b"2\x93.",
    "a module whose name is 2^30 tuples": b"\x80\x04N" + b"2\x86" * 30 + text("x") + b"\x93.",
    "a storage named by 2^30 tuples": (
        b"\x80\x04" + text("storage") + b"ctorch\nFloatStorage\nN" + b"2\x86" * 30 + b"NK\x01tQ."
    ),
    "a list copied without end": copies("list"),
    "a tuple copied without end": copies("tuple"),
    "a set copied without end": copies("frozenset"),
    "a dict copied without end": copies("dict"),
    "a shape copied without end": copies("list").replace(b"builtins\nlist", b"torch\nSize"),
    "characters as items": (
        b"\x80\x02" + text("x" * 1_000_000) + b"q\x01cbuiltins\nlist\nq\x000"
        + b"h\x00h\x01\x85R" * 500 + b"."
    ),
    "opcodes": b"\x80\x02" + b"N0" * 500_000 + b".",
    "the stack": b"\x80\x02" + b"]" * 1_000_000 + b".",
    "nested to the end": b"\x80\x02" + b"N" + b"\x85" * 390_000 + b".",
    "objects in objects": b"\x80\x02cx\ny\nq\x000N" + b"h\x00\x85R" * BOMB + b".",
    "a key of a megabyte, compared": (
        b"\x80\x02}" + text("k" * 1_000_000) + b"q\x000" + text("k" * 1_000_000) + b"q\x010"
        + b"h\x00Nsh\x01Ns" * BOMB + b"."
    ),
    "numbers that share a hash": (
        b"\x80\x02}(" + b"".join(
            b"\x8a\x20" + (n * (2**61 - 1)).to_bytes(32, "little") + b"N" for n in range(20_000)
        ) + b"u."
    ),
    "places in the memo that share a hash": b"\x80\x02" + b"".join(
        b"Np%d\n0" % (n * (2**61 - 1)) for n in range(100_000)
    ) + b".",
    "a number of a megabyte": (
        b"\x80\x02\x8b" + struct.pack("<i", 1_000_000) + b"\x7f" * 1_000_000 + b"."
    ),
    "a text that says it is huge": b"\x80\x04\x8d" + (2**62).to_bytes(8, "little") + b"x.",
    "a tensor of 300,000 axes": (
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage")
        + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + b"K\x01tQK\x00("
        + b"K\x01" * 300_000 + b"t(" + b"K\x01" * 300_000 + b"t\x89NtR."
    ),
    "a global with a name of a megabyte": b"\x80\x02c" + b"m" * 1_000_000 + b"\nx\n.",
    "marks": b"\x80\x02" + b"(" * 190_000 + b"t" * 189_000 + b".",
    "a type of a type of a type": (
        b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\nq\x000)"
        + b"h\x00\x85" * 1 + b"(h\x00h\x00h\x01NtR."
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PICKLES)
@pytest.mark.parametrize("way", ["stored", "bare"])
def test_a_pickle_that_takes_time_or_memory_is_refused(kind, way, tmp_path):
    pickled = PICKLES[kind]
    if way == "bare":
        torch.save({}, tmp_path / "x.pth", _use_new_zipfile_serialization=False)
        start = (tmp_path / "x.pth").read_bytes().split(b"\x80\x02")[:4]
        (tmp_path / "x.pth").write_bytes(b"\x80\x02".join(start) + pickled)
    else:
        archive(tmp_path / "x.pth", pickled)
    assert judge(tmp_path / "x.pth").refusal


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packed_pickle_is_not_unpacked(tmp_path, method):
    path = archive(tmp_path / "x.bin", b"\x80\x02" + b"N0" * 3_000_000 + b".", method)
    assert path.stat().st_size < 100_000
    verdict = judge(path)
    assert "'archive/data.pkl' is compressed in the archive" in verdict.refusal
    assert verdict.seconds < 1


def test_what_a_pickle_is_refused_for_names_no_foreign_value_at_length():
    with pytest.raises(GligenError) as refusal:
        read_pickle(io.BytesIO(b"S" + b"x" * 1_000_000 + b"\n."), "x.bin")
    assert len(str(refusal.value)) < 600


def test_keys_that_are_no_text_are_passed_over(weights, tmp_path):
    odd = {3: torch.ones(2), (1, 2): torch.ones(2), b"x": torch.ones(2), None: torch.ones(1)}
    torch.save(weights | odd, tmp_path / "x.bin")
    assert set(read_checkpoint(tmp_path / "x.bin").tensors) == set(weights)


# archives


def test_an_archive_of_endless_members_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.bin", "w") as file:
        for number in range(21_000):
            file.writestr(f"a/{number}", b"")
    assert "21,000 members" in judge(tmp_path / "x.bin").refusal


@pytest.mark.parametrize("seed", range(8))
def test_an_archive_with_any_offset_wrong_is_refused_or_read(weights, tmp_path, seed):
    torch.save(weights, tmp_path / "x.bin")
    whole = bytearray((tmp_path / "x.bin").read_bytes())
    chance = random.Random(seed)
    directory = whole.find(b"PK\x01\x02")
    for _ in range(60):
        damaged = bytearray(whole)
        at = chance.randrange(directory, len(whole) - 8)
        damaged[at : at + 8] = chance.choice(
            [b"\xff" * 8, b"\0" * 8, struct.pack("<Q", chance.randrange(2**63))]
        )
        (tmp_path / "x.bin").write_bytes(damaged)
        judge(tmp_path / "x.bin")


def test_a_member_named_twice_is_refused(tmp_path):
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(tmp_path / "x.bin", "w") as file,
    ):
        file.writestr("a/data.pkl", b"\x80\x02}.")
        file.writestr("a/data.pkl", b"\x80\x02}.")
    assert "two members of one name" in judge(tmp_path / "x.bin").refusal


# safetensors

ENTRY = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
HEADERS = {
    "places without end": {f"{'input_blocks.' * 30_000}1": ENTRY},
    "many keys of places": {f"{'input_blocks.' * 70}{n}": ENTRY for n in range(3_000)},
    "300,000 axes": {NAME: ENTRY | {"shape": [1] * 300_000}},
    "an infinite axis": b'{"a": {"dtype": "F32", "shape": [Infinity], "data_offsets": [0, 4]}}',
    "an axis that is no number": b'{"a": {"dtype": "F32", "shape": [NaN], "data_offsets": [0, 4]}}',
    "an axis of 400 digits": {NAME: ENTRY | {"shape": [10**400]}},
    "an axis of 5,000 digits": (
        b'{"a": {"dtype": "F32", "shape": [' + b"9" * 5000 + b'], "data_offsets": [0, 4]}}'
    ),
    "a fraction of an axis": {NAME: ENTRY | {"shape": [1.0]}},
    "a text for an axis": {NAME: ENTRY | {"shape": ["1"]}},
    "true for an axis": {NAME: ENTRY | {"shape": [True]}},
    "no shape": {NAME: {"dtype": "F32", "data_offsets": [0, 4]}},
    "a list for a dtype": {NAME: ENTRY | {"dtype": []}},
    "a list for a header": b"{} " + b"[" * 0 + b"[]",
    "metadata of a list": {"__metadata__": {"a": [1]}},
    "metadata that is null": {"__metadata__": None},
    "a name with half a character": {"\ud800": ENTRY | {"shape": ["\ud800"]}},
    "brackets": b'{"a": ' + b"[" * 1_000_000,
    "entries that are nothing": b'{"a": [' + b"[]," * 1_300_000 + b"[]]}",
    "a scalar": {NAME: ENTRY | {"shape": []}},
    "whole numbers": {NAME: ENTRY | {"dtype": "I16", "shape": [2]}},
    "bytes": {NAME: ENTRY | {"dtype": "U8", "shape": [4]}},
    "truths": {NAME: ENTRY | {"dtype": "BOOL", "shape": [4]}},
    "a name with empty parts": {"down_blocks..attentions.1...fuser.x": ENTRY},
    "a block of many digits": {f"input_blocks.{'9' * 900}.1.transformer_blocks.0.fuser.x": ENTRY},
    "a block of foreign digits": {"up_blocks.١.attentions.٢.fuser.x": ENTRY},
    "a fuser beside any block": {"input_blocks.fuser.x": ENTRY},
    "10,000 fusers": {
        f"input_blocks.1.1.transformer_blocks.{n}.fuser.norm1.weight": ENTRY for n in range(9_999)
    },
    "20,000 tensors": {f"position_net.{n}": ENTRY for n in range(20_000)} | {NAME: ENTRY},
}


@pytest.mark.parametrize("kind", HEADERS)
def test_an_odd_safetensors_header_is_refused(kind, tmp_path):
    verdict = judge(safetensors(tmp_path / "x.safetensors", HEADERS[kind], b"\0" * 4))
    assert verdict.refusal


@pytest.mark.parametrize("part", ["position_net.x", FUSER])
def test_tensors_in_one_another_do_not_fill_the_memory(part, tmp_path):
    # Each of 5,000 tensors is the whole file.
    size = 4_000_000
    entry = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
    header = {f"{part}{n}": entry for n in range(5_000)} | {NAME: entry}
    verdict = judge(safetensors(tmp_path / "x.safetensors", header, b"\0" * size))
    assert verdict.refusal


def test_a_number_spread_over_a_large_tensor_does_not_fill_the_memory(weights, tmp_path):
    wide = {name: torch.zeros(()).expand(100_000, 100_000) for name in weights if "linear" in name}
    torch.save(weights | wide, tmp_path / "x.bin")
    assert "lie in one another" in judge(tmp_path / "x.bin").refusal


def test_repeated_places_take_no_quadratic_time():
    keys = ["input_blocks." * 30_000, f"{'input_blocks.' * 30_000}fuse"]
    began = time.process_time()
    assert ldm_names(keys) == ({}, "ldm")
    assert time.process_time() - began < 1


# what stands beside the weights

CONFIGS = [
    {"attention_type": []},
    {"attention_type": {"a": 1}},
    {"layers_per_block": []},
    {"layers_per_block": True},
    {"layers_per_block": 10**400},
    {"layers_per_block": -1},
    {"layers_per_block": 0},
    {"layers_per_block": "2"},
    {"attention_type": "gated", "attention_head_dim": 10**400},
    {"attention_type": "gated", "attention_head_dim": [0, 1], "block_out_channels": [1, 2]},
    {"attention_type": "gated", "attention_head_dim": ["8"], "block_out_channels": [320]},
    {"attention_type": "gated", "attention_head_dim": [8], "block_out_channels": ["320"]},
    {"attention_type": "gated", "attention_head_dim": [8], "block_out_channels": [math.inf]},
    {"attention_type": "gated", "attention_head_dim": [[8]], "block_out_channels": [[320]]},
    {"attention_type": "gated", "attention_head_dim": [10], "block_out_channels": [1]},
    {"attention_type": "gated", "num_attention_heads": {"a": 1}},
    {"model": 3},
    {"model": {"params": {"grounding_tokenizer": {"target": 3}}}},
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: json.dumps(config)[:60])
def test_a_config_of_wrong_types_is_read_over_or_refused(config, weights, tmp_path):
    config = {"_class_name": "UNet2DConditionModel"} | config
    save_file(weights, tmp_path / "x.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    judge(tmp_path / "x.safetensors")
    torch.save({"model": weights, "config_dict": config}, tmp_path / "y.bin")
    judge(tmp_path / "y.bin")


@pytest.mark.parametrize(
    "written", ["[" * 100_000, "{", '{"a": ' + "9" * 5000 + "}", "\ufeff{}", ""], ids=range(5)
)
def test_a_config_that_is_no_json_is_named(written, weights, tmp_path):
    save_file(weights, tmp_path / "x.safetensors")
    (tmp_path / "config.json").write_text(written, encoding="utf-8")
    with pytest.raises(GligenError, match=r"config\.json: no JSON"):
        load_gligen(tmp_path / "x.safetensors")


@pytest.mark.parametrize(
    "places",
    [{"a": []}, {"a": {"b": 1}}, {"a": 3}, [], 3, {"a": ".."}, {"a": ""}, {"a": "x\0y"},
     {"a": "diffusion_pytorch_model.safetensors.index.json"}, {"a": "\ud800"},
     {str(n): f"{n}.safetensors" for n in range(5_000)}],
    ids=range(11),
)  # fmt: skip
def test_an_odd_index_of_shards_is_refused(places, tmp_path):
    index = tmp_path / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": places}))
    assert judge(tmp_path).refusal


# values


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float8_e5m2"])
def test_a_weight_that_is_no_number_is_named_at_load(value, dtype, weights, tmp_path):
    broken = {name: weight.to(getattr(torch, dtype)) for name, weight in weights.items()}
    one = broken[NAME].float().clone()
    one[3] = value
    broken[NAME] = one.to(getattr(torch, dtype))
    save_file(broken, tmp_path / "x.safetensors")
    with pytest.raises(GligenError, match=rf"1 of its \d+ tensors hold NaN or infinity: {NAME}"):
        load_gligen(tmp_path / "x.safetensors")


def test_a_file_that_is_written_to_while_it_is_read_is_named(weights, tmp_path, monkeypatch):
    from gligen_core.checkpoint import build

    save_file(weights, tmp_path / "x.safetensors")
    read = build.read_tensors

    def and_touch(stored):
        tensors = read(stored)
        with (tmp_path / "x.safetensors").open("ab") as file:
            file.write(b"\0")
        return tensors

    monkeypatch.setattr(build, "read_tensors", and_touch)
    with pytest.raises(GligenError, match="written to while it was read"):
        load_gligen(tmp_path / "x.safetensors")


def test_reading_holds_each_tensor_once(weights, tmp_path):
    save_file({f"{n}": torch.zeros(1) for n in range(3)}, tmp_path / "warm.safetensors")
    big = {f"position_net.{n}": torch.ones(4_000_000) for n in range(16)}
    save_file(weights | big, tmp_path / "x.safetensors")
    verdict = judge(tmp_path / "x.safetensors")
    size = (tmp_path / "x.safetensors").stat().st_size
    assert "too much 16 tensors" in verdict.refusal
    assert verdict.room is None or verdict.room < 1.2 * size + (20 << 20)


# the net


def test_what_nobody_foresaw_ends_in_words_that_name_the_file(weights, tmp_path, monkeypatch):
    from gligen_core.checkpoint import build

    save_file(weights, tmp_path / "x.safetensors")

    def breaks(*_, **__):
        raise AttributeError("\ud800" * 1_000_000)

    monkeypatch.setattr(build, "build_gligen", breaks)
    assert "make no GLIGEN (AttributeError: \ufffd" in judge(tmp_path / "x.safetensors").refusal


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_a_file_that_may_not_be_read_is_named_without_its_folder(weights, tmp_path):
    save_file(weights, tmp_path / "x.safetensors")
    (tmp_path / "loop.safetensors").symlink_to(tmp_path / "loop.safetensors")
    assert judge(tmp_path / "loop.safetensors").refusal
    script = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); os.setuid(65534)\n"
        "from gligen_core.checkpoint import read_checkpoint\n"
        "from pathlib import Path\n"
        "try: read_checkpoint(Path(sys.argv[2]))\n"
        "except ValueError as error: sys.stdout.write(str(error))\n"
    )
    if getattr(__import__("os"), "getuid", lambda: 1)() != 0:
        return
    (tmp_path / "x.safetensors").chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT), str(tmp_path / "x.safetensors")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "Permission" in done.stdout:
        assert str(tmp_path) not in done.stdout and "x.safetensors: can't be read" in done.stdout


def test_a_state_dict_of_each_protocol_still_loads(weights, tmp_path):
    for protocol in range(2, 6):
        torch.save(weights, tmp_path / "x.bin", pickle_protocol=protocol)
        assert load_gligen(tmp_path / "x.bin").blocks
    assert pickle.DEFAULT_PROTOCOL  # the loop has the newest


def test_a_saved_file_is_what_was_read(weights, tmp_path):
    turned = {name: w.t().contiguous().t() if w.ndim == 2 else w for name, w in weights.items()}
    torch.save(turned, tmp_path / "x.bin")
    file = read_checkpoint(tmp_path / "x.bin")
    save_gligen(file, detect(file), tmp_path / "y.safetensors")
    from safetensors.torch import load_file

    written = load_file(tmp_path / "y.safetensors")
    assert all(torch.equal(written[name], weight) for name, weight in weights.items())
