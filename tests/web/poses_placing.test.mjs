// New people stand beside one another.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY_LAYOUT } from "../../web/lib/layout.js";
import { addPoses, boundsOf } from "../../web/poses/model.js";
import { standBeside } from "../../web/poses/placing.js";
import { PRESETS } from "../../web/poses/presets.js";

/** @typedef {import("../../web/lib/types.js").Box} Box */

/** @param {Box} a @param {Box} b */
const apart = (a, b) => a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1];

/** @param {readonly string[]} presets @param {{width: number, height: number}} size */
function boxesOf(presets, size) {
  let layout = { ...EMPTY_LAYOUT, ...size };
  for (const preset of presets) layout = addPoses(layout, [{ joints: standBeside(layout, preset) }]).layout;
  return layout.poses.map((pose) => boundsOf(pose) ?? [0, 0, 0, 0]);
}

for (const size of [{ width: 512, height: 512 }, { width: 768, height: 512 }, { width: 512, height: 768 }]) {
  for (const preset of Object.keys(PRESETS)) {
    test(`three people, ${preset}, on ${size.width} x ${size.height} meet nowhere and are all inside`, () => {
      const boxes = boxesOf(Array(3).fill(preset), size);
      boxes.forEach((box, index) => {
        assert.ok(box.every((edge) => edge > 0 && edge < 1), `${box}`);
        for (const other of boxes.slice(0, index)) assert.ok(apart(box, other), `${box} meets ${other}`);
      });
    });
  }
}

test("eight meet nowhere, and where there is no room at all each still has a place of its own", () => {
  const boxes = boxesOf(Array(8).fill("standing"), { width: 512, height: 512 });
  boxes.forEach((box, index) => assert.ok(boxes.slice(0, index).every((other) => apart(box, other)), `${box}`));
  const crowded = boxesOf(Array(5).fill("lying"), { width: 512, height: 512 });
  assert.equal(new Set(crowded.map(String)).size, 5);
});

test("the first stands in the middle, the next two beside it, as tall", () => {
  const boxes = boxesOf(["standing", "standing", "standing"], { width: 512, height: 512 });
  const [first, second, third] = boxes.map(([x0, , x1]) => (x0 + x1) / 2);
  assert.ok(Math.abs((first ?? 0) - 0.5) < 1e-6);
  assert.ok((second ?? 0) < 0.5 && (third ?? 0) > 0.5);
  assert.equal(new Set(boxes.map(([, y0, , y1]) => (y1 - y0).toFixed(4))).size, 1);
});
