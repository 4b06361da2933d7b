import assert from "node:assert/strict";
import { test } from "node:test";

import { boundsOf, boxBetween, carryBox, handleAt, moveBox, resizeBox } from "../../web/lib/geometry.js";

/** @param {readonly number[] | null} got @param {readonly number[]} expected */
function assertBox(got, expected) {
  assert.ok(got);
  got.forEach((edge, index) => {
    assert.ok(Math.abs(edge - (expected[index] ?? NaN)) < 1e-9, `${got} is not ${expected}`);
  });
}

const BOX = /** @type {const} */ ([0.2, 0.3, 0.6, 0.7]);

for (const [handle, by, expected] of /** @type {const} */ ([
  ["nw", { x: 0.1, y: 0.1 }, [0.3, 0.4, 0.6, 0.7]],
  ["n", { x: 0.1, y: -0.1 }, [0.2, 0.2, 0.6, 0.7]],
  ["ne", { x: 0.1, y: 0.1 }, [0.2, 0.4, 0.7, 0.7]],
  ["e", { x: -0.1, y: 0.5 }, [0.2, 0.3, 0.5, 0.7]],
  ["se", { x: 0.2, y: 0.1 }, [0.2, 0.3, 0.8, 0.8]],
  ["s", { x: 0.2, y: 0.1 }, [0.2, 0.3, 0.6, 0.8]],
  ["sw", { x: 0.1, y: -0.1 }, [0.3, 0.3, 0.6, 0.6]],
  ["w", { x: -0.1, y: 0 }, [0.1, 0.3, 0.6, 0.7]],
])) {
  test(`${handle} moves its edges and no others`, () => {
    assertBox(resizeBox(BOX, handle, by), expected);
  });
}

test("a handle is not dragged past the opposite edge", () => {
  const [x0, , x1] = resizeBox(BOX, "e", { x: -0.9, y: 0 });
  assert.ok(x0 === 0.2 && x1 > x0 && x1 < 0.21);
});

test("a handle is not dragged off the canvas", () => {
  assertBox(resizeBox(BOX, "se", { x: 0.9, y: 0.9 }), [0.2, 0.3, 1, 1]);
});

test("resizing about the middle grows both sides", () => {
  assertBox(resizeBox(BOX, "e", { x: 0.1, y: 0 }, { centred: true }), [0.1, 0.3, 0.7, 0.7]);
});

test("resizing in proportion keeps them", () => {
  const [x0, y0, x1, y1] = resizeBox([0.1, 0.1, 0.3, 0.2], "se", { x: 0.2, y: 0 }, { square: true });
  assertBox([x0, y0, x1, y1], [0.1, 0.1, 0.5, 0.3]);
});

for (const [name, a, b, expected] of /** @type {const} */ ([
  ["down right", { x: 0.1, y: 0.2 }, { x: 0.5, y: 0.6 }, [0.1, 0.2, 0.5, 0.6]],
  ["up left", { x: 0.5, y: 0.6 }, { x: 0.1, y: 0.2 }, [0.1, 0.2, 0.5, 0.6]],
  ["beyond the edges", { x: -1, y: 0.5 }, { x: 0.5, y: 9 }, [0, 0.5, 0.5, 1]],
])) {
  test(`a box is drawn ${name}`, () => assertBox(boxBetween(a, b), expected));
}

test("a click draws no box", () => {
  assert.equal(boxBetween({ x: 0.5, y: 0.5 }, { x: 0.501, y: 0.9 }), null);
});

for (const [name, by, expected] of /** @type {const} */ ([
  ["freely", { x: 0.1, y: -0.1 }, [0.3, 0.2, 0.7, 0.6]],
  ["to the right edge at most", { x: 3, y: 0 }, [0.6, 0.3, 1, 0.7]],
  ["to the top edge at most", { x: 0, y: -3 }, [0.2, 0, 0.6, 0.4]],
])) {
  test(`a box moves ${name}`, () => assertBox(moveBox(BOX, by), expected));
}

test("bounds lie around all boxes", () => {
  assertBox(boundsOf([BOX, [0.1, 0.5, 0.3, 0.9]]), [0.1, 0.3, 0.6, 0.9]);
  assert.equal(boundsOf([]), null);
});

test("a box is carried along with its frame", () => {
  assertBox(carryBox([0.2, 0.2, 0.4, 0.4], [0, 0, 0.4, 0.4], [0.1, 0, 0.9, 0.4]), [0.5, 0.2, 0.9, 0.4]);
});

test("corners are grabbed before edges", () => {
  assert.equal(handleAt([0.2, 0.2, 0.24, 0.24], { x: 0.21, y: 0.2 }, { x: 0.02, y: 0.02 }), "nw");
  assert.equal(handleAt([0.2, 0.2, 0.8, 0.8], { x: 0.5, y: 0.79 }, { x: 0.02, y: 0.02 }), "s");
  assert.equal(handleAt([0.2, 0.2, 0.8, 0.8], { x: 0.5, y: 0.5 }, { x: 0.02, y: 0.02 }), null);
});
