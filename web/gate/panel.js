// Panel beside the gate's canvas: presets, exact numbers, and what each step gets.

import { element, keepCount, setText } from "../lib/dom.js";
import { t } from "../lib/strings.js";
import { BlockRows } from "./blocks.js";
import * as model from "./model.js";
import { CURVES } from "./presets.js";
import { gatesOfSteps } from "./schedule.js";
import { percent } from "./session.js";

/** @typedef {import("./session.js").Session} Session @typedef {import("./schedule.js").Gate} Gate */

export const MOST_STEPS = 200;

export class GatePanel {
  #session;
  #parts;
  #phaseFields;
  #pointFields;
  #blocks;

  /** @param {Session} session @param {(steps: number) => void} setSteps */
  constructor(session, setSteps) {
    this.#session = session;
    this.#blocks = new BlockRows(session);
    this.#parts = this.#makeParts(setSteps);
    const { preset, phases, curve, on, decay, off, progress, gate, counts, steps, readout } = this.#parts;
    this.#phaseFields = fields([[t("gate.on"), on], [t("gate.decay"), decay], [t("gate.off"), off]]);
    this.#pointFields = fields([[t("gate.progress"), progress], [t("gate.gate"), gate]]);
    const shape = element("div", { class: "gligen-segments", role: "radiogroup", "aria-label": t("gate.shape") }, [
      phases,
      curve,
    ]);
    this.element = element("div", { class: "gligen-gate-panel", "data-capture-wheel": "true" }, [
      fields([[t("gate.preset"), preset]]),
      shape,
      this.#phaseFields,
      this.#pointFields,
      fields([[t("gate.counts"), counts], [t("gate.steps"), steps]]),
      readout,
      this.#blocks.element,
    ]);
  }

  /** Fields that are being typed in are left alone. */
  render() {
    const { gate, selectedKnot, steps } = this.#session;
    const parts = this.#parts;
    parts.preset.value = model.presetOf(gate, this.#session.offers.phases) ?? "";
    parts.phases.setAttribute("aria-checked", String(gate.phases !== null));
    parts.curve.setAttribute("aria-checked", String(gate.phases === null));
    this.#phaseFields.hidden = !gate.phases;
    this.#pointFields.hidden = gate.phases !== null;
    const [on, decay, off] = gate.phases ?? [0, 0, 0];
    show(parts.on, percent(on));
    show(parts.decay, percent(decay));
    show(parts.off, percent(off));
    for (const field of [parts.progress, parts.gate]) field.disabled = !selectedKnot;
    show(parts.progress, selectedKnot ? percent(selectedKnot[0]) : "");
    show(parts.gate, selectedKnot ? selectedKnot[1] : "");
    parts.counts.value = gate.counts;
    show(parts.steps, steps);
    this.#renderReadout(gate, steps);
    this.#blocks.render();
  }

  /** The first number to type. */
  focus() {
    const field = this.#session.gate.phases ? this.#parts.on : this.#parts.progress;
    field.focus();
    field.select();
  }

  /** @param {Gate} gate @param {number} steps */
  #renderReadout(gate, steps) {
    const runs = model.runsOf(gatesOfSteps(gate, steps));
    const rows = keepCount(this.#parts.rows, runs.length, () =>
      element("tr", {}, [element("th", { scope: "row" }), element("td")]),
    );
    runs.forEach(({ first, last, gate: value }, index) => {
      const [name, cell] = rows[index]?.children ?? [];
      if (name) setText(name, first === last ? String(first) : `${first}–${last}`);
      if (cell) setText(cell, String(Number(value.toFixed(3))));
    });
  }

  /** @param {(steps: number) => void} setSteps */
  #makeParts(setSteps) {
    const session = this.#session;
    /** @param {Gate} gate */
    const commit = (gate) => session.store.commit(gate);
    const preset = element(
      "select",
      { "aria-label": t("gate.preset"), onchange: () => commit(model.applyPreset(session.gate, preset.value, session.offers.phases)) },
      [
        element("option", { value: "", disabled: true }, [t("gate.own")]),
        options(t("gate.official"), Object.keys(session.offers.phases)),
        options(t("gate.curves"), Object.keys(CURVES)),
      ],
    );
    const phases = segment(t("gate.phases"), () => commit(model.asPhases(session.gate)));
    const curve = segment(t("gate.curve"), () => commit(model.asCurve(session.gate)));

    const share = (/** @type {string} */ name) => numberField(t(name), { max: "100", step: "5" });
    const [on, decay, off] = [share("gate.onLong"), share("gate.decayLong"), share("gate.offLong")];
    off.readOnly = true;
    off.tabIndex = -1;
    for (const field of [on, decay]) {
      field.oninput = () => {
        if (field.value === "") return;
        commit(model.setPhases(session.gate, on.valueAsNumber / 100, decay.valueAsNumber / 100));
      };
    }
    const progress = numberField(t("gate.progressLong"), { max: "100", step: "1" });
    const gate = numberField(t("gate.gateLong"), { max: String(model.HIGHEST), step: "0.05" });
    for (const field of [progress, gate]) {
      field.oninput = () => {
        if (session.selected === null || field.value === "") return;
        const to = /** @type {const} */ ([progress.valueAsNumber / 100, gate.valueAsNumber]);
        session.store.commit(model.moveHandle(session.gate, session.selected, to), `number ${session.selected}`);
      };
    }
    const counts = element(
      "select",
      {
        "aria-label": t("gate.countsLong"),
        title: t("gate.countsLong"),
        onchange: () => commit(model.setCounts(session.gate, counts.value === "steps" ? "steps" : "timestep")),
      },
      [element("option", { value: "steps" }, [t("gate.ofSteps")]), element("option", { value: "timestep" }, [t("gate.ofTime")])],
    );
    const steps = numberField(t("gate.stepsLong"), { min: "1", max: String(MOST_STEPS), step: "1" });
    steps.oninput = () => {
      const count = steps.valueAsNumber;
      if (Number.isInteger(count) && count >= 1 && count <= MOST_STEPS) setSteps(count);
    };
    const rows = element("tbody");
    const readout = element("div", { class: "gligen-readout", tabIndex: 0, "aria-label": t("gate.readout") }, [
      element("table", {}, [rows]),
    ]);
    return { preset, phases, curve, on, decay, off, progress, gate, counts, steps, readout, rows };
  }
}

/** @param {string} label @param {string[]} names @returns {HTMLElement} */
function options(label, names) {
  const list = names.map((name) => element("option", { value: name }, [t(`gate.presets.${name}`)]));
  return element("optgroup", { label }, list);
}

/** @param {string} text @param {() => void} run */
function segment(text, run) {
  return element("button", { type: "button", role: "radio", class: "gligen-segment", onclick: run }, [text]);
}

/** @param {string} label @param {Record<string, string>} range @returns {HTMLInputElement} */
export function numberField(label, range) {
  return element("input", { type: "number", min: "0", "aria-label": label, title: label, ...range });
}

/** @param {[string, HTMLElement][]} rows */
function fields(rows) {
  const labels = rows.map(([text, field]) => element("label", {}, [element("span", {}, [text]), field]));
  return element("div", { class: "gligen-fields" }, labels);
}

/** @param {HTMLInputElement} field @param {number | string} value */
export function show(field, value) {
  const typed = document.activeElement === field && field.value !== "" && field.valueAsNumber === value;
  if (!typed && field.value !== String(value)) field.value = String(value);
}
