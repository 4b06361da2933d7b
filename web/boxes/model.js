// Edits of a layout's boxes: layout in, new layout out.

import { boundsOf, carryBox, contains, moveBox, overlaps, roundBox } from "../lib/geometry.js";
import { claimId, reordered } from "../lib/layout.js";
import { dumpLayout, parseLayout, readLayout } from "../lib/layout_json.js";

/** @typedef {import("../lib/layout.js").Layout} Layout
 * @typedef {import("../lib/layout.js").Entity} Entity
 * @typedef {import("../lib/types.js").Box} Box @typedef {import("../lib/types.js").Point} Point
 * @typedef {ReadonlySet<string>} Ids ids of entities */

export const MAX_BOXES = 30; // of GLIGEN's box models (gligen_core/modalities/slots.py, MAX_OBJECTS)
const SAME_PLACE = 0.01; // of the canvas, for each edge

/** A layout and the ids of what is new in it. @typedef {{layout: Layout, ids: Ids}} Added */

/** @param {Layout} layout @param {Partial<Entity> & {box: Box}} fields @returns {Added} */
export function addEntity(layout, fields) {
  const { id = "", text = "", box, strength = 1, image = null, extra = {}, ...own } = fields;
  return addEntities(layout, [{ id, text, box, strength, image, ...own, extra }]);
}

/** Adds entities at the end, which is on top; where an id is taken, the newcomer gets a free one.
 * @param {Layout} layout @param {readonly Entity[]} entities @returns {Added} */
export function addEntities(layout, entities) {
  const taken = new Set(layout.entities.map(({ id }) => id));
  const added = entities.map((entity) => ({
    ...entity,
    id: claimId(entity.id, "e", taken),
    box: roundBox(entity.box),
  }));
  return {
    layout: { ...layout, entities: [...layout.entities, ...added] },
    ids: new Set(added.map(({ id }) => id)),
  };
}

/** @param {Layout} layout @param {Ids} ids
 * @param {Partial<Entity> | ((entity: Entity) => Partial<Entity>)} change @returns {Layout} */
export function changeEntities(layout, ids, change) {
  if (!layout.entities.some(({ id }) => ids.has(id))) return layout;
  const entities = layout.entities.map((entity) => {
    if (!ids.has(entity.id)) return entity;
    return { ...entity, ...(typeof change === "function" ? change(entity) : change) };
  });
  return { ...layout, entities };
}

/** Set or take away a mark. @param {Layout} layout @param {Ids} ids
 * @param {"locked" | "hidden"} field @param {boolean} on @returns {Layout} */
export function setFlag(layout, ids, field, on) {
  const entities = layout.entities.map((entity) => {
    if (!ids.has(entity.id)) return entity;
    const { [field]: _, ...rest } = entity;
    return on ? { ...rest, [field]: true } : rest;
  });
  return { ...layout, entities };
}

/** @param {Layout} layout @param {Ids} ids @returns {Layout} */
export function removeEntities(layout, ids) {
  const entities = layout.entities.filter(({ id }) => !ids.has(id));
  return entities.length === layout.entities.length ? layout : { ...layout, entities };
}

/** Copies on top, a little to the lower right where there is room.
 * @param {Layout} layout @param {Ids} ids @param {Point} [by] @returns {Added} */
export function duplicateEntities(layout, ids, by = { x: 0.03, y: 0.03 }) {
  const copies = chosen(layout, ids).map((entity) => ({ ...entity, box: moveBox(entity.box, by) }));
  return addEntities(layout, copies);
}

/** Together, as far as the canvas lets all of them. @param {Layout} layout @param {Ids} ids
 * @param {Point} by @returns {Layout} */
export function moveEntities(layout, ids, by) {
  const from = boundsOf(chosen(layout, ids).map(({ box }) => box));
  return from ? reshapeEntities(layout, ids, from, moveBox(from, by)) : layout;
}

/** Carry the boxes along when the bounds around them change. @param {Layout} layout @param {Ids} ids
 * @param {Box} from @param {Box} to @returns {Layout} */
