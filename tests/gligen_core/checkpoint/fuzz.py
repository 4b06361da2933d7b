"""Fuzzing of GLIGEN files by their structure: `python fuzz.py SECONDS [SEED] [FOLDER]`.

Whole files are taken apart (JSON trees, opcodes, archives, tensors), parts are changed, and what
comes out is judged by `oracles`. The first file that breaks a law stays in the folder.
"""

import collections
import io
import itertools
import json
import math
import pickle
import pickletools
import random
import struct
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[3])]

from oracles import judge  # noqa: E402

from gligen_core.bases.sd_keys import to_diffusers  # noqa: E402
from gligen_core.checkpoint import detect, load_gligen, read_checkpoint, save_gligen  # noqa: E402
from gligen_core.layers.fuser import GatedSelfAttention  # noqa: E402
from gligen_core.modalities.text_box import TextBoxTokenizer  # noqa: E402

PLACES = ("input_blocks.1.1", "middle_block.1")
WIDTH, CONTEXT = 16, 32

NUMBERS = (0, 1, -1, 3, 8, 2**31, 2**63 - 1, 2**63, 2**64, 10**400)
FLOATS = (0.5, -0.0, 1e308, math.inf, math.nan)
TEXTS = (
    *("", "x", "\ud800", "\0", "F32", "I16", "U8", "BOOL", "F8_E4M3", "gatedSA2", "x" * 1001),
    *("input_blocks." * 60, "down_blocks..attentions.1...fuser.x", "transformer_blocks.0.fuser.x"),
    *("position_net.null_positive_feature", "../x", "9" * 900, "\udcff\ud83d", "é" * 400),
)
TREES = ([], {}, [[]], {"a": {}}, [1] * 9, [0, 4])
VALUES = (*NUMBERS, *FLOATS, *TEXTS, *TREES, None, True, False)
GLOBALS = (
    *(b"ccollections\nOrderedDict\n", b"cbuiltins\nlist\n", b"cbuiltins\ndict\n", b"cos\nsystem\n"),
    *(b"ctorch._utils\n_rebuild_tensor_v2\n", b"ctorch._utils\n_rebuild_tensor_v3\n"),
    *(b"ctorch._utils\n_rebuild_parameter\n", b"ctorch\nSize\n", b"ctorch\nFloatStorage\n"),
    *(b"ctorch._tensor\n_rebuild_from_type_v2\n", b"cbuiltins\nfrozenset\n"),
)
OPCODES = (
    *(
        code.encode("latin-1")
        for code in "N]})(012tldeuas\x85\x86\x87RQbo\x81\x92\x93\x94\x8f\x90\x91"
    ),
    *(b"h\x00", b"h\x01", b"q\x00", b"q\x01", b"K\x02", b"J\xff\xff\xff\xff", b"\x82\x01"),
    *(b"\x8a\x08" + b"\xff" * 8, b"\x8a\x10" + b"\x7f" * 16, b"I1\n", b"F1e400\n", b"Sx\n"),
    *(b"X\x03\x00\x00\x00\xed\xa0\x80", b"G\x7f\xf0" + b"\0" * 6, *GLOBALS),
)
BURSTS = (b"2\x86", b"h\x00\x85R", b"]", b"\x94", b"(", b"N0", b"h\x00", b"\x85", b"NN\x86", b"2")


