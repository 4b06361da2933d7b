import assert from "node:assert/strict";
import { test } from "node:test";

import { parseGate } from "../../web/gate/gate_json.js";
import * as model from "../../web/gate/model.js";
import { CURVES, offersOf } from "../../web/gate/presets.js";
import { gateAtProgress, gatesOfSteps } from "../../web/gate/schedule.js";

const CURVE = parseGate('{"points": [[0, 1], [0.5, 0.5], [1, 0]], "blocks": {"output": 0.5}, "note": 1}');
const OFFICIAL_PHASES = /** @type {const} */ ({ text_box: [0.3, 0, 0.7], keypoint: [0.3, 0, 0.7], inpaint: [1, 0, 0] });
const PHASES = parseGate('{"phases": [0.25, 0.5, 0.25]}');

for (const [name, index, to, expected] of /** @type {const} */ ([
  ["moves freely between its neighbours", 1, [0.25, 0.75], [0.25, 0.75]],
  ["stops at the next point, where it makes a jump", 1, [1.5, 0.5], [1, 0.5]],
  ["stops at the point before", 1, [-1, 0.5], [0, 0.5]],
  ["never falls below 0", 1, [0.5, -3], [0.5, 0]],
  ["goes up to 2", 0, [0, 7], [0, 2]],
])) {
  test(`a point ${name}`, () => {
    const moved = model.moveHandle(CURVE, index, to);
    assert.deepEqual(moved.points[index], expected);
    assert.deepEqual({ ...moved, points: [] }, { ...CURVE, points: [] });
  });
}

test("a point that does not move is no step of undo", () => {
  assert.equal(model.moveHandle(CURVE, 1, [0.5, 0.5]), CURVE);
  assert.equal(model.moveHandle(PHASES, 0, [0.25, 1]), PHASES);
});

for (const [name, index, progress, expected] of /** @type {const} */ ([
  ["the end of the open phase moves alone", 0, 0.5, [0.5, 0.25, 0.25]],
  ["and pushes the end of the decay on", 0, 0.9, [0.9, 0, 0.1]],
  ["the end of the decay moves alone", 1, 0.5, [0.25, 0.25, 0.5]],
  ["and pushes the end of the open phase back", 1, 0.125, [0.125, 0, 0.875]],
])) {
  test(`phases: ${name}`, () => assert.deepEqual(model.moveHandle(PHASES, index, [progress, 0.5]).phases, expected));
}

test("a sharp edge moves as one", () => {
  const sharp = model.setPhases(PHASES, 0.5, 0);
  assert.deepEqual(model.moveHandle(sharp, 0, [0.25, 1]).phases, [0.25, 0, 0.75]);
});

test("shares always add up to 1", () => {
  assert.deepEqual(model.setPhases(PHASES, 0.7, 0.2).phases, [0.7, 0.2, 0.1]);
  assert.deepEqual(model.setPhases(PHASES, 0.8, 0.9).phases, [0.8, 0.2, 0]);
  assert.deepEqual(model.setPhases(PHASES, 3, -1).phases, [1, 0, 0]);
});

for (const [name, phases] of Object.entries({ ...OFFICIAL_PHASES, decaying: [0.25, 0.5, 0.25], all: [0, 1, 0], shut: [0, 0, 1] })) {
  test(`phases as a curve have the same gate at every progress: ${name}`, () => {
    const gate = { ...PHASES, phases: /** @type {[number, number, number]} */ (phases) };
    const curve = model.asCurve(gate);
    assert.equal(curve.phases, null);
    for (let progress = 0; progress <= 1; progress += 1 / 64) {
      assert.ok(Math.abs(gateAtProgress(curve, progress) - gateAtProgress(gate, progress)) < 1e-9, `at ${progress}`);
    }
    assert.deepEqual(model.asPhases(curve).phases, phases);
  });
}

test("a new point stands where it was put, and phases become a curve by it", () => {
  const { gate, index } = model.addPoint(PHASES, [0.1, 0.4]);
  assert.equal(gate.phases, null);
  assert.deepEqual(gate.points[index], [0.1, 0.4]);
  assert.deepEqual(gate.points.map(([progress]) => progress), [0, 0.1, 0.25, 0.75, 1]);
});

test("points are removed, but not the last one", () => {
  const two = model.removePoint(CURVE, 1);
  assert.deepEqual(two.points, [[0, 1], [1, 0]]);
  const one = model.removePoint(two, 0);
  assert.equal(model.removePoint(one, 0), one);
  assert.equal(model.removePoint(PHASES, 0), PHASES);
});

test("presets keep what counts and the blocks, and are recognised", () => {
  for (const name of Object.keys(CURVES)) {
    const gate = model.applyPreset({ ...CURVE, counts: "timestep" }, name, OFFICIAL_PHASES);
    assert.equal(model.presetOf(gate, OFFICIAL_PHASES), name);
    assert.deepEqual([gate.counts, gate.blocks, gate.extra], ["timestep", CURVE.blocks, CURVE.extra]);
  }
  const keypoint = model.applyPreset(CURVE, "keypoint", OFFICIAL_PHASES);
  assert.equal(model.presetOf(keypoint, OFFICIAL_PHASES), "text_box"); // the same phases
  assert.equal(model.presetOf(CURVE, OFFICIAL_PHASES), null);
});

test("what the schema offers is taken as it is, and nothing is offered where it says nothing", () => {
  assert.deepEqual(offersOf({ default: "", phases: OFFICIAL_PHASES, blocks: ["output.3"] }), {
    phases: OFFICIAL_PHASES,
    blocks: ["output.3"],
  });
  assert.deepEqual(offersOf({}), { phases: {}, blocks: [] });
});

test("factors come and go", () => {
  const gate = model.setFactor(CURVE, "output.3", 0.25);
  assert.deepEqual(gate.blocks, { output: 0.5, "output.3": 0.25 });
  assert.deepEqual(model.setFactor(gate, "output", null).blocks, { "output.3": 0.25 });
  assert.equal(model.setFactor(CURVE, "output", 0.5), CURVE);
});

test("the readout groups steps of one gate", () => {
  const gates = gatesOfSteps(PHASES, 8);
  assert.deepEqual(model.runsOf(gates), [
    { first: 1, last: 2, gate: 1 }, { first: 3, last: 3, gate: 0.75 }, { first: 4, last: 4, gate: 0.5 },
    { first: 5, last: 5, gate: 0.25 }, { first: 6, last: 8, gate: 0 },
  ]);
});

test("the nearest handle in reach is grabbed", () => {
  const reach = { x: 0.05, y: 0.1 };
  assert.equal(model.handleAt(CURVE, [0.52, 0.55], reach), 1);
  assert.equal(model.handleAt(CURVE, [0.52, 0.65], reach), null);
  assert.equal(model.handleAt(PHASES, [0.75, 0.02], reach), 1);
});

test("the drawing is as high as the gate, and never lower than 1", () => {
  assert.equal(model.topOf(model.applyPreset(CURVE, "half", OFFICIAL_PHASES)), 1);
  assert.equal(model.topOf(model.moveHandle(CURVE, 0, [0, 1.2])), 1.5);
});
