// The fixture that tests/gligen_core/test_colours.py reads too: one palette, two languages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { dumpLayout, parseLayout } from "../../web/lib/layout_json.js";
import { COLOURS, colourOf, colourOfId, inkOn, parsePalette } from "../../web/lib/palette.js";

const { palette, ids, chosen, ink } = JSON.parse(
  readFileSync(new URL("../fixtures/palette.json", import.meta.url), "utf8"),
);

test("the palette, the colour of an id, a chosen one and the ink on it are Python's", () => {
  assert.deepEqual(COLOURS, palette);
  for (const [id, colour] of Object.entries(ids)) assert.equal(colourOfId(id), colour, id);
  for (const [colour, black] of Object.entries(ink)) assert.equal(inkOn(colour), black, colour);
});

for (const { entity, colour } of chosen) {
  test(`${JSON.stringify(entity)} is ${colour}, and its field is kept`, () => {
    const thing = { text: "a ball", box: [0, 0, 1, 1], ...entity };
    const layout = parseLayout(JSON.stringify({ version: 1, entities: [thing] }));
    assert.equal(colourOf(layout.entities[0] ?? { id: "" }), colour);
    const [saved] = JSON.parse(dumpLayout(layout)).entities;
    assert.deepEqual(saved.colour, entity.colour);
  });
}

test("the ink has a contrast of 4.5 or more on any colour", () => {
  for (let grey = 0; grey < 256; grey++) {
    const colour = `#${grey.toString(16).padStart(2, "0").repeat(3)}`;
    const share = grey / 255;
    const light = share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    const contrast = inkOn(colour) === "#000000" ? (light + 0.05) / 0.05 : 1.05 / (light + 0.05);
    assert.ok(contrast >= 4.5, colour);
  }
});

test("colours of one's own: the palette itself, or no colour at all, is none", () => {
  assert.equal(parsePalette(""), null);
  assert.equal(parsePalette("red"), null);
  assert.equal(parsePalette(COLOURS.join(", ")), null);
  assert.deepEqual(parsePalette("#123456 and #ABCDEF"), ["#123456", "#abcdef"]);
});
