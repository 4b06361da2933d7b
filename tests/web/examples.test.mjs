import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { bringExamples, examplesOf } from "../../web/examples.js";

const FOLDER = new URL("../../example_workflows/", import.meta.url);

test("every example picture that a template loads is found, and nothing else", () => {
  const found = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => examplesOf(JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))));
  assert.deepEqual([...new Set(found)].sort(), readdirSync(new URL("input/", FOLDER)).sort());
});

for (const workflow of [
  null,
  {},
  { nodes: [{}] },
  { nodes: [{ type: "LoadImage", widgets_values: { image: "gligen_example_depth.png" } }] },
  { nodes: [{ type: "LoadImage", widgets_values: ["mine.png"] }] },
  { nodes: [{ type: "LoadImage", widgets_values: ["../gligen_example_depth.png"] }] },
  { nodes: [{ type: "Other", widgets_values: ["gligen_example_depth.png"] }] },
]) {
  test(`nothing is brought for ${JSON.stringify(workflow)}`, () => assert.deepEqual(examplesOf(workflow), []));
}

test("only what is not there is brought, under its own name", async () => {
  /** @type {string[]} */
  const put = [];
  const host = {
    isThere: async (/** @type {string} */ file) => file === "gligen_example_clock.png",
    read: async (/** @type {string} */ file) => new Blob([file]),
    put: async (/** @type {File} */ file) => void put.push(`${file.name}: ${await file.text()}`),
  };
  const came = await bringExamples(["gligen_example_clock.png", "gligen_example_depth.png"], host);
  assert.equal(came, 1);
  assert.deepEqual(put, ["gligen_example_depth.png: gligen_example_depth.png"]);
});
