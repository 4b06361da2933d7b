import assert from "node:assert/strict";
import { test } from "node:test";

import { snapLines, snapMove, snapPoint } from "../../web/boxes/snapping.js";

const REACH = { x: 0.02, y: 0.02 };
const near = (/** @type {number} */ a, /** @type {number} */ b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

for (const [name, box, by, x, guide] of /** @type {const} */ ([
  ["its left edge to the canvas edge", [0.1, 0.4, 0.3, 0.9], -0.09, -0.1, 0],
  ["its right edge to the canvas edge", [0.1, 0.4, 0.3, 0.9], 0.69, 0.7, 1],
  ["its centre to the canvas centre", [0.1, 0.4, 0.3, 0.9], 0.305, 0.3, 0.5],
  ["its left edge to a third", [0.1, 0.4, 0.3, 0.9], 0.24, 1 / 3 - 0.1, 1 / 3],
])) {
  test(`a box snaps ${name}`, () => {
    const { by: snapped, guides } = snapMove(box, { x: by, y: 0.04 }, snapLines([]), REACH);
    near(snapped.x, x);
    near(snapped.y, 0.04);
    near(guides.x[0] ?? NaN, guide);
  });
}

test("nothing within reach: the box goes where the hand goes", () => {
  const { by, guides } = snapMove([0.1, 0.4, 0.2, 0.42], { x: 0.07, y: 0.17 }, snapLines([]), REACH);
  assert.deepEqual(by, { x: 0.07, y: 0.17 });
  assert.deepEqual(guides, { x: [], y: [] });
});

test("a box snaps to the edges of its neighbour, and both lines are shown", () => {
  const lines = snapLines([[0.21, 0.1, 0.41, 0.3]]);
  const { by, guides } = snapMove([0.6, 0.7, 0.8, 0.9], { x: -0.385, y: 0 }, lines, REACH);
  near(by.x, -0.39);
  assert.deepEqual(guides.x.map((line) => line.toFixed(2)), ["0.21", "0.31", "0.41"]);
});

test("a grid has lines at every cell", () => {
  const { point } = snapPoint({ x: 0.62, y: 0.13 }, snapLines([], 8), REACH);
  assert.deepEqual(point, { x: 0.625, y: 0.125 });
});

test("a handle snaps along its own axes only", () => {
  const { point } = snapPoint({ x: 0.49, y: 0.49 }, snapLines([]), REACH, { x: true, y: false });
  assert.deepEqual(point, { x: 0.5, y: 0.49 });
});
