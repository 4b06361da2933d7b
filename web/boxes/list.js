// The list beside the canvas: one row per entity, with all there is to it for the selected ones.

import { element, icon } from "../lib/dom.js";
import { ICONS } from "../lib/icons.js";
import { colourOf } from "../lib/palette.js";
import { Roving } from "../lib/roving.js";
import { t } from "../lib/strings.js";
import * as model from "./model.js";

/** @typedef {import("./session.js").Session} Session
 * @typedef {import("../lib/layout.js").Entity} Entity */

/** @typedef {object} State what a row shows
 * @property {Entity} entity @property {number} number @property {string} colour
 * @property {boolean} selected @property {boolean} refused
 * @property {string | null} picture URL of its reference */

/** @typedef {object} Row the parts of a row that change with its entity
 * @property {State | null} shown @property {HTMLElement[]} controls as arrow keys walk them
 * @property {HTMLElement} element @property {HTMLElement} number @property {HTMLInputElement} colour
 * @property {HTMLImageElement} picture
 * @property {HTMLInputElement} phrase @property {HTMLButtonElement} hide
 * @property {HTMLButtonElement} lock @property {HTMLElement} details
 * @property {HTMLInputElement} slider @property {HTMLInputElement} strength
 * @property {HTMLInputElement} image */

const PHRASE = 1; // among the controls of a row
const DRAGGED = "application/x-gligen-entity";

export class EntityList {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  #session;
  #roving;
  /** The row that was brought into sight last. @type {string | undefined} */
  #revealed;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.element = element("div", {
      class: "gligen-list",
      role: "list",
      "aria-label": t("boxes.list"),
      "data-capture-wheel": "true",
    });
    this.#roving = new Roving(this.element, {
      rows: () => session.layout.entities.map(({ id }) => this.#rows.get(id)?.controls ?? []),
      main: PHRASE,
      leave: () => session.stage.canvas.focus({ preventScroll: true }),
    });
  }

  /** Bring the rows in line with the layout; fields that are being typed in are left alone. */
  render() {
    const { layout, selection, refused } = this.#session;
    const there = new Set(layout.entities.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (there.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    layout.entities.forEach((entity, index) => {
      const row = this.#rows.get(entity.id) ?? this.#addRow(entity.id);
      if (this.element.children[index] !== row.element) {
        this.element.insertBefore(row.element, this.element.children[index] ?? null);
      }
      fill(row, {
        entity,
        number: index + 1,
        colour: colourOf(entity),
        selected: selection.has(entity.id),
        picture: this.#session.pictureOf(entity),
        refused: refused.has(entity.id) || model.isUnnamed(entity),
      });
    });
    const selected = layout.entities.findIndex(({ id }) => selection.has(id));
    this.#roving.refresh(selected < 0 ? undefined : selected);
    this.#reveal();
  }

  /** Bring the first selected row into sight when another is: it makes the page lay itself out. */
  #reveal() {
    const [id] = this.#session.selection;
    if (id === this.#revealed) return;
    this.#revealed = id;
    const row = id === undefined ? null : this.#rows.get(id);
    row?.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} id @returns {Row} */
  #addRow(id) {
    const session = this.#session;
    const ids = new Set([id]);
    /** @param {Partial<Entity>} change @param {string} [merge] */
    const change = (change, merge) =>
      session.store.commit(model.changeEntities(session.layout, ids, change), merge);

    const number = element("span", { class: "gligen-number", draggable: true, title: t("boxes.drag") });
    const colour = element("input", {
      type: "color",
      "aria-label": t("boxes.colour"),
      title: t("boxes.colour"),
      oninput: () => change({ colour: colour.value }, `colour ${id}`),
    });
    const picture = element("img", { class: "gligen-thumbnail", alt: "", hidden: true });
    picture.onerror = () => (picture.hidden = true);
    const phrase = element("input", {
      class: "gligen-phrase",
      placeholder: t("boxes.phrase"),
      "aria-label": t("boxes.phrase"),
      oninput: () => change({ text: phrase.value }, `text ${id}`),
    });
    /** @param {"hidden" | "locked"} field */
    const flip = (field) => () => {
      const entity = session.layout.entities.find((entity) => entity.id === id);
      session.store.commit(model.setFlag(session.layout, ids, field, !entity?.[field]));
    };
    const hide = toggle(t("boxes.hide"), flip("hidden"));
    const lock = toggle(t("boxes.lock"), flip("locked"));
    /** @param {HTMLInputElement} field */
    const setStrength = (field) => () => {
      const strength = field.valueAsNumber;
      if (Number.isFinite(strength) && strength >= 0) change({ strength }, `strength ${id}`);
    };
    const range = { min: "0", max: "1", step: "0.05", "aria-label": t("boxes.strength"), title: t("boxes.strength") };
    const slider = element("input", { type: "range", ...range });
    slider.oninput = setStrength(slider);
    const strength = element("input", { type: "number", ...range, max: null });
    strength.oninput = setStrength(strength);
    const image = element("input", {
      type: "number",
      min: "0",
      step: "1",
      placeholder: "–",
      "aria-label": t("boxes.slot"),
      title: t("boxes.slot"),
      oninput: () => {
        const slot = image.value === "" ? null : Number(image.value);
        if (slot === null || (Number.isInteger(slot) && slot >= 0)) change({ image: slot }, `image ${id}`);
      },
    });
    const actions = [
      action(ICONS.up, t("boxes.earlier"), () => session.store.commit(model.reorderEntities(session.layout, ids, -1))),
      action(ICONS.down, t("boxes.later"), () => session.store.commit(model.reorderEntities(session.layout, ids, 1))),
      action(ICONS.duplicate, t("boxes.duplicate"), () => session.duplicate()),
      action(ICONS.remove, t("boxes.remove"), () => session.store.commit(model.removeEntities(session.layout, ids))),
    ];
    const details = element("div", { class: "gligen-details" }, [
      element("label", { class: "gligen-strength" }, [t("boxes.strengthShort"), slider, strength]),
      element("label", {}, [t("boxes.slotShort"), image]),
      element("div", { class: "gligen-actions" }, actions),
    ]);
    const line = element("div", { class: "gligen-line" }, [number, colour, picture, phrase, hide, lock]);
    const row = element("div", { class: "gligen-row", role: "listitem" }, [line, details]);

    line.addEventListener("pointerdown", (event) => {
      if (event.target === hide || event.target === lock) return;
      const more = event.shiftKey || event.ctrlKey || event.metaKey;
      session.select(more ? new Set([...session.selection, id]) : ids);
    });
    row.addEventListener("focusin", () => {
      if (!session.selection.has(id)) session.select(ids);
    });
    number.addEventListener("dragstart", (event) => event.dataTransfer?.setData(DRAGGED, id));
    row.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes(DRAGGED)) event.preventDefault();
    });
    row.addEventListener("drop", (event) => {
      const moved = event.dataTransfer?.getData(DRAGGED);
      const index = session.layout.entities.findIndex((entity) => entity.id === id);
      if (!moved || index < 0) return;
      event.preventDefault();
      session.store.commit(model.placeEntity(session.layout, moved, index));
    });

    const controls = [colour, phrase, hide, lock, slider, strength, image, ...actions];
    const parts = { shown: null, controls, element: row, number, colour, picture, phrase, hide, lock, details, slider, strength, image };
    this.#rows.set(id, parts);
    return parts;
  }
}