export function reshapeEntities(layout, ids, from, to) {
  if (from.every((edge, index) => edge === to[index])) return layout;
  return changeEntities(layout, ids, ({ box }) => ({ box: roundBox(carryBox(box, from, to)) }));
}

/** One place towards the top (1) or the bottom (-1) of the pile, kept in their order.
 * @param {Layout} layout @param {Ids} ids @param {1 | -1} step @returns {Layout} */
export function reorderEntities(layout, ids, step) {
  const entities = reordered(layout.entities, ids, step);
  return entities === layout.entities ? layout : { ...layout, entities };
}

/** Put one entity at a place in the list. @param {Layout} layout @param {string} id
 * @param {number} index @returns {Layout} */
export function placeEntity(layout, id, index) {
  const moved = layout.entities.find((entity) => entity.id === id);
  if (!moved || layout.entities.indexOf(moved) === index) return layout;
  const others = layout.entities.filter((entity) => entity !== moved);
  return { ...layout, entities: [...others.slice(0, index), moved, ...others.slice(index)] };
}

/** Entities by id, in the layout's order. @param {Layout} layout @param {Ids} ids @returns {Entity[]} */
export function chosen(layout, ids) {
  return layout.entities.filter(({ id }) => ids.has(id));
}

/** Those that a hand may move: not locked, not hidden. @param {Layout} layout @param {Ids} ids
 * @returns {Ids} */
export function movable(layout, ids) {
  return new Set(chosen(layout, ids).filter(isFree).map(({ id }) => id));
}

/** @param {Entity} entity */
function isFree({ locked, hidden }) {
  return !locked && !hidden;
}

/** Entities under a point, topmost first; hidden ones don't count.
 * @param {Layout} layout @param {Point} point @returns {Entity[]} */
export function entitiesAt(layout, point) {
  return layout.entities.filter(({ box, hidden }) => !hidden && contains(box, point)).reverse();
}

/** Entities that a marquee touches. @param {Layout} layout @param {Box} marquee @returns {Ids} */
export function entitiesIn(layout, marquee) {
  const met = layout.entities.filter((entity) => isFree(entity) && overlaps(entity.box, marquee));
  return new Set(met.map(({ id }) => id));
}

/** Layout JSON of these entities, for the clipboard. @param {Layout} layout @param {Ids} ids */
export function copyText(layout, ids) {
  return dumpLayout({ ...layout, entities: chosen(layout, ids), poses: [], extra: {} });
}

/** The entities in a text from the clipboard: layout JSON, or a list of entities.
 * @param {string} text @returns {readonly Entity[] | null} null: it is neither */
export function entitiesOf(text) {
  try {
    const value = JSON.parse(text);
    const layout = Array.isArray(value)
      ? readLayout({ version: 1, entities: value }, true)
      : parseLayout(text, { drafts: true });
    return layout.entities.length ? layout.entities : null;
  } catch {
    return null;
  }
}

/** Why the server would refuse an entity: it has neither a phrase nor a picture.
 * @param {Entity} entity */
export function isUnnamed({ text, image }) {
  return image === null && !text.trim();
}

/** The first two boxes that lie at one place, as one more may have been put there unseen.
 * @param {Layout} layout @returns {[Entity, Entity] | null} */
export function twoAtOnePlace({ entities }) {
  for (const [index, upper] of entities.entries()) {
    const under = entities.slice(0, index).find((lower) => liesOn(lower.box, upper.box));
    if (under) return [under, upper];
  }
  return null;
}

/** @param {Box} box @param {Box} other */
function liesOn(box, other) {
  return box.every((edge, index) => Math.abs(edge - (other[index] ?? 0)) <= SAME_PLACE + 1e-9);
}

/** The entity that an error of the server names, "entity 2 ('a red ball')".
 * @param {Layout} layout @param {string} message @returns {Entity | null} */
export function entityNamedIn(layout, message) {
  const number = /\bentity (\d+)\b/.exec(message)?.[1];
  return number ? (layout.entities[Number(number) - 1] ?? null) : null;
}