class Fuzzer:
    """One seeded run. counts: of what became of the files, by kind and verdict"""

    def __init__(self, folder, seed):
        self.folder, self.chance = Path(folder), random.Random(seed)
        self.counts = collections.Counter()
        self.slowest = self.largest = 0
        torch.manual_seed(0)
        self.weights = _weights()

    def step(self):
        """Make one odd file and judge it. AssertionError for a broken law."""
        kind = self.chance.choice(list(KINDS))
        for old in sorted(self.folder.rglob("*"), reverse=True):
            old.rmdir() if old.is_dir() else old.unlink()
        path = KINDS[kind](self)
        load = self._save if self.chance.random() < 0.1 else load_gligen
        try:
            verdict = judge(path, load)
        except BaseException as broken:
            raise AssertionError(f"{kind}, {path}: {type(broken).__name__}: {broken}") from broken
        self.counts[kind, "refused" if verdict.refusal else "read"] += 1
        self.slowest = max(self.slowest, verdict.seconds)
        self.largest = max(self.largest, verdict.room or 0)

    def _save(self, path):
        file = read_checkpoint(path)
        layout = self.chance.choice(("ldm", "diffusers"))
        target = self.folder / "saved.safetensors"
        save_gligen(file, detect(file), target, "fp16", layout, True, shown=path.name)

    # trees: dicts and lists of JSON

    def spoil(self, tree, times=3):
        """A tree with some of its nodes changed."""
        tree = json.loads(json.dumps(tree))
        for _ in range(self.chance.randint(1, times)):
            holder, key = self.chance.choice(list(_nodes(tree)) or [(tree, None)])
            if key is None:
                continue
            match self.chance.randrange(5 if isinstance(holder, dict) else 3):
                case 0 | 1:
                    holder[key] = self.value()
                case 2:
                    del holder[key]
                case 3:
                    holder[self.key(key)] = holder.pop(key)
                case 4:
                    holder[self.key(key)] = holder[key]
        return tree

    def value(self):
        if self.chance.random() < 0.1:
            return [self.chance.choice(VALUES) for _ in range(self.chance.choice((1, 2, 9, 5000)))]
        return self.chance.choice(VALUES)

    def key(self, key):
        parts = key.split(".")
        match self.chance.randrange(5):
            case 0:
                return self.chance.choice(TEXTS)
            case 1:
                parts[self.chance.randrange(len(parts))] = self.chance.choice(
                    (*TEXTS, "0", "99999")
                )
            case 2:
                parts.insert(self.chance.randrange(len(parts)), self.chance.choice(parts))
            case 3:
                parts.pop(self.chance.randrange(len(parts)))
            case 4:
                parts = parts * self.chance.choice((2, 30))
        return ".".join(parts)

    # tensors

    def some_weights(self):
        """Small weights, a few of another kind, size or value."""
        weights = dict(self.weights)
        for name in self.chance.sample(sorted(weights), self.chance.randint(0, 3)):
            weight = weights[name]
            weights[name] = self.chance.choice(
                (
                    lambda w: w.to(self.chance.choice(DTYPES)),
                    lambda w: w.reshape(-1)[:1].reshape(()),
                    lambda w: w.flatten(),
                    lambda w: w[:0],
                    lambda w: torch.full_like(w, self.chance.choice((math.nan, math.inf, 1e30))),
                    lambda w: w.new_zeros(self.chance.choice(((0,), (1, 1, 1), (7,), (2,) * 8))),
                )
            )(weight if weight.ndim else weight.reshape(1))
        return weights

    # kinds of files

    def safetensors(self, name="x.safetensors", weights=None):
        path = self.folder / name
        save_file({k: w.contiguous() for k, w in (weights or self.some_weights()).items()}, path)
        raw = path.read_bytes()
        length = int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8 : 8 + length])
        if self.chance.random() < 0.8:
            if self.chance.random() < 0.5:
                header["__metadata__"] = {"gligen.mode": "text_box", "gligen.heads": "2"}
            header = self.spoil(header)
        text = json.dumps(header).encode()
        path.write_bytes(struct.pack("<Q", len(text)) + text + raw[8 + length :])
        return path

    def config_beside(self):
        weights = {to_diffusers(name): w for name, w in self.some_weights().items()}
        path = self.safetensors("diffusion_pytorch_model.safetensors", weights)
        config = {
            "_class_name": "UNet2DConditionModel",
            "attention_type": "gated",
            "attention_head_dim": [5, 10],
            "block_out_channels": [320, 640],
            "layers_per_block": 2,
        }
        (self.folder / "config.json").write_text(json.dumps(self.spoil(config)))
        return path

    def shards(self):
        weights = {to_diffusers(name): w for name, w in self.some_weights().items()}
        part = self.safetensors("diffusion_pytorch_model-00001-of-00001.safetensors", weights)
        index = {"metadata": {}, "weight_map": dict.fromkeys(weights, part.name)}
        path = self.folder / "diffusion_pytorch_model.safetensors.index.json"
        path.write_text(json.dumps(self.spoil(index)))
        return path

    def torch_file(self, old=None):
        path = self.folder / "x.bin"
        config = {"model": {"params": {"num_heads": 2, "fuser_type": "gatedSA"}}}
        value = {"model": self.some_weights(), "config_dict": self.spoil(config)}
        old = self.chance.random() < 0.5 if old is None else old
        torch.save(
            self.chance.choice((value, value["model"], collections.OrderedDict(value["model"]))),
            path,
            _use_new_zipfile_serialization=not old,
            pickle_protocol=self.chance.choice((2, 2, 4)),
        )
        return path

    def archive(self):
        path = self.torch_file(old=False)
        with zipfile.ZipFile(path) as file:
            members = {name: file.read(name) for name in file.namelist()}
        for name in members:
            if name.endswith("data.pkl"):
                members[name] = self.pickle(members[name])
        names = list(members)
        if self.chance.random() < 0.3:
            members[self.chance.choice(names)] = b""
        if self.chance.random() < 0.2:
            del members[self.chance.choice(names)]
        method = self.chance.choice(
            (zipfile.ZIP_STORED,) * 6 + (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)
        )
        with zipfile.ZipFile(path, "w", method) as file:
            for name, data in members.items():
                file.writestr(name, data)
        if self.chance.random() < 0.3:
            self.overwrite(path, path.read_bytes().find(b"PK\x01\x02"))
        return path

    def legacy(self):
        path = self.torch_file(old=True)
        parts = path.read_bytes()
        state = io.BytesIO(parts)
        ends = [0]
        for _ in range(5):
            for _ in pickletools.genops(state):
                pass
            ends.append(state.tell())
        pieces = [parts[a:b] for a, b in itertools.pairwise(ends)]
        at = self.chance.randrange(5)
        pieces[at] = self.pickle(pieces[at])
        path.write_bytes(b"".join(pieces) + parts[ends[-1] :])
        return path

    def any_bytes(self):
        path = self.torch_file() if self.chance.random() < 0.5 else self.safetensors()
        self.overwrite(path, 0)
        if self.chance.random() < 0.3:
            raw = path.read_bytes()
            path.write_bytes(raw[: self.chance.randrange(len(raw))])
        return path

    def overwrite(self, path, start):
        raw = bytearray(path.read_bytes())
        for _ in range(self.chance.randint(1, 6)):
            at = self.chance.randrange(max(start, 0), len(raw))
            new = self.chance.choice(
                (b"\xff" * 8, b"\0" * 8, struct.pack("<Q", self.chance.randrange(2**63)), b"\x01")
            )
            raw[at : at + len(new)] = new
        path.write_bytes(raw)

    def pickle(self, pickled):
        """A pickle with some of its opcodes changed."""
        starts = [at for _, _, at in pickletools.genops(pickled)]
        ops = [pickled[a:b] for a, b in zip(starts, [*starts[1:], len(pickled)], strict=True)]
        for _ in range(self.chance.randint(0, 3)):
            at = self.chance.randrange(len(ops))
            match self.chance.randrange(7):
                case 0:
                    ops[at] = self.chance.choice(OPCODES)
                case 1:
                    ops.insert(at, self.chance.choice(OPCODES))
                case 2:
                    ops.insert(at, self.chance.choice(ops))
                case 3:
                    ops.pop(at)
                case 4:
                    ops[at : at + 1] = [self.chance.choice(BURSTS)] * self.chance.choice((30, 3000))
                case 5:
                    ops.insert(at, self.chance.choice(BURSTS) * self.chance.choice((40, 100_000)))
                case 6:
                    value = self.chance.choice(VALUES)
                    if isinstance(value, str):
                        value = value.encode("utf-8", "replace").decode()
                    ops.insert(at, pickle.dumps(value, protocol=2)[2:-1])
        return b"".join(ops)


