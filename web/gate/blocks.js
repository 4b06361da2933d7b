// Panel of factors, one for each part of the network, folded away until someone wants it.

import { element, icon } from "../lib/dom.js";
import { ICONS } from "../lib/icons.js";
import { t } from "../lib/strings.js";
import { isPlace } from "./gate_json.js";
import { HIGHEST, setFactor } from "./model.js";
import { SECTIONS } from "./presets.js";

/** @typedef {import("./session.js").Session} Session */

/** @typedef {object} Row
 * @property {HTMLElement} element @property {HTMLInputElement} slider
 * @property {HTMLInputElement} number */

let lists = 0; // <datalist> needs an id of its own in the page

export class BlockRows {
  #session;
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** Factors that they show. @type {Readonly<Record<string, number>> | null} */
  #shown = null;
  #list = element("div", { class: "gligen-blocks" });
  #summary = element("span", { class: "gligen-blocks-summary" });

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.element = element("details", { class: "gligen-fold" }, [
      element("summary", {}, [t("gate.blocks"), this.#summary]),
      this.#list,
      this.#makeEntry(),
    ]);
  }

  render() {
    const { blocks } = this.#session.gate;
    if (blocks === this.#shown) return;
    this.#shown = blocks;
    const places = [...SECTIONS, ...Object.keys(blocks).filter((place) => !SECTIONS.includes(place)).sort(inOrder)];
    for (const [place, row] of this.#rows) {
      if (places.includes(place)) continue;
      row.element.remove();
      this.#rows.delete(place);
    }
    places.forEach((place, index) => {
      const row = this.#rows.get(place) ?? this.#addRow(place);
      if (this.#list.children[index] !== row.element) {
        this.#list.insertBefore(row.element, this.#list.children[index] ?? null);
      }
      const factor = String(blocks[place] ?? 1);
      row.slider.value = factor;
      if (document.activeElement !== row.number || row.number.valueAsNumber !== Number(factor)) row.number.value = factor;
      row.element.classList.toggle("gligen-set", Object.hasOwn(blocks, place));
    });
    const own = Object.entries(blocks).map(([place, factor]) => `${place} × ${factor}`);
    this.#summary.textContent = own.length ? own.join(", ") : t("gate.blocksAlike");
  }

  /** @param {string} place @returns {Row} */
  #addRow(place) {
    const session = this.#session;
    /** @param {number | null} factor */
    const set = (factor) => session.store.commit(setFactor(session.gate, place, factor), `block ${place}`);
    const label = t("gate.factor", { place });
    const range = { min: "0", max: String(HIGHEST), step: "0.05", "aria-label": label, title: label };
    const slider = element("input", { type: "range", ...range, oninput: () => set(slider.valueAsNumber) });
    const number = element("input", {
      type: "number",
      ...range,
      max: null,
      oninput: () => {
        if (number.value !== "" && number.valueAsNumber >= 0) set(number.valueAsNumber);
      },
    });
    const forget = element(
      "button",
      {
        type: "button",
        class: "gligen-button gligen-small",
        title: t("gate.forget", { place }),
        "aria-label": t("gate.forget", { place }),
        onclick: () => set(null),
      },
      [icon(ICONS.remove)],
    );
    const row = element("div", { class: "gligen-block" }, [element("span", {}, [place]), slider, number, forget]);
    const parts = { element: row, slider, number };
    this.#rows.set(place, parts);
    return parts;
  }

  /** A field to name one more block in: the schema's are offered, others can be typed. */
  #makeEntry() {
    const id = `gligen-blocks-${++lists}`;
    const field = element("input", {
      placeholder: t("gate.addBlock"),
      "aria-label": t("gate.addBlockLong"),
      title: t("gate.addBlockLong"),
      list: id,
      onchange: () => {
        const place = field.value.trim();
        field.setCustomValidity(isPlace(place) || !place ? "" : t("gate.noBlock"));
        if (!field.reportValidity() || !place) return;
        field.value = "";
        this.#session.store.commit(setFactor(this.#session.gate, place, 1));
      },
    });
    const offered = element("datalist", { id }, this.#session.offers.blocks.map((value) => element("option", { value })));
    return element("div", { class: "gligen-block-entry" }, [field, offered]);
  }
}

/** Order in which the network runs blocks. @param {string} a @param {string} b */
function inOrder(a, b) {
  const [first, second] = [a, b].map((place) => place.split("."));
  const section = SECTIONS.indexOf(first?.[0] ?? "") - SECTIONS.indexOf(second?.[0] ?? "");
  return section || Number(first?.[1] ?? 0) - Number(second?.[1] ?? 0) || Number(first?.[2] ?? 0) - Number(second?.[2] ?? 0);
}
