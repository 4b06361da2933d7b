// Placing of a new person: beside those that are there, as tall as there is room for.

import { boundsOf, figureOn, freePlace } from "./model.js";

/** @typedef {import("../lib/layout.js").Layout} Layout @typedef {import("../lib/layout.js").Joint} Joint
 * @typedef {import("../lib/types.js").Box} Box */

const TALL = 0.84; // of the canvas: one who stands, where there is room
const TOP = 0.08; // of the canvas, above one who stands
const FACTORS = [1, 0.85, 0.7, 0.6, 0.5, 0.42, 0.35, 0.3, 0.25, 0.2, 0.16]; // of TALL, the tallest first
const MARGIN = 0.02; // between a person and the edge
const GAP = 0.01; // between two people
const STEP = 0.005; // of the search

/** The tallest figure that meets nobody, next to the middle and with its feet as low as may be; where
 * there is no room at all, a tall one that stands as far from the others as it can.
 * @param {Layout} layout @param {string} preset @returns {readonly Joint[]} */
export function standBeside(layout, preset) {
  const taken = layout.poses.map(boundsOf).filter((box) => box !== null);
  for (const factor of FACTORS) {
    const place = freeSpot(layout, preset, TALL * factor, taken);
    if (place) return figureOn(layout, preset, place);
  }
  const [x0, , x1] = unitBounds(layout, preset, TALL);
  const room = Math.max((1 - (x1 - x0)) / 2 - MARGIN, 0); // from the middle of the canvas, each way
  const middle = Math.min(Math.max(freePlace(layout), 0.5 - room), 0.5 + room);
  return figureOn(layout, preset, { middle: middle - (x0 + x1) / 2, top: TOP, height: TALL });
}

/** @param {Layout} layout @param {string} preset @param {number} height @param {readonly Box[]} taken */
function freeSpot(layout, preset, height, taken) {
  const [x0, y0, x1, y1] = unitBounds(layout, preset, height);
  const [width, tall] = [x1 - x0, y1 - y0];
  const wide = 1 - width - 2 * MARGIN;
  for (const top of tops(TOP + (TALL / height) * y1 - tall, tall)) {
    for (let off = 0; off <= wide / 2 + 1e-9; off += STEP) {
      for (const left of [0.5 - width / 2 - off, 0.5 - width / 2 + off]) {
        if (taken.some((other) => meets([left, top, left + width, top + tall], other))) continue;
        return { middle: left - x0, top: top - y0, height };
      }
    }
  }
  return null;
}

/** As one of full height has its feet, then above it, then below. @param {number} first
 * @param {number} tall @returns {number[]} */
function tops(first, tall) {
  const step = tall + GAP + STEP;
  const rows = Math.floor(1 / step);
  const up = Array.from({ length: rows + 1 }, (_, row) => first - row * step);
  const down = Array.from({ length: rows }, (_, row) => first + (row + 1) * step);
  return [...up, ...down].filter((top) => top >= MARGIN && top + tall <= 1 - MARGIN);
}

/** Of a figure whose middle and crown are at 0. @param {Layout} layout @param {string} preset
 * @param {number} height @returns {Box} */
function unitBounds(layout, preset, height) {
  const joints = figureOn(layout, preset, { middle: 0, top: 0, height });
  return boundsOf({ id: "", joints, extra: {} }) ?? [0, 0, 0, 0];
}

/** @param {Box} a @param {Box} b */
function meets(a, b) {
  return a[0] < b[2] + GAP && b[0] < a[2] + GAP && a[1] < b[3] + GAP && b[1] < a[3] + GAP;
}