KINDS = {
    "safetensors": Fuzzer.safetensors,
    "config.json": Fuzzer.config_beside,
    "shards": Fuzzer.shards,
    "archive": Fuzzer.archive,
    "old torch": Fuzzer.legacy,
    "torch weights": Fuzzer.torch_file,
    "bytes": Fuzzer.any_bytes,
}
DTYPES = (torch.int16, torch.uint8, torch.bool, torch.float64, torch.float16, torch.float8_e4m3fn)


def _weights():
    modules = {
        f"{place}.transformer_blocks.0.fuser.": GatedSelfAttention(WIDTH, CONTEXT, 1)
        for place in PLACES
    }
    modules["position_net."] = TextBoxTokenizer(CONTEXT, CONTEXT)
    return {
        prefix + key: torch.randn(weight.shape) * 0.1
        for prefix, module in modules.items()
        for key, weight in module.state_dict().items()
    }


def _nodes(tree):
    """(holder, key) of every value in a tree."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(items):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _nodes(value)


def run(seconds, seed, folder):
    """Fuzz so long; the counts, and the largest time and memory. AssertionError: a broken law."""
    warnings.simplefilter("ignore")
    fuzzer = Fuzzer(folder, seed)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        fuzzer.step()
    return fuzzer


def main():
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp()) / "files"
    folder.mkdir(parents=True, exist_ok=True)
    fuzzer = run(seconds, seed, folder)
    for (kind, verdict), count in sorted(fuzzer.counts.items()):
        sys.stdout.write(f"{kind:14} {verdict:8} {count:7,}\n")
    total = sum(fuzzer.counts.values())
    sys.stdout.write(
        f"{total:,} files; at most {fuzzer.slowest:.2f} s of the CPU and "
        f"{fuzzer.largest / (1 << 20):.0f} MiB; no law broken.\n"
    )


if __name__ == "__main__":
    main()
