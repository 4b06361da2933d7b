"""One workflow through a running ComfyUI: post it, follow it, fetch its picture."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from .console import DevError

SILENCE_SECONDS = 600  # a host that says nothing for so long has come to a stop

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all) of the node that is running."""


class Client:
    """A person at the host's API, with a websocket of their own."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def picture(self, workflow: Mapping[str, Any], progress: Progress) -> bytes:
        """The first picture that the workflow shows, as a PNG file. DevError: what went wrong."""
        return next(iter((await self.pictures(workflow, progress)).values()))[0]

    async def pictures(
        self, workflow: Mapping[str, Any], progress: Progress
    ) -> dict[str, list[bytes]]:
        """All pictures that the workflow shows, by the id of the node; at least one."""
        me = uuid.uuid4().hex
        # 0: previews may be of any size.
        async with self._session.ws_connect(
            f"{self._address}/ws", params={"clientId": me}, max_msg_size=0
        ) as socket:
            prompt = await self._post(workflow, me)
            await self._follow(socket, prompt, progress)
        return await self._fetch(prompt)

    async def _post(self, workflow: Mapping[str, Any], me: str) -> str:
        body = {"prompt": workflow, "client_id": me}
        async with self._session.post(f"{self._address}/prompt", json=body) as answer:
            if answer.status == 200:
                return (await answer.json())["prompt_id"]
            raise DevError(f"ComfyUI refused the workflow. {refusal(await answer.text())}")

    async def _follow(
        self, socket: aiohttp.ClientWebSocketResponse, prompt: str, progress: Progress
    ) -> None:
        while True:
            try:
                message = await socket.receive(timeout=SILENCE_SECONDS)
            except TimeoutError:
                raise DevError(f"ComfyUI has said nothing for {SILENCE_SECONDS} s.") from None
            if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                raise DevError("ComfyUI closed the connection in the middle of the run.")
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue  # previews
            event = json.loads(message.data)
            data = event.get("data") or {}
            if data.get("prompt_id") != prompt:
                continue
            match event["type"]:
                case "progress":
                    progress(data["value"], data["max"])
                case "execution_error":
                    raise DevError(
                        f"{data['node_type']} failed: {data['exception_message'].strip()}"
                    )
                case "execution_interrupted":
                    raise DevError("the run was interrupted.")
                case "executing" if data.get("node") is None:
                    return

    async def _fetch(self, prompt: str) -> dict[str, list[bytes]]:
        async with self._session.get(f"{self._address}/history/{prompt}") as answer:
            history = await answer.json()
        outputs = history.get(prompt, {}).get("outputs", {})
        found = {
            node: [await self._view(image) for image in output["images"]]
            for node, output in outputs.items()
            if output.get("images")
        }
        if not found:
            raise DevError("the workflow ran, but showed no picture.")
        return found

    async def _view(self, image: Mapping[str, str]) -> bytes:
        names = {key: image[key] for key in ("filename", "subfolder", "type")}
        async with self._session.get(f"{self._address}/view", params=names) as answer:
            answer.raise_for_status()
            return await answer.read()


def refusal(answer: str) -> str:
    """What the host says of a workflow that it does not take: each node with each of its errors."""
    try:
        body = json.loads(answer)
        lines = [
            f"{node['class_type']}: {error['message']} ({error['details']})"
            for node in dict(body["node_errors"]).values()
            for error in node["errors"]
        ]
        return " ".join(lines) or body["error"]["message"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return answer.strip()[:1000]
