// Session of a layout canvas, beside the layout itself: selection, ghosts, what is shown while dragging.

import { boundsOf, contains } from "../lib/geometry.js";
import { colourOfId } from "../lib/palette.js";
import { t } from "../lib/strings.js";
import * as model from "./model.js";
import { snapLines } from "./snapping.js";

/** @typedef {import("../lib/layout.js").Layout} Layout @typedef {import("../lib/layout.js").Entity} Entity
 * @typedef {import("../lib/types.js").Point} Point @typedef {import("../lib/types.js").Box} Box
 * @typedef {import("./model.js").Ids} Ids */

/** Seen only while a drag goes on.
 * @typedef {object} Shown
 * @property {Box | null} [drawing] a box that is being drawn @property {Box | null} [marquee]
 * @property {import("./snapping.js").Lines | null} [guides] */

/** @typedef {import("../lib/layout.js").Surroundings & {
 *   options: () => {snap: boolean, grid: number, palette: readonly string[] | null},
 *   rename: (id: string) => void,
 * }} Surroundings palette: the person's own colours of new boxes; rename: let the person name this
 * box in place */

const REACH_PX = 7; // of a handle, and of a line to snap to, in CSS pixels of the stage
const FINGER_REACH_PX = 18;

export class Session {
  /** @type {Ids} */
  selection = new Set();
  /** Detections that can be adopted. @type {readonly Entity[]} */
  ghosts = [];
  /** Entities that the server found something wrong with. @type {Ids} */
  refused = new Set();
  /** URLs of the reference pictures, by number. @type {readonly string[]} */
  references = [];
  /** @type {Shown} */
  shown = {};

