// The gate canvas: model, view and panel put together in the host's node.

import { CanvasEditor, onEditor } from "../editor.js";
import { ICONS } from "../lib/icons.js";
import { t } from "../lib/strings.js";
import { dumpGate, parseGate } from "./gate_json.js";
import { beginDrag } from "./interactions.js";
import { EMPTY_GATE } from "./model.js";
import { GatePanel, MOST_STEPS } from "./panel.js";
import { offersOf } from "./presets.js";
import { Session } from "./session.js";
import { drawSession } from "./view.js";

/** @typedef {import("./schedule.js").Gate} Gate @typedef {import("./schedule.js").Knot} Knot */

const COARSE = 0.01; // of the run, and of the gate: an arrow key
const FINE = 0.001; // with Shift

/** @extends {CanvasEditor<Gate>} */
export class GateEditor extends CanvasEditor {
  #panel;
  #remove;

  /** @param {import("../host.js").NodeHost} host @param {string} initial text of a new node
   * @param {import("./presets.js").Offers} offers */
  constructor(host, initial, offers) {
    super(host, {
      name: "gate",
      format: { parse: parseGate, dump: dumpGate, empty: EMPTY_GATE },
      draw: (context) => drawSession(context, this.session, this.stage),
      zooms: false,
    });
    this.session = new Session({
      stage: this.stage,
      store: this.store,
      offers,
      changed: () => this.#redraw(),
      say: (text) => this.frame.say(text),
    });
    this.#panel = new GatePanel(this.session, (steps) => {
      this.session.steps = steps;
      host.setProperty("steps", steps);
      this.#redraw();
    });
    this.frame.side.append(this.#panel.element);
    this.addHistoryButtons();
    const { session, frame } = this;
    frame.addButton({ icon: ICONS.add, label: t("gate.add"), shortcut: "N", run: () => session.addSomewhere() });
    this.#remove = frame.addButton({ icon: ICONS.remove, label: t("gate.remove"), shortcut: "Del", run: () => session.remove() });
    this.addPageButtons(t("gate.panel"));
    host.onWires(() => this.#showWired());
    host.onExecuted((output) => this.#executed(output));
    this.start(initial, this.#keyTable());
  }

  /** @override @param {string} text */
  load(text) {
    const steps = Number(this.host.property("steps")); // the host restores these before the text
    if (Number.isInteger(steps) && steps >= 1 && steps <= MOST_STEPS) this.session.steps = steps;
    super.load(text);
    this.#redraw();
  }

  /** @override @param {PointerEvent} event */
  press(event) {
    this.session.hover(null);
    return beginDrag(this.session, event);
  }

  /** @override @param {PointerEvent} event */
  hover(event) {
    this.stage.canvas.style.cursor = this.session.handleOf(event) === null ? "crosshair" : "move";
    this.session.hover(this.session.stepOf(event));
  }

  /** @override */
  leave() {
    this.session.hover(null);
  }

  /** @override @param {PointerEvent | null} event */
  menuItems(event) {
    const { session } = this;
    if (event) session.select(session.handleOf(event));
    const enabled = session.selected !== null && session.gate.phases === null;
    return [
      { label: t("gate.add"), shortcut: "N", run: () => session.addSomewhere() },
      { label: t("gate.remove"), shortcut: "Del", enabled, run: () => session.remove() },
      null,
      { label: t("menu.copy"), run: () => this.copyText() },
      { label: t("menu.paste"), run: () => this.pasteText() },
    ];
  }

  /** A double press removes a point: the first of the two has selected it. @override */
  doublePress() {
    this.session.remove();
  }

  /** @override */
  render() {
    if (this.session.selected !== null && !this.session.selectedKnot) this.session.selected = null;
    this.#panel.render();
    this.#remove.disabled = this.session.selected === null || this.session.gate.phases !== null;
  }

  /** @override */
  description() {
    return this.session.description();
  }

  #redraw() {
    this.stage.invalidate();
    this.render();
  }

  #showWired() {
    if (this.host.isWired("curve")) return this.frame.say(t("gate.wired"));
    this.session.wired = [];
    this.stage.invalidate();
  }

  /** @param {Record<string, unknown>} output what nodes/gate.py sends as `ui` */
  #executed(output) {
    this.session.wired = /** @type {Knot[]} */ (output["gligen_curve"] ?? []);
    this.stage.invalidate();
  }

  /** @returns {import("../lib/keys.js").KeyTable} */
  #keyTable() {
    const { session } = this;
    /** @type {import("../lib/keys.js").KeyTable} */
    const table = {
      n: () => session.addSomewhere(),
      delete: () => session.remove(),
      backspace: () => session.remove(),
      ".": () => session.selectNext(1),
      ",": () => session.selectNext(-1),
      enter: () => this.#panel.focus(),
      escape: () => (session.selected === null ? false : session.select(null)),
    };
    for (const [prefix, step] of /** @type {const} */ ([["", COARSE], ["shift+", FINE]])) {
      table[`${prefix}arrowleft`] = () => session.nudge(-step, 0);
      table[`${prefix}arrowright`] = () => session.nudge(step, 0);
      table[`${prefix}arrowup`] = () => session.nudge(0, step);
      table[`${prefix}arrowdown`] = () => session.nudge(0, -step);
    }
    return table;
  }
}

/** @type {import("../host.js").EditorKind} */
export const gate = {
  widgetType: "GLIGEN_GATE_CANVAS",
  minSize: { width: 540, height: 340 },
  stylesheet: new URL("./gate.css", import.meta.url).href,
  create: (host, initial, options) => new GateEditor(host, initial, offersOf(options)),
  commands: [
    {
      id: "GLIGEN.Gate.FullScreen",
      label: "Gate canvas in full screen",
      run: onEditor(GateEditor, (editor) => editor.frame.toggleFullScreen(), "gate.noNode"),
      keys: { key: "c", alt: true, shift: true },
    },
    {
      id: "GLIGEN.Gate.Copy",
      label: "Copy the gate as JSON",
      run: onEditor(GateEditor, (editor) => editor.copyText(), "gate.noNode"),
    },
  ],
};
