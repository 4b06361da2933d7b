// A layout as the editors hold it: plain values that are never changed, only replaced.
// Its JSON is in layout_json.js; gligen_core/layout is the same in Python.

/** @typedef {import("./types.js").Box} Box */

/** One thing and its place. colour, locked and hidden are the editor's own: Python keeps them
 * unread. hidden: not shown on the canvas, but still part of the layout.
 * @typedef {object} Entity
 * @property {string} id @property {string} text @property {Box} box
 * @property {number} strength 0.. usually 0 to 1 @property {number | null} image row of the batch
 * @property {string} [colour] CSS hex @property {boolean} [locked] @property {boolean} [hidden]
 * @property {Readonly<Record<string, unknown>>} extra fields this version does not know */

/** x and y in fractions of the canvas; visible > 0: the joint is there.
 * @typedef {readonly [x: number, y: number, visible: number]} Joint */

/** One person: 17 joints in COCO order; [0, 0, 0] is a missing one.
 * @typedef {object} Pose
 * @property {string} id @property {readonly Joint[]} joints
 * @property {Readonly<Record<string, unknown>>} extra */

/** width and height in pixels, for display only: places are fractions.
 * @typedef {object} Layout
 * @property {number} width @property {number} height
 * @property {readonly Entity[]} entities @property {readonly Pose[]} poses
 * @property {Readonly<Record<string, unknown>>} extra */

/** Surroundings that the session of an editor is told of.
 * @typedef {object} Surroundings
 * @property {import("./stage.js").Stage} stage
 * @property {import("./store.js").Store<Layout>} store
 * @property {() => void} changed show it: the canvas with the next frame, the panel now
 * @property {(text: string) => void} say to the status line */

export const JOINT_COUNT = 17;
export const DEFAULT_SIDE_PX = 512;
export const MAX_SIDE_PX = 16384; // the host's own largest picture

/** @type {Layout} */
export const EMPTY_LAYOUT = Object.freeze({
  width: DEFAULT_SIDE_PX,
  height: DEFAULT_SIDE_PX,
  entities: [],
  poses: [],
  extra: {},
});

/** @param {Layout} layout @param {{width?: number, height?: number}} size in pixels
 * @returns {Layout} */
export function resizeCanvas(layout, size) {
  const next = { ...layout, ...size };
  return next.width === layout.width && next.height === layout.height ? layout : next;
}

/** One place towards the end (1) or the beginning (-1) for those with these ids, kept in their order.
 * @template {{id: string}} T
 * @param {readonly T[]} items @param {ReadonlySet<string>} ids @param {1 | -1} step
 * @returns {readonly T[]} the same list where nothing moves */
export function reordered(items, ids, step) {
  const next = step > 0 ? [...items].reverse() : [...items];
  for (let index = 1; index < next.length; index++) {
    const [before, here] = [next[index - 1], next[index]];
    if (!before || !here || !ids.has(here.id) || ids.has(before.id)) continue;
    next[index - 1] = here;
    next[index] = before;
  }
  if (step > 0) next.reverse();
  return next.every((item, index) => item === items[index]) ? items : next;
}

/** The wanted id if it is free, else the next of prefix1, prefix2, ...; marks it as taken.
 * @param {string} wanted @param {string} prefix @param {Set<string>} taken */
export function claimId(wanted, prefix, taken) {
  let id = wanted;
  for (let number = taken.size + 1; !id || taken.has(id); number++) id = `${prefix}${number}`;
  taken.add(id);
  return id;
}
