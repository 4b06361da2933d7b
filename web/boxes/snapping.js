// Snapping of edges: at the canvas' edges, centre and thirds, at other boxes, on a grid.

/** @typedef {import("../lib/types.js").Box} Box @typedef {import("../lib/types.js").Point} Point */

/** Lines across the canvas, in its fractions. @typedef {{x: number[], y: number[]}} Lines */

/** @typedef {object} Snapped
 * @property {Point} by what to move by instead @property {Lines} guides the lines that were met */

const CANVAS_LINES = [0, 1 / 3, 0.5, 2 / 3, 1];

/** @param {readonly Box[]} others boxes that stay where they are
 * @param {number} grid cells across the canvas, 0 for none @returns {Lines} */
export function snapLines(others, grid = 0) {
  const cells = Array.from({ length: grid + 1 }, (_, cell) => (grid ? cell / grid : 0));
  return {
    x: [...CANVAS_LINES, ...cells, ...others.flatMap(([x0, , x1]) => [x0, (x0 + x1) / 2, x1])],
    y: [...CANVAS_LINES, ...cells, ...others.flatMap(([, y0, , y1]) => [y0, (y0 + y1) / 2, y1])],
  };
}

/** Move a box, its edges and centre drawn to the nearest lines.
 * @param {Box} box before the move @param {Point} by @param {Lines} lines
 * @param {Point} reach how near a line must be, in fractions @returns {Snapped} */
export function snapMove([x0, y0, x1, y1], by, lines, reach) {
  const x = nearest([x0 + by.x, (x0 + x1) / 2 + by.x, x1 + by.x], lines.x, reach.x);
  const y = nearest([y0 + by.y, (y0 + y1) / 2 + by.y, y1 + by.y], lines.y, reach.y);
  return {
    by: { x: by.x + x.shift, y: by.y + y.shift },
    guides: { x: x.met, y: y.met },
  };
}

/** Move one point: a corner that is drawn, or a handle.
 * @param {Point} point @param {Lines} lines @param {Point} reach
 * @param {{x?: boolean, y?: boolean}} [axes] those that the handle moves along; both by default
 * @returns {{point: Point, guides: Lines}} */
export function snapPoint(point, lines, reach, { x: alongX = true, y: alongY = true } = {}) {
  const x = nearest(alongX ? [point.x] : [], lines.x, reach.x);
  const y = nearest(alongY ? [point.y] : [], lines.y, reach.y);
  return {
    point: { x: point.x + x.shift, y: point.y + y.shift },
    guides: { x: x.met, y: y.met },
  };
}

/** The smallest shift that brings one of the places onto a line, and all lines met then.
 * @param {number[]} places @param {number[]} lines @param {number} reach
 * @returns {{shift: number, met: number[]}} */
function nearest(places, lines, reach) {
  let shift = Infinity;
  for (const place of places) {
    for (const line of lines) {
      if (Math.abs(line - place) < Math.abs(shift)) shift = line - place;
    }
  }
  if (Math.abs(shift) > reach) return { shift: 0, met: [] };
  const met = lines.filter((line) => places.some((place) => Math.abs(place + shift - line) < 1e-9));
  return { shift, met: [...new Set(met)] };
}
