"""The real host in this process, on the CPU, with the pack loaded by the host's own loader.

COMFYUI_PATH names the host, else the one that dev.py fetched. The networks are tiny, with random
weights: what is looked at is what reaches them, how often, and that it changes the result.
"""

import contextlib
import os
import sys
from pathlib import Path

import pytest

from devtools.host_modules import enter_host, load_pack

CHECKOUT = Path(__file__).parents[2]
COMFYUI = Path(os.environ.get("COMFYUI_PATH") or CHECKOUT / ".host" / "ComfyUI")
FLAGS = os.environ.get("GLIGEN_TEST_HOST_FLAGS", "--cpu").split()
sys.path.insert(0, str(Path(__file__).parent))


def pytest_collection_modifyitems(items):
    """The host's own warnings are not ours to mend."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture(scope="session")
def host(tmp_path_factory):
    """The host's modules: `host("comfy.samplers")`."""
    if not (COMFYUI / "main.py").is_file():
        pytest.fail(f"no ComfyUI in {COMFYUI}: run the tests by dev.py, or set COMFYUI_PATH")
    return enter_host(COMFYUI, tmp_path_factory.mktemp("base"), FLAGS)


@pytest.fixture(scope="session")
def pack(host):
    """The pack's modules as the host loads them: `pack("host.patch")`."""
    return load_pack(host)


@pytest.fixture
def refusal(pack):
    """The one error type of the core."""
    return pack("gligen_core.errors").GligenError


@pytest.fixture
def without_room():
    """bytes -> a block in which the system writes no file that is larger, as on a full disk."""
    resource = pytest.importorskip("resource", reason="limits of files are of POSIX systems")

    @contextlib.contextmanager
    def limited(size):
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    return limited


@pytest.fixture(scope="session")
def studio(host, pack):
    from studio import Studio

    return Studio(host, pack)


@pytest.fixture(scope="session")
def modes(studio):
    from modes import Modes

    return Modes(studio)


@pytest.fixture(scope="session")
def families(studio):
    from families import Families

    return Families(studio)


@pytest.fixture(scope="session")
def running():
    """A ComfyUI of its own with the pack linked into it, as `dev.py demo` starts it."""
    from devtools.host import Host
    from devtools.server import Server

    with Server(Host(COMFYUI, Path(sys.executable), fetched=False)) as started:
        yield started


@pytest.fixture(scope="session")
def server(running):
    """Its interface, as a person or a program has it."""
    from devtools.api_client import ApiClient

    return ApiClient(running.address)
