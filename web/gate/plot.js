// Layout of a gate's plot on the stage: progress to the right, gate upwards. CSS pixels of the stage.

/** @typedef {import("../lib/types.js").Point} Point @typedef {import("../lib/types.js").Size} Size
 * @typedef {import("./schedule.js").Knot} Knot */

/** The plot's area; `top` is the gate at its upper edge.
 * @typedef {{x: number, y: number, width: number, height: number, top: number}} Plot */

const MARGIN = Object.freeze({ left: 32, right: 14, top: 14, bottom: 22 });

/** @param {Size} stage @param {number} top @returns {Plot} */
export function plotOn(stage, top) {
  return {
    x: MARGIN.left,
    y: MARGIN.top,
    width: Math.max(stage.width - MARGIN.left - MARGIN.right, 1),
    height: Math.max(stage.height - MARGIN.top - MARGIN.bottom, 1),
    top,
  };
}

/** @param {Plot} plot @param {Knot} knot @returns {Point} */
export function toPoint({ x, y, width, height, top }, [progress, gate]) {
  return { x: x + progress * width, y: y + height * (1 - gate / top) };
}

/** @param {Plot} plot @param {Point} point @returns {Knot} beyond the plot beside it */
export function toKnot({ x, y, width, height, top }, point) {
  return [(point.x - x) / width, (1 - (point.y - y) / height) * top];
}

/** The step whose column holds that place. @param {Plot} plot @param {Point} point
 * @param {number} steps @returns {number | null} from 0; null: beside the plot */
export function stepAt(plot, point, steps) {
  const step = Math.floor(toKnot(plot, point)[0] * steps);
  return step >= 0 && step < steps ? step : null;
}
