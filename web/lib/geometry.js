// Boxes as arithmetic: fractions of the canvas in, new fractions out, never beyond its edges.

/** @typedef {import("./types.js").Box} Box @typedef {import("./types.js").Point} Point */

/** Compass points. @typedef {"nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w"} Handle */

/** Handle -> where it sits on the box, in fractions of the box: clockwise from the top left.
 * @type {Readonly<Record<Handle, Point>>} */
export const HANDLES = Object.freeze({
  nw: { x: 0, y: 0 },
  n: { x: 0.5, y: 0 },
  ne: { x: 1, y: 0 },
  e: { x: 1, y: 0.5 },
  se: { x: 1, y: 1 },
  s: { x: 0.5, y: 1 },
  sw: { x: 0, y: 1 },
  w: { x: 0, y: 0.5 },
});

export const SMALLEST = 0.005; // side of a box: 2.5 of 512 pixels, still a thing to grab
const DIGITS = 5; // of a saved fraction: a hundredth of a pixel at 1000 pixels

/** @param {number} value */
export function clamp01(value) {
  return Math.min(Math.max(value, 0), 1);
}

/** Between two corners, whichever way they were drawn; cut at the canvas edge.
 * @param {Point} a @param {Point} b @returns {Box | null} null: smaller than a box may be */
export function boxBetween(a, b) {
  const [x0, x1] = [clamp01(Math.min(a.x, b.x)), clamp01(Math.max(a.x, b.x))];
  const [y0, y1] = [clamp01(Math.min(a.y, b.y)), clamp01(Math.max(a.y, b.y))];
  return x1 - x0 < SMALLEST || y1 - y0 < SMALLEST ? null : [x0, y0, x1, y1];
}

/** Moves a box as far as the canvas lets it. @param {Box} box @param {Point} by @returns {Box} */
export function moveBox([x0, y0, x1, y1], by) {
  const dx = Math.min(Math.max(by.x, -x0), 1 - x1);
  const dy = Math.min(Math.max(by.y, -y0), 1 - y1);
  return [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
}

/** Drag one handle; the opposite edge or corner stays, and is not passed.
 * @param {Box} box @param {Handle} handle @param {Point} by
 * @param {{square?: boolean, centred?: boolean}} [how] square: keeps the box's proportions (corners
 * only); centred: the middle stays instead of the opposite side @returns {Box} */
export function resizeBox(box, handle, by, { square = false, centred = false } = {}) {
  const [x0, y0, x1, y1] = box;
  const at = HANDLES[handle];
  const [width, height] = [x1 - x0, y1 - y0];
  // Growth of each side, in fractions of the canvas.
  let grownX = (at.x - 0.5) * 2 * by.x * (centred ? 2 : 1);
  let grownY = (at.y - 0.5) * 2 * by.y * (centred ? 2 : 1);
  if (square && at.x !== 0.5 && at.y !== 0.5) {
    const factor = Math.max((width + grownX) / width, (height + grownY) / height);
    grownX = width * (factor - 1);
    grownY = height * (factor - 1);
  }
  const anchorX = centred ? 0.5 : 1 - at.x;
  const anchorY = centred ? 0.5 : 1 - at.y;
  const [left, right] = side(x0, x1, grownX, anchorX);
  const [top, bottom] = side(y0, y1, grownY, anchorY);
  return [left, top, right, bottom];
}

/** One side grown, with a point of it kept: anchor 0 the low end, 1 the high one.
 * @param {number} low @param {number} high @param {number} grown @param {number} anchor
 * @returns {[number, number]} */
function side(low, high, grown, anchor) {
  const length = Math.max(high - low + grown, SMALLEST);
  const kept = low + (high - low) * anchor;
  const newLow = kept - length * anchor;
  return [clamp01(newLow), clamp01(newLow + length)];
}

/** Around all of them. @param {readonly Box[]} boxes @returns {Box | null} null: there are none */
export function boundsOf(boxes) {
  if (!boxes.length) return null;
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ];
}

/** Carry a box along when the frame around it changes from one box to another.
 * @param {Box} box @param {Box} from @param {Box} to @returns {Box} */
export function carryBox([x0, y0, x1, y1], from, to) {
  const factorX = (to[2] - to[0]) / (from[2] - from[0]);
  const factorY = (to[3] - to[1]) / (from[3] - from[1]);
  return [
    to[0] + (x0 - from[0]) * factorX,
    to[1] + (y0 - from[1]) * factorY,
    to[0] + (x1 - from[0]) * factorX,
    to[1] + (y1 - from[1]) * factorY,
  ];
}

/** @param {Point} from @param {Point} to @returns {Point} */
export function difference(from, to) {
  return { x: to.x - from.x, y: to.y - from.y };
}

/** The longer of the two ways alone. @param {Point} by @param {boolean} wanted Shift is held
 * @returns {Point} */
export function straight(by, wanted) {
  if (!wanted) return by;
  return Math.abs(by.x) > Math.abs(by.y) ? { x: by.x, y: 0 } : { x: 0, y: by.y };
}

/** @param {Box} box @param {Point} point */
export function contains([x0, y0, x1, y1], point) {
  return x0 <= point.x && point.x <= x1 && y0 <= point.y && point.y <= y1;
}

/** @param {Box} a @param {Box} b whether they share any place */
export function overlaps(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** @param {Box} box @param {Handle} handle @returns {Point} */
export function handlePoint([x0, y0, x1, y1], handle) {
  const at = HANDLES[handle];
  return { x: x0 + (x1 - x0) * at.x, y: y0 + (y1 - y0) * at.y };
}

/** The handle of a box within reach of a point, corners first.
 * @param {Box} box @param {Point} point @param {Point} reach in fractions @returns {Handle | null} */
export function handleAt(box, point, reach) {
  const order = /** @type {Handle[]} */ (["nw", "ne", "se", "sw", "n", "e", "s", "w"]);
  const near = order.find((handle) => {
    const at = handlePoint(box, handle);
    return Math.abs(at.x - point.x) <= reach.x && Math.abs(at.y - point.y) <= reach.y;
  });
  return near ?? null;
}

/** The edges that a handle moves. @param {Handle} handle @returns {{x: boolean, y: boolean}} */
export function axesOf(handle) {
  const at = HANDLES[handle];
  return { x: at.x !== 0.5, y: at.y !== 0.5 };
}

/** A box as it is saved. @param {Box} box @returns {Box} */
export function roundBox([x0, y0, x1, y1]) {
  /** @param {number} value */
  const round = (value) => Number(value.toFixed(DIGITS));
  return [round(x0), round(y0), round(x1), round(y1)];
}
