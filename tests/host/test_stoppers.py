"""Files and prompts that stopped the host: each is refused in words, and the next prompt runs."""

import itertools
import json
import os
import shutil
import sys
import threading
import time
import zipfile

import pytest
import torch
from safetensors.torch import save_file
from test_server import EXAMPLES

LAYOUT = '{"entities": [{"text": "a ball", "box": [0.25, 0.25, 0.75, 0.75]}]}'
MEMORY = 300 << 20  # bytes that a refused file may cost the host
_numbers = itertools.count()


@pytest.fixture(scope="module")
def gligens(running):
    folder = running.base / "models" / "gligen"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def node(class_type, **inputs):
    return {"class_type": class_type, "inputs": inputs}


def run(server, prompt, patience=60):
    """The history of a prompt that the server took."""
    status, answer = server.post("/prompt", {"prompt": prompt})
    assert status == 200, answer
    return server.wait(answer["prompt_id"], patience)


def words_of(history):
    messages = dict(history["status"]["messages"])
    assert "execution_error" in messages, history
    return messages["execution_error"]


def refused(server, prompt, patience=60):
    """The error that ends a prompt, in a type of a name without a path; the next prompt runs."""
    error = words_of(run(server, prompt, patience))
    assert error["exception_type"] == "gligen_core.errors.GligenError"
    assert error["exception_message"].encode()
    assert ".demo/run-" not in error["exception_message"]  # where the server's folders lie
    the_next_prompt_runs(server)
    return error["exception_message"]


def the_next_prompt_runs(server):
    # A new text each time, or the host would answer from its cache without a worker.
    layout = LAYOUT.replace("ball", f"ball {next(_numbers)}")
    out = node("GLIGEN_ExportLayout", layout=layout, format="layout JSON", filename_prefix="")
    history = run(server, {"1": out})
    assert history["status"]["status_str"] == "success"


def shown(source):
    return node("PreviewAny", source=source)


def load(name):
    return {"1": node("GLIGEN_Load", gligen_name=name, modality="auto"), "2": shown(["1", 0])}


def listed(server, path):
    """The name of a file as the loader lists it, once the host has seen that it is there."""
    for _ in range(50):
        inputs = server.get("/object_info/GLIGEN_Load")["GLIGEN_Load"]["input"]["required"]
        first, *rest = inputs["gligen_name"]
        names = first if isinstance(first, list) else rest[0]["options"]
        if path.name in names:
            return path.name
        time.sleep(0.2)
    raise AssertionError(f"{path.name!r} is not listed")


HALF = "\ud800"


@pytest.mark.parametrize(
    "inputs",
    [
        {"text": f"('a', [1, 2, {HALF}])"},
        {"text": f"{HALF} [0.1, 0.1"},
        {"text": json.dumps([{"label": HALF, "bbox": "x"}])},
    ],
    ids=["a line of pairs", "prose", "JSON"],
)
def test_half_a_character_in_a_text_does_not_stop_the_host(server, inputs):
    schema = server.get("/object_info/GLIGEN_LayoutFromText")["GLIGEN_LayoutFromText"]["input"]
    defaults = {
        name: (options[0][0] if isinstance(options[0], list) else options[1].get("default"))
        for name, options in schema["required"].items()
    }
    defaults |= {
        name: options[1]["options"][0]
        for name, options in schema["required"].items()
        if options[0] == "COMBO"
    }
    prompt = {"1": node("GLIGEN_LayoutFromText", **(defaults | inputs)), "2": shown(["1", 0])}
    error = dict(run(server, prompt)["status"]["messages"]).get("execution_error")
    assert error is None or error["exception_message"].encode()
    the_next_prompt_runs(server)


def test_half_a_character_in_a_layout_is_replaced_everywhere(server, running):
    layout = json.dumps({"entities": [{"text": f"a {HALF}", "box": [0, 0, 1, 1], HALF: HALF}]})
    out = node("GLIGEN_ExportLayout", layout=layout, format="layout JSON", filename_prefix=HALF)
    history = run(server, {"1": out})
    assert history["status"]["status_str"] == "success"
    (name,) = history["outputs"]["1"]["text"]
    text = (running.base / "output" / name).read_text(encoding="utf-8")
    assert "a \ufffd" in text
    the_next_prompt_runs(server)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_file_name_that_is_not_utf8_does_not_stop_the_host(server, gligens):
    path = gligens / "odd\udcff.safetensors"
    path.write_bytes(b"no weights at all")
    try:
        message = refused(server, load(listed(server, path)))
    finally:
        path.unlink()
    assert "odd\ufffd.safetensors: neither safetensors nor" in message


