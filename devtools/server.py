"""A running ComfyUI with this pack in it: its own base folder, a free port, a log."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from .console import DevError, say
from .host import Host
from .pins import CHECKOUT

RUNS = CHECKOUT / ".demo"
EXAMPLE_PICTURES = CHECKOUT / "example_workflows" / "input"
PACK_NAME = "gligen-grounding"  # the folder name under custom_nodes
START_SECONDS = 300  # a cold disk and a first import of torch take a minute or two
STOP_SECONDS = 10
LOG_LINES_SHOWN = 30
# Of the checkout, what a copy needs; a link needs nothing of this.
NOT_COPIED = shutil.ignore_patterns(".*", "tests", "demo_output", "__pycache__")


class Server:
    """ComfyUI on a loopback port, from `with` to the end of the block, unless it is kept.

    Its models, input, output, temp and log lie in the folder `base`, which goes when it stops.
    """

    def __init__(self, host: Host) -> None:
        RUNS.mkdir(exist_ok=True)
        self._host = host
        self.base = Path(tempfile.mkdtemp(prefix="run-", dir=RUNS))
        self.port = free_port()
        self.log = self.base / "host.log"
        self._process: subprocess.Popen[Any] | None = None
        self._kept = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def keep(self) -> None:
        """Leave it running when the block ends."""
        self._kept = True

    def __enter__(self) -> Server:
        link_pack(self.base / "custom_nodes")
        put_pictures(self.base / "input", self._host)
        device = [] if has_gpu(self._host.python) else ["--cpu"]
        say(f"Starting ComfyUI on the {'CPU' if device else 'GPU'} at {self.address}")
        began = time.monotonic()
        command = [*command_line(self._host, self.base, self.port), *device]
        try:
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    command,
                    cwd=self._host.folder,
                    env=environment(single_thread=bool(device)),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    **_detached(),
                )
            self._wait_until_up(began)
        except BaseException:
            self._stop()
            raise
        say(f"ComfyUI is up after {time.monotonic() - began:.0f} s")
        return self

    def __exit__(self, *_: object) -> None:
        if not self._kept:
            self._stop()

    def check_alive(self) -> None:
        """DevError with the end of its log if it died."""
        if self._process is not None and self._process.poll() is not None:
            raise DevError(f"ComfyUI ended (status {self._process.returncode}). {self.log_tail()}")

    def log_tail(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        tail = "\n".join(f"  {line}" for line in lines[-LOG_LINES_SHOWN:])
        return f"The end of its log:\n{tail}"

    def _wait_until_up(self, began: float) -> None:
        # A proxy of the environment is not asked for this machine's own address.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() - began < START_SECONDS:
            self.check_alive()
            try:
                with direct.open(f"{self.address}/system_stats", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise DevError(f"ComfyUI did not answer within {START_SECONDS} s. {self.log_tail()}")

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        unlink_pack(self.base / "custom_nodes")
        shutil.rmtree(self.base, ignore_errors=True)


def command_line(host: Host, base: Path, port: int) -> list[str]:
    return [
        str(host.python),
        str(host.folder / "main.py"),
        *("--port", str(port)),
        *("--base-directory", str(base)),
        *("--database-url", "sqlite:///:memory:"),
        "--disable-auto-launch",
        *page_option(host),
    ]


def page_option(host: Host) -> list[str]:
    return ["--front-end-root", str(host.page)] if host.page else []


def put_pictures(folder: Path, host: Host) -> None:
    """What the example workflows load into the host's input folder; what is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (host.folder / "input" / "example.png", *EXAMPLE_PICTURES.glob("*.*")):
        if file.is_file() and not (folder / file.name).exists():
            shutil.copyfile(file, folder / file.name)


def environment(single_thread: bool) -> dict[str, str]:
    """single_thread: for the demo's small model, which two busy threads make slower, not faster."""
    variables = dict(os.environ) | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    if single_thread:
        variables.setdefault("OMP_NUM_THREADS", "1")
    return variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def has_gpu(python: Path) -> bool:
    """Whether torch sees a GPU there; asked of torch only where a driver's tool is installed."""
    if not any(shutil.which(tool) for tool in ("nvidia-smi", "rocm-smi")):
        return False
    script = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    return subprocess.run([str(python), "-c", script], capture_output=True).returncode == 0


def link_pack(custom_nodes: Path) -> None:
    """Put the checkout among the custom nodes: a link, a junction on Windows, else a copy."""
    custom_nodes.mkdir(parents=True, exist_ok=True)
    link = custom_nodes / PACK_NAME
    unlink_pack(custom_nodes)
    try:
        if sys.platform == "win32":
            import _winapi

            _winapi.CreateJunction(str(CHECKOUT), str(link))  # needs no privilege, unlike a link
        else:
            link.symlink_to(CHECKOUT, target_is_directory=True)
    except OSError:
        shutil.copytree(CHECKOUT, link, ignore=NOT_COPIED)


def unlink_pack(custom_nodes: Path) -> None:
    """Remove link, junction or copy; never what a link points to."""
    link = custom_nodes / PACK_NAME
    if link.is_symlink():
        link.unlink()
    elif link.exists():
        try:
            link.rmdir()  # a junction, or an empty folder
        except OSError:
            shutil.rmtree(link)  # a copy


def _detached() -> dict[str, Any]:
    """So that Ctrl-C reaches dev.py alone, and a kept host outlives it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
