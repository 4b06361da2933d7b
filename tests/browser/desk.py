"""A person at the host's page in a real Chromium: workflows, nodes, canvases, mouse and keys."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

SETTINGS = {
    "Comfy.TutorialCompleted": True,  # or the template browser covers the first page
    "Comfy.Locale": "en",
    "Comfy.Workflow.Persist": False,
    "Comfy.Workflow.WarnBlueprintOverwrite": False,
    "Comfy.VueNodes.AutoScaleLayout": False,
    "Comfy.VueNodes.Enabled": False,
}
LAYOUT_NODE = "GLIGEN_Layout"
LOADING_MS = 180_000  # of the page: a busy machine of two cores takes its time
VIEWPORT = {"width": 1400, "height": 900}
OURS = "gligen-grounding"  # in the address of our files
# What the host's page complains of by itself, without this pack too.
HOSTS_OWN = (
    "Failed to load resource",
    # Of pages newer than the host: they ask it for its jobs, and then for what it ran.
    "[Jobs API]",
    "JobsApiError",
    # A setting that the host sets before it is registered, while it starts.
    "TypeError: Cannot read properties of undefined (reading 'id')\n    at onChange",
)


def choose(address: str, **settings: Any) -> None:
    """Write the host's settings before the page is loaded."""
    request = urllib.request.Request(
        f"{address}/settings",
        json.dumps(SETTINGS | settings).encode(),
        {"Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    direct.open(request, timeout=60).close()


def run(desk: Desk) -> None:
    """Queue what is in the graph; when it has run."""
    desk.page.evaluate(
        "() => new Promise((done, failed) => { const { api } = window.comfyAPI.api;"
        " api.addEventListener('execution_success', done, { once: true });"
        " api.addEventListener('execution_error', (event) => failed(event.detail), { once: true });"
        " window.app.queuePrompt(0); })"
    )
    desk.settle(10)


class Desk:
    """One page. `mistakes` collects page errors and console errors."""

    def __init__(self, page, address: str) -> None:
        self.page = page
        self.address = address
        self.mistakes: list[str] = []
        self._before: dict[str, Any] = {}
        page.on("pageerror", lambda error: self.mistakes.append(f"page error: {error}"))
        page.on("console", self._hear)
        page.on("dialog", lambda dialog: dialog.accept())

    def _hear(self, message) -> None:
        where = message.location.get("url", "")
        hosts_own = any(each in message.text for each in HOSTS_OWN) and OURS not in where
        if message.type != "error" or hosts_own:
            return
        self.mistakes.append(f"console: {message.text} {where}")

    def expect_mistake(self, text: str) -> None:
        """What the host rightly complains of; it must have."""
        self.settle(10)
        expected = [mistake for mistake in self.mistakes if text in mistake]
        assert expected, f"nobody complained of {text}"
        self.mistakes[:] = [mistake for mistake in self.mistakes if mistake not in expected]

    def close_dialogs(self) -> None:
        """The host's own, whatever lies over their buttons: those of old pages and of new ones."""
        new = '[role=dialog][data-state=open] [aria-label="Close dialog"]'
        self.page.evaluate(
            "(all) => { for (const close of document.querySelectorAll(all)) close.click(); }",
            f".p-dialog-close-button, {new}",
        )
        self.page.wait_for_function(
            "!document.querySelector('.p-dialog-mask, [role=dialog][data-state=open]')"
        )

    def arrive(self) -> None:
        """Load the page with an empty graph."""
        self.page.goto(self.address)
        self.page.wait_for_function(
            "!!window.app?.graph && !!window.LiteGraph?.registered_node_types.GLIGEN_Layout",
            timeout=LOADING_MS,
        )
        self.page.wait_for_function("!document.querySelector('.p-blockui-mask')")
        # What the host complains of while it starts is its own, unless our files are in it.
        self.mistakes[:] = [mistake for mistake in self.mistakes if OURS in mistake]
        self.clear()

    def render(self, nodes2: bool) -> None:
        """Switch to a renderer; the host keeps it over a reload."""
        self._set("Comfy.VueNodes.Enabled", nodes2)
        self.nodes2 = nodes2
        self.settle(8)

    def set(self, setting: str, value: Any) -> None:
        """Until `put_back`, which comes at the end of a test, whether it passes or not."""
        self._before.setdefault(setting, self._set(setting, value))

    def put_back(self) -> None:
        for setting, value in self._before.items():
            self._set(setting, value)
        self._before.clear()

    def _set(self, setting: str, value: Any) -> Any:
        """What it was."""
        return self.page.evaluate(
            "async ([id, value]) => { const { setting } = window.app.extensionManager;"
            " const before = setting.get(id); if (before !== value) await setting.set(id, value);"
            " return before; }",
            [setting, value],
        )

    def clear(self) -> None:
        self.page.evaluate("window.app.graph.clear()")
        self.look()

    def look(self, scale: float = 1.0, x: float = 120, y: float = 90) -> None:
        """Zoom and pan of the graph."""
        self.page.evaluate(
            "([scale, x, y]) => { const ds = window.app.canvas.ds;"
            " ds.scale = scale; ds.offset[0] = x; ds.offset[1] = y;"
            " window.app.canvas.setDirty(true, true); }",
            [scale, x, y],
        )
        self.settle()

    def settle(self, frames: int = 4) -> None:
        """Let the page draw: the host lays nodes out over several frames."""
        self.page.evaluate(
            "async (frames) => { for (let i = 0; i < frames; i++)"
            " await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 8))); }",
            frames,
        )

    def add(
        self, node_type: str = LAYOUT_NODE, at: tuple[float, float] = (0, 0), **values
    ) -> int | str:
        """A new node; its id."""
        made = self.page.evaluate(
            "([type, at, values]) => { const node = window.LiteGraph.createNode(type);"
            " node.pos = at; window.app.graph.add(node);"
            " for (const [name, value] of Object.entries(values))"
            "   node.widgets.find((widget) => widget.name === name).value = value;"
            " return node.id; }",
            [node_type, list(at), values],
        )
        self.settle(8)
        return made

    def connect(self, source: int | str, output: int, target: int | str, name: str) -> None:
        self.page.evaluate(
            "([from, output, to, name]) => { const graph = window.app.graph;"
            " const target = graph.getNodeById(to);"
            " graph.getNodeById(from).connect(output, target,"
            "   target.inputs.findIndex((input) => input.name === name)); }",
            [source, output, target, name],
        )
        self.settle()

    def load(self, workflow: dict[str, Any]) -> None:
        self.page.evaluate("(workflow) => window.app.loadGraphData(workflow)", workflow)
        self.settle(10)

    def saved(self) -> dict[str, Any]:
        """The workflow as it would be saved."""
        return json.loads(self.page.evaluate("JSON.stringify(window.app.graph.serialize())"))

    def prompt(self) -> dict[str, Any]:
        """The API prompt that would be queued."""
        return self.page.evaluate("async () => (await window.app.graphToPrompt()).output")

    def layout(self, node: int | str, value: str = "layout") -> dict[str, Any]:
        """The JSON that the API prompt has for a node's canvas."""
        return json.loads(self.prompt()[str(node)]["inputs"][value])

    def editor(self, node: int | str, widget: str = "layout") -> Editor:
        return Editor(self, node, widget)

    def reload(self) -> None:
        """Save, load the page anew, open what was saved."""
        workflow = self.saved()
        self.arrive()
        self.load(workflow)


class Editor:
    """One canvas in one node. Places are fractions of the layout, as in its JSON."""

    def __init__(self, desk: Desk, node: int | str, widget: str) -> None:
        self.desk = desk
        self.page = desk.page
        self.widget = widget
        self.handle = desk.page.wait_for_function(
            "([id, name]) => { const find = (graph) => { const node = graph.getNodeById(id);"
            "   const element = node?.widgets?.find((widget) => widget.name === name)?.element;"
            "   return element?.isConnected ? element : null; };"
            " return find(window.app.canvas.graph); }",
            arg=[node, widget],
        ).as_element()

    @property
    def canvas(self):
        return self.handle.query_selector("canvas")

    def at(self, x: float, y: float, aspect: float = 1.0) -> tuple[float, float]:
        """Page pixels of a place; aspect: width / height of the layout. For a fitted canvas."""
        box = self.canvas.bounding_box()
        unscaled = self.canvas.evaluate("(canvas) => canvas.offsetWidth")
        scale = box["width"] / unscaled
        margin = 14 * scale  # MARGIN of web/lib/viewport.js
        width = min(box["width"] - 2 * margin, (box["height"] - 2 * margin) * aspect)
        height = width / aspect
        left = box["x"] + (box["width"] - width) / 2
        top = box["y"] + (box["height"] - height) / 2
        return left + width * x, top + height * y

    def drag(self, start, end, *, modifiers=(), button="left", steps: int = 6, **aspect) -> None:
        mouse = self.page.mouse
        for key in modifiers:
            self.page.keyboard.down(key)
        mouse.move(*self.at(*start, **aspect))
        mouse.down(button=button)
        mouse.move(*self.at(*end, **aspect), steps=steps)
        mouse.up(button=button)
        for key in modifiers:
            self.page.keyboard.up(key)
        self.desk.settle()

    def click(self, x: float, y: float, aspect: float = 1.0, **how) -> None:
        self.page.mouse.click(*self.at(x, y, aspect), **how)
        self.desk.settle()

    def draw(self, start, end, name: str | None = None, **how) -> None:
        """Drag a box; type its name into the field that opens."""
        self.drag(start, end, **how)
        if name is not None:
            self.page.keyboard.type(name)
            self.page.keyboard.press("Enter")
            self.desk.settle()

    def stroke(self, tool: str, places: list[tuple[float, float]]) -> None:
        """Press, move and let go with "mouse", "pen" or "finger". places: page pixels."""
        session = self.page.context.new_cdp_session(self.page)
        kinds = ["Pressed", *["Moved"] * (len(places) - 1), "Released"]
        touches = {"Pressed": "touchStart", "Moved": "touchMove", "Released": "touchEnd"}
        for kind, (x, y) in zip(kinds, [*places, places[-1]], strict=True):
            if tool == "finger":
                points = [] if kind == "Released" else [{"x": x, "y": y}]
                event = {"type": touches[kind], "touchPoints": points}
                session.send("Input.dispatchTouchEvent", event)
            else:
                event = {"type": f"mouse{kind}", "x": x, "y": y, "button": "left", "buttons": 1}
                event |= {"clickCount": 1, "pointerType": tool}
                session.send("Input.dispatchMouseEvent", event)
        session.detach()
        self.desk.settle()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.desk.settle()

    def focus(self) -> None:
        self.canvas.focus()

    def button(self, label: str):
        return self.handle.query_selector(f'button[aria-label="{label}"]')

    @property
    def status(self) -> str:
        return self.handle.query_selector('[role="status"]').inner_text()

    def phrases(self) -> list[str]:
        """As the list shows them."""
        fields = self.handle.query_selector_all(".gligen-phrase")
        return [field.input_value() for field in fields]