@pytest.mark.parametrize(
    "pickled",
    [
        b"\x80\x04N" + b"2\x86" * 30 + b"2\x93.",
        b"\x80\x02]q\x01(" + b"N" * 50_000 + b"e0cbuiltins\nlist\nq\x000"
        + b"h\x00h\x01\x85R" * 4000 + b".",
        b"\x80\x02" + b"N0" * 5_000_000 + b".",
    ],
    ids=["doubling names", "copies", "opcodes"],
)  # fmt: skip
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_small_pickle_does_not_fill_the_host(server, running, gligens, pickled, method):
    path = gligens / f"pickle{next(_numbers)}.bin"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("a/data.pkl", pickled)
    before = resident(running)
    try:
        message = refused(server, load(listed(server, path)))
    finally:
        path.unlink()
    assert path.name in message
    assert before is None or resident(running) - before < MEMORY


def test_a_gligen_that_is_rewritten_while_it_runs_does_not_stop_the_host(server, gligens):
    """The demo's own picture, sampled while its GLIGEN is cut to nothing in place."""
    demo = json.loads((EXAMPLES / "api" / "demo_text_box.json").read_text(encoding="utf-8"))
    loader = next(n for n in demo.values() if n["class_type"] == "GLIGEN_Load")
    source = next(
        file
        for file in (EXAMPLES.parent / "gligen_core" / "demo" / "weights").iterdir()
        if file.name == loader["inputs"]["gligen_name"]
    )
    path = gligens / "changing.safetensors"
    shutil.copy(source, path)
    loader["inputs"]["gligen_name"] = listed(server, path)
    sampler = next(n for n in demo.values() if "seed" in n["inputs"] and "steps" in n["inputs"])
    sampler["inputs"]["steps"] = 60
    stop = threading.Event()

    def spoil():
        while not stop.wait(0.05):
            with path.open("r+b") as file:
                file.truncate(100)
            shutil.copyfile(source, path)

    before = run(server, demo, patience=300)
    assert before["status"]["status_str"] == "success"
    sampler["inputs"]["seed"] += 1
    spoiler = threading.Thread(target=spoil)
    spoiler.start()
    try:
        history = run(server, demo, patience=300)
    finally:
        stop.set()
        spoiler.join()
        path.unlink()
    if history["status"]["status_str"] != "success":  # read anew, and cut short at that moment
        assert words_of(history)["exception_type"] == "gligen_core.errors.GligenError"
    the_next_prompt_runs(server)


def test_repeated_places_in_a_name_do_not_hold_the_host(server, gligens):
    path = gligens / "places.safetensors"
    save_file({f"{'input_blocks.' * 30_000}x": torch.zeros(1)}, path)
    began = time.monotonic()
    try:
        message = refused(server, load(listed(server, path)))
    finally:
        path.unlink()
    assert "a name of 390,001 characters" in message
    assert time.monotonic() - began < 30


def resident(running):
    """Bytes of memory of the host's process, where the system tells."""
    try:
        pages = open(f"/proc/{running.pid}/statm").read().split()[1]  # noqa: PTH123
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_a_foreign_error_that_can_not_be_written_becomes_ours(pack, refusal, monkeypatch):
    """A CLIP of another pack that fails with half a character in its words."""
    node = pack("nodes.load").LoadGligen

    def breaks(*_):
        raise RuntimeError(f"broken {HALF}") from ValueError(HALF)

    monkeypatch.setattr(pack("nodes.load"), "load", breaks)
    pack("host.names").give_names(node)  # as the host's entry does; once more is no harm
    with pytest.raises(refusal) as refused:
        node.execute("any", "auto")
    assert "broken \ufffd" in str(refused.value) and refused.value.__suppress_context__
