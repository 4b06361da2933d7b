// Session of a gate editor: which point is selected, which step is looked at.

import { t } from "../lib/strings.js";
import * as model from "./model.js";
import { plotOn, stepAt, toKnot } from "./plot.js";
import { gatesOfSteps } from "./schedule.js";

/** @typedef {import("./schedule.js").Gate} Gate @typedef {import("./schedule.js").Knot} Knot */

/** @typedef {object} Surroundings
 * @property {import("../lib/stage.js").Stage} stage
 * @property {import("../lib/store.js").Store<Gate>} store
 * @property {import("./presets.js").Offers} offers
 * @property {() => void} changed redraw @property {(text: string) => void} say */

const REACH_PX = 10; // of a point
const FINGER_REACH_PX = 22;

export class Session {
  /** Index of the selected handle. @type {number | null} */
  selected = null;
  /** Step of a run, from 0. @type {number | null} */
  hoveredStep = null;
  /** Number of steps that the readout is for. */
  steps = 20;
  /** A curve that is wired in and takes the place of the drawn one. @type {readonly Knot[]} */
  wired = [];
  /** The plot's scale while a point is dragged: it must not slip away under the hand.
   * @type {number | null} */
  heldTop = null;

  #around;

  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.#around = surroundings;
    this.store = surroundings.store;
    this.offers = surroundings.offers;
  }

  get gate() {
    return this.store.value;
  }

  get plot() {
    return plotOn(this.#around.stage.size, this.heldTop ?? model.topOf(this.gate));
  }

  /** @returns {Knot | null} */
  get selectedKnot() {
    return this.selected === null ? null : (model.handlesOf(this.gate)[this.selected] ?? null);
  }

  /** @param {number | null} index */
  select(index) {
    const there = index !== null && index < model.handlesOf(this.gate).length;
    this.selected = there ? index : null;
    this.#around.changed();
    this.#around.say(this.description());
  }

  /** @param {1 | -1} step */
  selectNext(step) {
    const count = model.handlesOf(this.gate).length;
    const from = this.selected ?? (step > 0 ? -1 : count);
    this.select((from + step + count) % count);
  }

  /** @param {Knot} at */
  add(at) {
    const { gate, index } = model.addPoint(this.gate, at);
    this.store.commit(gate);
    this.select(index);
  }

  /** Adds a point in the middle of the widest gap. */
  addSomewhere() {
    const places = model.outlineOf(this.gate).map(([progress]) => progress);
    const gaps = places.slice(1).map((end, index) => ({ start: places[index] ?? 0, end }));
    const [widest] = gaps.sort((a, b) => b.end - b.start - (a.end - a.start));
    if (widest) this.add(model.pointOnLine(this.gate, (widest.start + widest.end) / 2));
  }

  remove() {
    if (this.selected === null) return;
    const gate = model.removePoint(this.gate, this.selected);
    if (gate === this.gate) return this.#around.say(t("gate.notRemoved"));
    this.store.commit(gate);
    this.select(Math.min(this.selected, gate.points.length - 1));
  }

  /** @param {number} progress @param {number} gate by how much */
  nudge(progress, gate) {
    const knot = this.selectedKnot;
    if (!knot || this.selected === null) return false;
    const to = /** @type {const} */ ([knot[0] + progress, knot[1] + gate]);
    this.store.commit(model.moveHandle(this.gate, this.selected, to), `nudge ${this.selected}`);
    this.#around.say(this.description());
    return true;
  }

  /** @param {number | null} step */
  hover(step) {
    if (this.hoveredStep === step) return;
    this.hoveredStep = step;
    this.#around.changed();
    this.#around.say(this.description());
  }

  /** @param {PointerEvent | MouseEvent} event @returns {Knot} */
  knotOf(event) {
    return toKnot(this.plot, this.#around.stage.pointOf(event));
  }

  /** @param {PointerEvent} event @returns {number | null} */
  stepOf(event) {
    return stepAt(this.plot, this.#around.stage.pointOf(event), this.steps);
  }

  /** @param {PointerEvent | MouseEvent} event @returns {number | null} */
  handleOf(event) {
    const finger = "pointerType" in event && event.pointerType === "touch";
    const reach = finger ? FINGER_REACH_PX : REACH_PX;
    const { width, height, top } = this.plot;
    return model.handleAt(this.gate, this.knotOf(event), { x: reach / width, y: (reach / height) * top });
  }

  /** The step under the pointer, else the selected point, else the whole, in words. */
  description() {
    if (this.hoveredStep !== null) {
      const gate = gatesOfSteps(this.gate, this.steps)[this.hoveredStep] ?? 0;
      const values = { step: this.hoveredStep + 1, steps: this.steps, gate: gate.toFixed(3) };
      return t(this.gate.counts === "steps" ? "gate.step" : "gate.stepAbout", values);
    }
    const knot = this.selectedKnot;
    if (!knot || this.selected === null) return t("gate.count", { count: model.handlesOf(this.gate).length });
    const values = { number: this.selected + 1, progress: percent(knot[0]), gate: knot[1] };
    if (!this.gate.phases) return t("gate.point", values);
    return t(this.selected === 0 ? "gate.phaseOn" : "gate.phaseOff", values);
  }
}

/** @param {number} share */
export function percent(share) {
  return Number((share * 100).toFixed(2));
}
