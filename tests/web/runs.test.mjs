// What descends from a layout in a run, and which pictures its numbers mean.

import assert from "node:assert/strict";
import { test } from "node:test";

import { referencesOf } from "../../web/lib/references.js";
import { Runs, pictureFrom } from "../../web/lib/runs.js";

/** @param {string} type @param {Record<string, unknown>} [inputs] */
const node = (type, inputs = {}) => ({ class_type: type, inputs });
/** @param {string} filename */
const shows = (filename) => ({ images: [{ filename }] });

const PROMPT = {
  1: node("GLIGEN_Layout", { layout: "{}" }),
  2: node("GLIGEN_Ground", { layout: ["1", 0] }),
  3: node("KSampler", { model: ["2", 0] }),
  4: node("VAEDecode", { samples: ["3", 0] }),
  5: node("SaveImage", { images: ["4", 0] }),
  6: node("GLIGEN_PreviewLayout", { layout: ["1", 0], image: ["4", 0] }),
  7: node("PreviewImage", { images: ["6", 0] }),
  8: node("LoadImage"),
  9: node("PreviewImage", { images: ["8", 0] }),
  "20:10": node("GLIGEN_Layout", { layout: "{}" }),
};

test("the picture is the last one that descends from the layout, whatever ran last", () => {
  const outputs = { 5: shows("result"), 9: shows("another") };
  assert.equal(pictureFrom({ prompt: PROMPT, outputs }, "1")?.filename, "result");
  assert.equal(pictureFrom({ prompt: PROMPT, outputs }, "20:10"), null);
});

test("an overlay is no result, nor is what is made of one", () => {
  assert.equal(pictureFrom({ prompt: PROMPT, outputs: { 6: shows("drawn"), 7: shows("drawn") } }, "1"), null);
  const both = { 5: shows("result"), 6: shows("drawn"), 7: shows("drawn") };
  assert.equal(pictureFrom({ prompt: PROMPT, outputs: both }, "1")?.filename, "result");
});

test("each workflow has its own, and a run without a picture leaves the last one", () => {
  const runs = new Runs();
  runs.remember("one", { prompt: PROMPT, outputs: { 5: shows("first") } });
  runs.remember("two", { prompt: PROMPT, outputs: { 5: shows("second") } });
  runs.remember("one", { prompt: PROMPT, outputs: {} });
  assert.equal(runs.pictureOf("one", 1)?.filename, "first");
  assert.equal(runs.pictureOf("two", "1")?.filename, "second");
  assert.equal(runs.pictureOf("one", 10), null);
  assert.equal(runs.pictureOf("three", 1), null);
});

/** A node as the host has it. @param {Record<string, any>} parts */
function made({ takes = [], inputs = [], ...parts }) {
  return {
    outputs: takes.length ? [{ type: "GLIGEN_LAYOUT" }] : [],
    inputs: inputs.map(([name, type]) => ({ name, type })),
    getInputNode: (/** @type {number} */ slot) => inputs[slot]?.[2] ?? null,
    getOutputNodes: () => takes,
    ...parts,
  };
}

/** @param {string} file */
const load = (file) => made({ widgets: [{ name: "image", value: file }] });

test("a number means a picture of the batch at Ground, through edits and batches", () => {
  const two = [["image1", "IMAGE", load("a.png")], ["image2", "IMAGE", load("b.png")]];
  const scaled = made({ inputs: [["image", "IMAGE", made({ inputs: two })]] });
  const ground = made({ inputs: [["gligen", "GLIGEN_MODEL"], ["images", "IMAGE", scaled]] });
  const flip = made({ takes: [ground], inputs: [["layout", "GLIGEN_LAYOUT"]] });
  const urls = referencesOf(made({ takes: [flip] }), (file) => `/view/${file}`);
  assert.deepEqual(urls, ["/view/a.png", "/view/b.png"]);
});

test("no pictures where none is wired, and what a node shows where it has no file", () => {
  const bare = made({ inputs: [["gligen", "GLIGEN_MODEL"], ["images", "IMAGE"]] });
  assert.deepEqual(referencesOf(made({ takes: [bare] }), String), []);
  const shown = made({ imgs: [{ src: "x" }, { src: "y" }] });
  const ground = made({ inputs: [["gligen", "GLIGEN_MODEL"], ["images", "IMAGE", shown]] });
  assert.deepEqual(referencesOf(made({ takes: [ground] }), String), ["x", "y"]);
  assert.deepEqual(referencesOf(made({}), String), []);
});