/** Only what differs, and its place alone is not shown: most rows stay untouched while one is edited.
 * @param {Row} row @param {State} state */
function fill(row, state) {
  const { entity, number, colour, picture, selected, refused } = state;
  const { shown } = row;
  row.shown = state;
  if (shown?.number !== number) row.number.textContent = String(number);
  if (shown?.selected !== selected) {
    row.element.classList.toggle("gligen-selected", selected);
    row.details.hidden = !selected;
  }
  if (shown?.refused !== refused) row.element.classList.toggle("gligen-refused", refused);
  if (shown?.colour !== colour) row.element.style.setProperty("--gligen-colour", colour);
  if (shown?.picture !== picture) {
    row.picture.hidden = picture === null;
    if (picture) row.picture.src = picture;
  }
  if (shown?.entity === entity && shown.colour === colour) return;
  row.picture.alt = entity.image === null ? "" : t("boxes.image", { number: entity.image });
  setValue(row.colour, colour);
  setValue(row.phrase, entity.text);
  setValue(row.slider, String(entity.strength));
  setValue(row.strength, String(entity.strength));
  setValue(row.image, entity.image === null ? "" : String(entity.image));
  setSwitch(row.hide, entity.hidden ? ICONS.hide : ICONS.show, entity.hidden === true);
  setSwitch(row.lock, entity.locked ? ICONS.lock : ICONS.unlock, entity.locked === true);
}

/** @param {string} label @param {() => void} run */
function toggle(label, run) {
  return element("button", {
    type: "button",
    class: "gligen-button gligen-small",
    title: label,
    "aria-label": label,
    "aria-pressed": "false",
    onclick: run,
  });
}

/** @param {string} path @param {string} label @param {() => void} run */
function action(path, label, run) {
  const properties = { type: "button", class: "gligen-button gligen-small", title: label, "aria-label": label, onclick: run };
  return element("button", properties, [icon(path)]);
}

/** @param {HTMLButtonElement} button @param {string} path @param {boolean} on */
function setSwitch(button, path, on) {
  if (button.getAttribute("aria-pressed") === String(on) && button.firstChild) return;
  button.setAttribute("aria-pressed", String(on));
  button.replaceChildren(icon(path));
}

/** @param {HTMLInputElement} field @param {string} value */
function setValue(field, value) {
  const typing = document.activeElement === field && field.type !== "range" && field.type !== "color";
  const same = field.value === value || (field.type === "number" && field.value !== "" && Number(field.value) === Number(value));
  if (!same && !(typing && field.value.trim() === value.trim())) field.value = value;
}
