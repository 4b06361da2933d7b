import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { dumpGate, parseGate } from "../../web/gate/gate_json.js";
import { factorOf, gateAtStep } from "../../web/gate/schedule.js";

/** The same cases as in tests/gligen_core/test_gate_json.py. @param {string} name */
const fixture = (name) => JSON.parse(readFileSync(new URL(`../fixtures/gates/${name}.json`, import.meta.url), "utf8"));

for (const { name, gate: value, at_step, factors = {} } of fixture("schedules")) {
  test(`a gate reads the same here and in Python: ${name}`, () => {
    const gate = parseGate(JSON.stringify(value));
    const values = at_step.map((/** @type {number} */ _, /** @type {number} */ step) => gateAtStep(gate, step, at_step.length));
    assert.deepEqual(values, at_step);
    for (const [block, factor] of Object.entries(factors)) assert.equal(factorOf(gate, block), factor);
    assert.deepEqual(parseGate(dumpGate(gate)), gate);
  });
}

for (const { gate, says } of fixture("refused")) {
  test(`refused: ${gate}`, () => {
    assert.throws(() => parseGate(gate), (/** @type {Error} */ error) => error.message.includes(says));
  });
}

test("unknown fields are kept", () => {
  assert.deepEqual(JSON.parse(dumpGate(parseGate('{"phases": [1, 0, 0], "note": {"a": [1]}}'))).note, { a: [1] });
});
