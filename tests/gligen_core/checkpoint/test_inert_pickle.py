"""No pickle does anything. Each attack is first shown to work on Python's own reader."""

import copyreg
import io
import pickle
import pickletools
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch

from gligen_core.checkpoint import load_gligen, read_checkpoint
from gligen_core.checkpoint.inert_pickle import plain, read_pickle
from gligen_core.errors import GligenError

ROOT = Path(__file__).parents[3]
EXTENSION_CODE = 200


def write(path):
    return f"open({str(path)!r}, 'w').close()"


def text(value):
    return b"X" + len(value.encode()).to_bytes(4, "little") + value.encode()


# What runs the code, as opcodes: see `pickletools`.
ATTACKS = {
    "REDUCE": lambda code: b"cbuiltins\nexec\n(" + text(code) + b"tR.",
    "INST": lambda code: b"(" + text(code) + b"ibuiltins\nexec\n.",
    "OBJ": lambda code: b"(cbuiltins\nexec\n" + text(code) + b"o.",
    "STACK_GLOBAL": lambda code: (
        b"\x80\x04" + text("builtins") + text("exec") + b"\x93(" + text(code) + b"tR."
    ),
    "EXT1": lambda code: b"\x82" + bytes([EXTENSION_CODE]) + b"(" + text(code) + b"tR.",
    "EXT2": lambda code: b"\x83" + bytes([EXTENSION_CODE, 0]) + b"(" + text(code) + b"tR.",
    "NEWOBJ, run by list": lambda code: (
        b"cbuiltins\nlist\n(cbuiltins\nmap\n(cbuiltins\nexec\n(" + text(code) + b"lt\x81tR."
    ),
    "NEWOBJ_EX, run by dict": lambda code: (
        b"\x80\x04cbuiltins\ndict\n(cbuiltins\nmap\n(cbuiltins\nexec\n("
        + text(code)
        + b"lt}\x92tR."
    ),
    "a method looked up by getattr": lambda code: (
        b"cbuiltins\ngetattr\n(cbuiltins\n__import__\n(" + text("builtins") + b"tR"
        + text("exec") + b"tR(" + text(code) + b"tR."
    ),
    "BUILD of a module's names": lambda code: (
        b"cbuiltins\nexec\n(" + text(code) + b"tR}" + text("x") + b"K\x01sb."
    ),
    "SETITEMS on what a call gave": lambda code: (
        b"cbuiltins\nexec\n(" + text(code) + b"tR(" + text("x") + b"K\x01u."
    ),
    "APPENDS on what a call gave": lambda code: (
        b"cbuiltins\nexec\n(" + text(code) + b"tR(K\x01K\x02e."
    ),
    "a persistent id": lambda code: b"cbuiltins\nexec\n(" + text(code) + b"tRQ.",
    "os.system": lambda code: (
        b"cos\nsystem\n(" + text("echo > " + code.split("'")[1]) + b"tR."
    ),
    "a call inside a rebuilt tensor": lambda code: (
        b"ctorch._utils\n_rebuild_parameter\n(cbuiltins\nexec\n(" + text(code) + b"tR\x88NtR."
    ),
    "a call as the items of a dict": lambda code: (
        b"ccollections\nOrderedDict\n(cbuiltins\neval\n(" + text(f"[({code}, 1)]") + b"tRtR."
    ),
}  # fmt: skip


@pytest.fixture(params=ATTACKS)
def attack(request, tmp_path):
    """The bytes of a pickle that writes a file, and that file, which is not there yet."""
    mark = tmp_path / "written"
    pickled = ATTACKS[request.param](write(mark))
    copyreg.add_extension("builtins", "exec", EXTENSION_CODE)
    try:
        pickle.loads(pickled)
    except Exception as error:  # some end badly, having done it
        assert not isinstance(error, FileNotFoundError)
    assert mark.is_file(), "the attack itself does not work"
    mark.unlink()
    yield pickled, mark
    copyreg.remove_extension("builtins", "exec", EXTENSION_CODE)


def archive(path, pickled):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", pickled)
        file.writestr("archive/version", "3")
    return path


def refused(path):
    with pytest.raises(GligenError):
        load_gligen(path)


def test_a_bare_pickle_does_nothing(attack, tmp_path):
    pickled, mark = attack
    (tmp_path / "bare.bin").write_bytes(b"\x80\x02" + pickled)
    refused(tmp_path / "bare.bin")
    assert not mark.exists()


def test_the_pickle_of_an_archive_does_nothing(attack, tmp_path):
    pickled, mark = attack
    refused(archive(tmp_path / "zip.bin", pickled))
    assert not mark.exists()