  #around;

  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.#around = surroundings;
    this.store = surroundings.store;
    this.stage = surroundings.stage;
  }

  get layout() {
    return this.store.value;
  }

  /** @param {Ids} ids */
  select(ids) {
    const there = new Set(model.chosen(this.layout, ids).map(({ id }) => id));
    if (there.size === this.selection.size && [...there].every((id) => this.selection.has(id))) return;
    this.selection = there;
    this.#around.changed();
    this.#around.say(this.description());
  }

  /** After an undo, or a value from outside, some may be gone. */
  forgetTheGone() {
    this.selection = new Set(model.chosen(this.layout, this.selection).map(({ id }) => id));
  }

  /** @param {Shown} shown */
  show(shown) {
    this.shown = shown;
    this.#around.changed();
  }

  /** One new box, selected. @param {Partial<Entity> & {box: Box}} fields
   * @param {{name?: boolean}} [then] name: begin to name it in place */
  add(fields, { name = false } = {}) {
    const added = this.#painted(model.addEntity(this.layout, fields));
    this.#keep(added);
    const [id] = added.ids;
    if (name && id) this.#around.rename(id);
  }

  /** Make ghosts real boxes. @param {readonly Entity[]} ghosts */
  adopt(ghosts) {
    if (!ghosts.length) return;
    this.ghosts = this.ghosts.filter((ghost) => !ghosts.includes(ghost));
    this.#keep(this.#painted(model.addEntities(this.layout, ghosts.map((ghost) => ({ ...ghost, id: "" })))));
  }

  duplicate() {
    if (this.selection.size) this.#keep(model.duplicateEntities(this.layout, this.selection));
  }

  /** @param {string | null} text of a run that looked for boxes; null: none did */
  find(text) {
    this.ghosts = (text && model.entitiesOf(text)) || [];
    this.#around.changed();
  }

  /** @param {readonly string[]} messages of the server; the first box that they name is selected */
  refuse(messages) {
    const named = messages.map((message) => model.entityNamedIn(this.layout, message));
    const ids = named.flatMap((entity) => (entity ? [entity.id] : []));
    if (!ids.length && !this.refused.size) return;
    this.refused = new Set(ids);
    if (ids.length) this.select(new Set(ids.slice(0, 1)));
    this.#around.changed();
  }

  copy() {
    if (!this.selection.size) return null;
    this.#around.say(t("boxes.copied", { count: this.selection.size }));
    return model.copyText(this.layout, this.selection);
  }

  cut() {
    const text = this.copy();
    this.remove();
    return text;
  }

  /** @param {string} text from the clipboard @returns {boolean} whether there were boxes in it */
  paste(text) {
    const entities = model.entitiesOf(text);
    if (!entities) {
      this.#around.say(t("boxes.notPasted"));
      return false;
    }
    const there = new Set(this.layout.entities.map(({ box }) => box.join()));
    const by = entities.some(({ box }) => there.has(box.join())) ? 0.03 : 0;
    const added = model.addEntities(this.layout, entities);
    const layout = model.moveEntities(added.layout, added.ids, { x: by, y: by });
    this.#keep({ layout, ids: added.ids });
    return true;
  }

  remove() {
    this.store.commit(model.removeEntities(this.layout, model.movable(this.layout, this.selection)));
    this.#around.say(t("boxes.count", { count: this.layout.entities.length }));
  }

  /** @param {1 | -1} step towards the top, or the bottom */
  reorder(step) {
    this.store.commit(model.reorderEntities(this.layout, this.selection, step));
  }

  /** @param {Point} by fractions @param {"move" | "resize"} what */
  nudge(by, what) {
    const ids = model.movable(this.layout, this.selection);
    const from = boundsOf(model.chosen(this.layout, ids).map(({ box }) => box));
    if (!from) return;
    if (what === "move") {
      this.store.commit(model.moveEntities(this.layout, ids, by), "nudge");
    } else {
      /** @type {Box} */
      const to = [from[0], from[1], Math.min(from[2] + by.x, 1), Math.min(from[3] + by.y, 1)];
      if (to[2] - to[0] < 0.01 || to[3] - to[1] < 0.01) return;
      this.store.commit(model.reshapeEntities(this.layout, ids, from, to), "nudge");
    }
    this.#around.say(this.description());
  }

  /** The next or previous box, by keyboard. @param {1 | -1} step */
  selectNext(step) {
    const ids = this.layout.entities.map(({ id }) => id);
    const at = ids.findIndex((id) => this.selection.has(id));
    const next = ids[at < 0 ? (step > 0 ? 0 : ids.length - 1) : (at + step + ids.length) % ids.length];
    if (next !== undefined) this.select(new Set([next]));
  }

  /** Around what is selected and may be moved. @returns {Box | null} */
  selectionBounds() {
    const ids = model.movable(this.layout, this.selection);
    return boundsOf(model.chosen(this.layout, ids).map(({ box }) => box));
  }

  /** @param {Point} point @returns {Entity | null} */
  ghostAt(point) {
    return this.ghosts.find(({ box }) => contains(box, point)) ?? null;
  }

  /** Edges to snap to while those move. @param {Ids} ids */
  linesWithout(ids) {
    const others = this.layout.entities.filter(({ id, hidden }) => !hidden && !ids.has(id));
    return snapLines(others.map(({ box }) => box), this.#around.options().grid);
  }

  /** @template T @param {boolean} inverted Ctrl is held: as if the setting were the other way round
   * @param {() => T} snapped @returns {T | null} null: not wanted now */
  snap(inverted, snapped) {
    return this.#around.options().snap !== inverted ? snapped() : null;
  }

  /** @param {boolean} coarse @returns {Point} fractions */
  reach(coarse) {
    return this.stage.spanOf(coarse ? FINGER_REACH_PX : REACH_PX);
  }

  /** The selection in words, for the status line and screen readers. */
  description() {
    const [entity, ...more] = model.chosen(this.layout, this.selection);
    if (!entity) return t("boxes.count", { count: this.layout.entities.length });
    if (more.length) return t("boxes.selected", { count: more.length + 1 });
    const [x0, y0, x1, y1] = entity.box;
    const percent = (/** @type {number} */ share) => Number((share * 100).toFixed(1));
    return t(entity.locked ? "boxes.oneLocked" : "boxes.one", {
      name: entity.text || t("boxes.unnamed"),
      left: percent(x0),
      top: percent(y0),
      width: percent(x1 - x0),
      height: percent(y1 - y0),
    });
  }

  /** Text on what is in doubt: more boxes than a GLIGEN takes, the one that is being drawn among them, and two
   * at one place. "" for nothing. */
  doubts() {
    const count = this.layout.entities.length + (this.shown.drawing ? 1 : 0);
    const twins = model.twoAtOnePlace(this.layout);
    const numbers = twins?.map((entity) => this.layout.entities.indexOf(entity) + 1);
    return [
      count > model.MAX_BOXES && t("boxes.tooMany", { count, most: model.MAX_BOXES }),
      twins && t("boxes.samePlace", { one: nameOf(twins[0], numbers?.[0]), other: nameOf(twins[1], numbers?.[1]) }),
    ]
      .filter(Boolean)
      .join(" ");
  }

  /** @param {Entity} entity @returns {string | null} URL of its reference picture */
  pictureOf({ image }) {
    return image === null ? null : (this.references[image] ?? null);
  }

  /** New boxes in the person's own colours, if there are any: a colour that is kept with the box.
   * @param {import("./model.js").Added} added @returns {import("./model.js").Added} */
  #painted({ layout, ids }) {
    const { palette } = this.#around.options();
    const paint = (/** @type {Entity} */ { id, colour }) => ({ colour: colour ?? colourOfId(id, palette ?? []) });
    return { layout: palette ? model.changeEntities(layout, ids, paint) : layout, ids };
  }

  /** @param {import("./model.js").Added} added */
  #keep({ layout, ids }) {
    this.store.commit(layout);
    this.select(ids);
  }
}

/** @param {Entity} entity @param {number} [number] in the list */
function nameOf({ text }, number = 0) {
  return `${number} (${text.trim() || t("boxes.unnamed")})`;
}
