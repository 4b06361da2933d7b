import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { EMPTY_LAYOUT } from "../../web/lib/layout.js";
import { dumpLayout, parseLayout } from "../../web/lib/layout_json.js";
import * as model from "../../web/poses/model.js";
import { PRESETS } from "../../web/poses/presets.js";
import { JOINTS, LIMBS, beyond, opposite } from "../../web/poses/skeleton.js";

const WIDE = { ...EMPTY_LAYOUT, width: 1024, height: 512 };
const PLACE = { middle: 0.5, top: 0.1, height: 0.8 };
/** @param {import("../../web/lib/layout.js").Layout} layout @param {string} [preset] */
const withPerson = (layout, preset = "standing") => model.addPoses(layout, [{ joints: model.figureOn(layout, preset, PLACE) }]);
const { layout: ONE, ids: IDS } = withPerson(WIDE);
const [ID = ""] = IDS;
const joints = (/** @type {typeof ONE} */ layout) => layout.poses[0]?.joints ?? [];
/** In pixels. @param {typeof ONE} layout @param {number} a @param {number} b */
const length = (layout, a, b) => {
  const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = []] = [joints(layout)[a], joints(layout)[b]];
  return Math.hypot((ax - bx) * layout.width, (ay - by) * layout.height);
};

test("the joints are those of Python, in its order", () => {
  const source = readFileSync(new URL("../../gligen_core/skeletons.py", import.meta.url), "utf8");
  const names = [...source.matchAll(/^ {4}"([a-z ]+)", {2}# \d+$/gm)].map(([, name = ""]) => name);
  assert.deepEqual(JOINTS.map((name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)), names);
});

test("left and right are each other's opposites, joint by joint", () => {
  JOINTS.forEach((name, index) => {
    assert.equal(opposite(opposite(index)), index);
    const other = name.replace("left", "_").replace("right", "left").replace("_", "right");
    assert.equal(JOINTS[opposite(index)], other);
  });
});

for (const name of Object.keys(PRESETS)) {
  test(`a preset is 17 joints on the canvas, in the proportions of pixels: ${name}`, () => {
    const drawn = model.figureIn(WIDE, name, [0.2, 0.1, 0.8, 0.9]);
    assert.equal(drawn.length, 17);
    const bounds = model.boundsOf({ id: "", joints: drawn, extra: {} });
    assert.ok(bounds && Math.abs(bounds[1] - 0.1) < 1e-4 && Math.abs(bounds[3] - 0.9) < 1e-4);
    const square = model.figureIn(EMPTY_LAYOUT, name, [0.2, 0.1, 0.8, 0.9]);
    drawn.forEach(([x], index) => {
      assert.ok(Math.abs((x - 0.5) * 2 - ((square[index]?.[0] ?? 0) - 0.5)) < 1e-4 || drawn[index]?.[2] === 0);
    });
    assert.deepEqual(parseLayout(dumpLayout({ ...WIDE, poses: [{ id: "p", joints: drawn, extra: {} }] })).poses[0]?.joints, drawn);
  });
}

test("eight people and no more", () => {
  let layout = WIDE;
  for (let count = 0; count < 10; count++) layout = withPerson(layout).layout;
  assert.equal(layout.poses.length, 8);
  assert.equal(new Set(layout.poses.map(({ id }) => id)).size, 8);
  assert.equal(model.addPoses(layout, layout.poses).layout, layout);
});

test("the next person stands where there is room", () => {
  assert.equal(model.freePlace(WIDE), 0.5);
  assert.ok(Math.abs(model.freePlace(ONE) - 0.5) > 0.2);
});

test("a joint moves alone, or carries what hangs on it", () => {
  const [x = 0, y = 0] = joints(ONE)[5] ?? [];
  const alone = model.moveJoint(ONE, ID, 5, { x: x + 0.1, y });
  assert.deepEqual(joints(alone)[7], joints(ONE)[7]);
  const carried = model.moveJoint(ONE, ID, 5, { x: x + 0.1, y: y - 0.05 }, true);
  for (const index of [5, 7, 9]) {
    assert.ok(Math.abs((joints(carried)[index]?.[0] ?? 0) - (joints(ONE)[index]?.[0] ?? 0) - 0.1) < 1e-6);
  }
  assert.deepEqual(joints(carried)[11], joints(ONE)[11]);
});

test("a bone that turns keeps its length, in pixels, and that of all beyond it", () => {
  const limb = LIMBS.find(({ inner, outer }) => inner === 5 && outer === 7);
  assert.ok(limb);
  const [x = 0, y = 0] = joints(ONE)[7] ?? [];
  const turned = model.turnLimb(ONE, ID, limb, { x, y }, { x: x + 0.2, y: y - 0.3 });
  assert.notDeepEqual(joints(turned)[9], joints(ONE)[9]);
  for (const [a, b] of /** @type {const} */ ([[5, 7], [7, 9], [5, 9]])) {
    assert.ok(Math.abs(length(turned, a, b) - length(ONE, a, b)) < 0.05, `${a} to ${b}`);
  }
  JOINTS.forEach((_, index) => {
    if (![7, 9].includes(index)) assert.deepEqual(joints(turned)[index], joints(ONE)[index]);
  });
});

test("arms and legs hang on shoulders and hips", () => {
  assert.deepEqual([beyond(6), beyond(12), beyond(10)], [[6, 8, 10], [12, 14, 16], [10]]);
});

test("mirroring twice is nothing; once, it raises the other hand at the other side", () => {
  const { layout, ids } = withPerson(WIDE, "waving");
  const mirrored = model.mirrorPoses(layout, ids);
  const raised = (/** @type {typeof ONE} */ { poses }, /** @type {number} */ wrist) => (poses[0]?.joints[wrist]?.[1] ?? 1) < 0.3;
  assert.deepEqual([raised(layout, 10), raised(layout, 9)], [true, false]);
  assert.deepEqual([raised(mirrored, 10), raised(mirrored, 9)], [false, true]);
  assert.deepEqual(model.boundsOfAll(mirrored.poses), model.boundsOfAll(layout.poses));
  assert.deepEqual(model.mirrorPoses(mirrored, ids).poses, layout.poses);
});

test("turning round moves nothing", () => {
  const turned = model.turnPoses(ONE, IDS);
  assert.deepEqual(joints(turned)[5], joints(ONE)[6]);
  assert.deepEqual(model.boundsOfAll(turned.poses), model.boundsOfAll(ONE.poses));
});

test("a person grows about the point that stays", () => {
  const grown = model.scalePoses(ONE, IDS, { x: 0.5, y: 0.1 }, { x: 0.5, y: 0.5 });
  assert.ok(Math.abs(length(grown, 5, 11) - length(ONE, 5, 11) / 2) < 0.05);
});

test("a joint goes missing and comes back where it was", () => {
  const without = model.setJointThere(ONE, ID, 9, false);
  assert.equal(joints(without)[9]?.[2], 0);
  const [pose] = without.poses;
  assert.equal(pose && model.countJoints(pose), 16);
  assert.deepEqual(model.setJointThere(without, ID, 9, true), ONE);
  assert.equal(model.setJointThere(ONE, ID, 9, true), ONE);
});

test("one without a place comes back where a standing person has it, and is not moved before", () => {
  const poses = ONE.poses.map((pose) => ({ ...pose, joints: pose.joints.with(9, [0, 0, 0]) }));
  const moved = model.movePoses({ ...ONE, poses }, IDS, { x: 0.1, y: 0 });
  assert.deepEqual(joints(moved)[9], [0, 0, 0]);
  const [x = 0, y = 0] = joints(model.setJointThere({ ...ONE, poses }, ID, 9, true))[9] ?? [];
  const [wantedX = 0, wantedY = 0] = joints(ONE)[9] ?? [];
  assert.ok(Math.hypot(x - wantedX, y - wantedY) < 0.01);
});

test("what changes nothing is the layout itself", () => {
  assert.equal(model.movePoses(ONE, IDS, { x: 0, y: 0 }), ONE);
  assert.equal(model.removePoses(ONE, new Set(["nobody"])), ONE);
});

test("what is copied can be pasted; entities and unknown fields stay", () => {
  const kept = { ...ONE, extra: { mood: 1 }, poses: ONE.poses.map((pose) => ({ ...pose, extra: { name: "Ann" } })) };
  const pasted = model.posesIn(model.copyText(kept, IDS));
  assert.deepEqual(pasted, kept.poses);
  for (const text of ["a person", "[]", '{"entities": []}', "7"]) assert.equal(model.posesIn(text), null);
});

test("an error of the server points at its person", () => {
  assert.equal(model.poseNamedIn(ONE, "Poses: pose 1 ('p1'): joint 3 is nil"), ONE.poses[0]);
  assert.equal(model.poseNamedIn(ONE, "Poses: 'width' is 0"), null);
});
