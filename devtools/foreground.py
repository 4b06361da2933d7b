"""ComfyUI with this pack for a person: in the foreground, with their models."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

from .console import say
from .host import STORE, Host
from .pins import CHECKOUT
from .server import (
    RUNS,
    command_line,
    environment,
    free_port,
    has_gpu,
    link_pack,
    page_option,
    put_pictures,
)

USUAL_PORT = 8188
# Models, outputs, settings and workflows: the checkout's own, for checkouts may share a store.
BASE = CHECKOUT / ".base"


def run_host(host: Host, port: int | None = None) -> int:
    """Run until Ctrl-C; the host's own log on the screen."""
    port = port or (USUAL_PORT if _is_free(USUAL_PORT) else free_port())
    if host.fetched:
        base = ready_base(STORE, BASE)
        link_pack(base / "custom_nodes")
        put_pictures(base / "input", host)
        command = command_line(host, base, port)
        (base / "models" / "gligen").mkdir(parents=True, exist_ok=True)
        say(f"Models go into {base / 'models'}, GLIGEN files into its folder gligen")
    else:
        command = _own_host_command(host, port)
    if not has_gpu(host.python):
        command.append("--cpu")
    say(f"ComfyUI will be at http://127.0.0.1:{port} (Ctrl-C ends it)")
    return subprocess.call(command, cwd=host.folder, env=environment(single_thread=False))


def ready_base(store: Path, base: Path) -> Path:
    """The base folder, with what an earlier version of this command kept in the store."""
    earlier = store / "base"
    if earlier.is_dir() and not base.exists() and not store.is_symlink():
        earlier.rename(base)
        say(f"Models, pictures and settings have moved from {earlier} to {base}")
    base.mkdir(parents=True, exist_ok=True)
    return base


def _own_host_command(host: Host, port: int) -> list[str]:
    """The person's own ComfyUI with its own folders; this pack is added if it is not there yet."""
    command = [str(host.python), str(host.folder / "main.py"), "--port", str(port)]
    command += page_option(host)
    put_pictures(host.folder / "input", host)
    if CHECKOUT.parent == host.folder / "custom_nodes":
        return command
    nodes = RUNS / "custom_nodes"
    link_pack(nodes)
    paths = RUNS / "extra_model_paths.yaml"
    # JSON is YAML, and quotes any path.
    paths.write_text(json.dumps({"gligen_grounding": {"custom_nodes": str(nodes)}}), "utf-8")
    return [*command, "--extra-model-paths-config", str(paths)]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