@pytest.mark.parametrize("part", range(5))
def test_no_pickle_of_an_old_torch_file_does_anything(attack, tmp_path, part):
    pickled, mark = attack
    torch.save({}, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    parts = [b"\x80\x02" + p for p in (tmp_path / "old.pth").read_bytes().split(b"\x80\x02")[1:]]
    parts[part] = b"\x80\x02" + pickled
    (tmp_path / "old.pth").write_bytes(b"".join(parts))
    refused(tmp_path / "old.pth")
    assert not mark.exists()


class Bomb:
    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


def test_a_config_that_would_run_code_is_read_over_and_the_weights_load(weights, tmp_path):
    mark = tmp_path / "written"
    config = {"model": {"params": {"num_heads": 4, "x": [Bomb(write(mark))]}}}
    torch.save({"model": weights, "config_dict": config}, tmp_path / "gligen.bin")
    file = read_checkpoint(tmp_path / "gligen.bin")
    assert file.config == {"model": {"params": {"num_heads": 4, "x": [None]}}}
    assert load_gligen(tmp_path / "gligen.bin").fusers["middle_0_0"].attn.heads == 4
    assert not mark.exists()
    torch.load(tmp_path / "gligen.bin", weights_only=False)
    assert mark.exists(), "the attack itself does not work"


def test_globals_are_not_even_imported(tmp_path):
    (tmp_path / "probe_module.py").write_text(write(tmp_path / "written"))
    code = (
        "import sys, io; sys.path.insert(0, sys.argv[1])\n"
        "from gligen_core.checkpoint.inert_pickle import read_pickle\n"
        "read_pickle(io.BytesIO(b'cprobe_module\\nthing\\n.'), '')\n"
        "sys.exit('probe_module' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, cwd=ROOT)
    assert done.returncode == 0 and not (tmp_path / "written").exists()


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        2**70,
        1.5,
        "text ✓",
        b"bytes",
        [1, [2, []]],
        {"a": {"b": (1, 2)}, 3: None},
        OrderedDict(x=1, y=[OrderedDict()]),
        (1,),
        (1, 2, 3, 4),
    ],
)
@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_come_back(value, protocol):
    pickled = io.BytesIO(pickle.dumps(value, protocol=protocol))
    back = read_pickle(pickled, "").value
    if protocol < 3 and isinstance(value, bytes):
        return  # written as a call of codecs.encode, which is not made
    assert back == value and type(back) is (dict if isinstance(value, dict) else type(value))


@pytest.mark.parametrize("protocol", range(6))
def test_sets_come_back_as_lists(protocol):
    pickled = pickle.dumps({"set": {1, 2}, "frozen": frozenset("a")}, protocol=protocol)
    back = read_pickle(io.BytesIO(pickled), "").value
    assert sorted(back["set"]) == [1, 2] and back["frozen"] == ["a"]


def test_every_opcode_is_known_or_refused():
    # Out-of-band buffers have no place in a file.
    from gligen_core.checkpoint.inert_pickle import _LITERALS, _OPERATIONS

    known = set(_LITERALS) | set(_OPERATIONS)
    assert {code.name for code in pickletools.opcodes} - known == {
        "NEXT_BUFFER",
        "READONLY_BUFFER",
    }


@pytest.mark.parametrize(
    "pickled",
    [
        b"\x80\x02}q\x00X\x05\x00\x00\x00mod",  # ends in a text
        b"\x80\x02",  # no STOP
        b"t.",
        b"0.",
        b"h\x05.",  # a memo that nothing was put into
        b"\x97.",  # an out-of-band buffer
        b"ctorch._utils\n_rebuild_tensor_v2\n(K\x01tR.",
        b"ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))tR.",
        b"ccollections\nOrderedDict\n(K\x01tR.",
        b"\x8e" + (2**60).to_bytes(8, "little") + b"x.",  # says that it is huge
        b"I" + b"9" * 5000 + b"\n.",
    ],
)
def test_a_damaged_pickle_is_named_with_the_remedy(pickled):
    with pytest.raises(GligenError, match=r"x\.bin: its pickle is .*damaged.*Download it again"):
        read_pickle(io.BytesIO(pickled), "x.bin")


def test_a_config_that_holds_itself_ends():
    loop = {"a": 1}
    loop["self"] = loop
    assert plain(loop) == {"a": 1, "self": None}


def test_a_config_that_repeats_itself_without_end_is_read_in_no_time():
    laughs = ["ha"]
    for _ in range(200):
        laughs = [laughs, laughs]  # 2^200 in all
    assert isinstance(plain(laughs), list)


def test_a_real_omegaconf_config_becomes_plain(config_dict):
    config = plain(config_dict)
    assert config["name"] == "depth" and config["resume"] is None
    params = config["model"]["params"]
    assert params["attention_resolutions"] == [4, 2, 1] and params["inpaint_mode"] is False
    assert params["grounding_tokenizer"]["target"].endswith("depth_grounding_net.PositionNet")
