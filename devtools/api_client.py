"""Client of a running ComfyUI's HTTP interface: the one that demo, bench, harness and tests use.

Requests go by urllib and the end of a prompt is read from the host's history, so that it works in
any thread, beside a browser's driver, too. A websocket only tells how far the running node is.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .console import DevError

REQUEST_SECONDS = 60  # until the host answers one request
PATIENCE_SECONDS = 600  # until a prompt has ended
POLL_SECONDS = 0.2
CONNECT_SECONDS = 10  # for the websocket, without which a prompt runs as well

Prompt = Mapping[str, Any]
"""A workflow in the API's form: node id -> class_type and inputs."""

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all) of the node that is running."""


class ApiClient:
    """A person at the host's HTTP interface. address: such as http://127.0.0.1:8188"""

    def __init__(self, address: str) -> None:
        self.address = address
        # A proxy of the environment is not asked for this machine's own address.
        self._direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> Any:
        """The JSON at a path."""
        return json.loads(self.read(path))

    def read(self, path: str) -> bytes:
        """The body at a path."""
        with self._open(self.address + path) as answer:
            return answer.read()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and JSON of the answer, whether the host took the body or refused it."""
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with self._open(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, _json_or_text(refusal.read())

    def queue(self, prompt: Prompt, client_id: str = "") -> str:
        """The id under which the host runs a prompt. DevError: why it refused it."""
        status, answer = self.post("/prompt", {"prompt": prompt, "client_id": client_id})
        if status != 200:
            raise DevError(f"ComfyUI refused the workflow. {refusal(answer)}")
        return answer["prompt_id"]

    def wait(self, prompt_id: str, patience: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The history of a prompt that has ended, well or not."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            history = self.get(f"/history/{prompt_id}").get(prompt_id)
            if history is not None:
                return history
            time.sleep(POLL_SECONDS)
        raise DevError(f"the workflow had not ended after {patience:g} s.")

    def run(
        self, prompt: Prompt, progress: Progress | None = None, patience: float = PATIENCE_SECONDS
    ) -> dict[str, Any]:
        """What each node of a prompt showed, by its id. DevError: which node failed, and why."""
        me = uuid.uuid4().hex
        with _told(self.address, me, progress) if progress else contextlib.nullcontext():
            history = self.wait(self.queue(prompt, me), patience)
        messages = dict(history["status"]["messages"])
        if error := messages.get("execution_error"):
            raise DevError(f"{error['node_type']} failed: {error['exception_message'].strip()}")
        if "execution_interrupted" in messages:
            raise DevError("the run was interrupted.")
        return history["outputs"]

    def pictures(self, prompt: Prompt, progress: Progress | None = None) -> dict[str, list[bytes]]:
        """All pictures that a prompt shows as PNG files, by the id of the node; at least one."""
        found = {
            node: [self.view(image) for image in output["images"]]
            for node, output in self.run(prompt, progress).items()
            if output.get("images")
        }
        if not found:
            raise DevError("the workflow ran, but showed no picture.")
        return found

    def picture(self, prompt: Prompt, progress: Progress | None = None) -> bytes:
        """The first picture that a prompt shows, as a PNG file."""
        return next(iter(self.pictures(prompt, progress).values()))[0]

    def view(self, image: Mapping[str, str]) -> bytes:
        """A file of the host's output, input or temp folder, as the history names it."""
        names = {key: image[key] for key in ("filename", "subfolder", "type")}
        return self.read(f"/view?{urllib.parse.urlencode(names)}")

    def _open(self, request: str | urllib.request.Request) -> Any:
        try:
            return self._direct.open(request, timeout=REQUEST_SECONDS)
        except urllib.error.HTTPError:
            raise
        except OSError as error:
            raise DevError(f"ComfyUI at {self.address} does not answer: {error}") from error


def refusal(answer: Any) -> str:
    """The host's reasons against a workflow: each node with each of its errors, as one line.

    answer: the JSON of its refusal, or the text where it was none
    """
    try:
        lines = [
            f"{node['class_type']}: {error['message']} ({error['details']})"
            for node in dict(answer["node_errors"]).values()
            for error in node["errors"]
        ]
        return " ".join(lines) or answer["error"]["message"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return str(answer).strip()[:1000]


def _json_or_text(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


@contextlib.contextmanager
def _told(address: str, client_id: str, progress: Progress) -> Iterator[None]:
    """`progress` told of the steps of a client's prompts, until the end of the block."""
    ready, ended = threading.Event(), threading.Event()
    follow = threading.Thread(
        target=lambda: asyncio.run(_follow(address, client_id, progress, ready, ended)), daemon=True
    )
    follow.start()
    ready.wait(CONNECT_SECONDS)
    try:
        yield
    finally:
        ended.set()
        follow.join(CONNECT_SECONDS)


async def _follow(
    address: str,
    client_id: str,
    progress: Progress,
    ready: threading.Event,
    ended: threading.Event,
) -> None:
    import aiohttp  # comes with the host

    try:
        # max_msg_size 0: previews may be of any size.
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(
                f"{address}/ws", params={"clientId": client_id}, max_msg_size=0
            ) as socket,
        ):
            ready.set()
            while not ended.is_set() and not socket.closed:
                with contextlib.suppress(TimeoutError):
                    message = await socket.receive(timeout=POLL_SECONDS)
                    if message.type is aiohttp.WSMsgType.TEXT:
                        event = json.loads(message.data)
                        if event["type"] == "progress":
                            progress(event["data"]["value"], event["data"]["max"])
    except aiohttp.ClientError:
        pass  # the bar stands still; the history tells how the prompt ends
    finally:
        ready.set()
