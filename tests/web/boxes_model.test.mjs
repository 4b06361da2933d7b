import assert from "node:assert/strict";
import { test } from "node:test";

import { parseLayout } from "../../web/lib/layout_json.js";
import {
  addEntity, copyText, duplicateEntities, entitiesAt, entitiesIn, entitiesOf, entityNamedIn,
  moveEntities, placeEntity, removeEntities, reorderEntities, changeEntities, movable, twoAtOnePlace,
} from "../../web/boxes/model.js";

const LAYOUT = parseLayout(`{"version": 1, "width": 768, "height": 512, "entities": [
  {"id": "a", "text": "a sky", "box": [0, 0, 1, 0.5], "mood": "grey"},
  {"id": "b", "text": "a ball", "box": [0.2, 0.2, 0.4, 0.4]},
  {"id": "c", "text": "a cup", "box": [0.7, 0.2, 0.9, 0.4], "locked": true}
], "seed": 7}`);
const ids = (/** @type {string[]} */ ...names) => new Set(names);
const order = (/** @type {typeof LAYOUT} */ layout) => layout.entities.map(({ id }) => id).join("");

test("a new box is on top, has a free id and nothing else changes", () => {
  const { layout, ids: added } = addEntity(LAYOUT, { box: [0.1, 0.1, 0.2, 0.2] });
  const [id] = added;
  assert.equal(layout.entities.at(-1)?.id, id);
  assert.ok(!["a", "b", "c"].includes(id ?? "a"));
  assert.deepEqual(layout.entities.slice(0, 3), LAYOUT.entities);
  assert.deepEqual(layout.extra, { seed: 7 });
});

test("a group moves together and stops together at the edge", () => {
  const moved = moveEntities(LAYOUT, ids("b", "c"), { x: 0.5, y: 0.1 });
  assert.deepEqual(moved.entities[1]?.box, [0.3, 0.3, 0.5, 0.5]);
  assert.deepEqual(moved.entities[2]?.box, [0.8, 0.3, 1, 0.5]);
  assert.equal(moved.entities[0], LAYOUT.entities[0]);
});

test("no move at all is the layout itself", () => {
  assert.equal(moveEntities(LAYOUT, ids("b"), { x: 0, y: 0 }), LAYOUT);
  assert.equal(removeEntities(LAYOUT, ids("nobody")), LAYOUT);
});

for (const [name, chosen, step, expected] of /** @type {const} */ ([
  ["one up", ["a"], 1, "bac"],
  ["two up, in their order", ["a", "b"], 1, "cab"],
  ["the topmost stays", ["c"], 1, "abc"],
  ["one down", ["c"], -1, "acb"],
  ["two down", ["b", "c"], -1, "bca"],
])) {
  test(`reorder: ${name}`, () => assert.equal(order(reorderEntities(LAYOUT, ids(...chosen), step)), expected));
}

test("an entity is placed anywhere in the list", () => {
  assert.equal(order(placeEntity(LAYOUT, "c", 0)), "cab");
  assert.equal(order(placeEntity(LAYOUT, "a", 2)), "bca");
});

test("a copy keeps unknown fields and gets its own id", () => {
  const { layout, ids: added } = duplicateEntities(LAYOUT, ids("a"));
  const copy = layout.entities.at(-1);
  assert.deepEqual(copy?.extra, { mood: "grey" });
  assert.ok(copy && added.has(copy.id) && copy.id !== "a");
});

test("the topmost box under a point comes first; hidden ones are not there", () => {
  assert.deepEqual(entitiesAt(LAYOUT, { x: 0.3, y: 0.3 }).map(({ id }) => id), ["b", "a"]);
  const hidden = changeEntities(LAYOUT, ids("b"), { hidden: true });
  assert.deepEqual(entitiesAt(hidden, { x: 0.3, y: 0.3 }).map(({ id }) => id), ["a"]);
});

test("a marquee takes what it touches, but nothing locked", () => {
  assert.deepEqual(entitiesIn(LAYOUT, [0.3, 0.3, 0.95, 0.9]), ids("a", "b"));
  assert.deepEqual(movable(LAYOUT, ids("b", "c")), ids("b"));
});

test("what is copied can be pasted, from the text alone", () => {
  const pasted = entitiesOf(copyText(LAYOUT, ids("a", "c")));
  assert.deepEqual(pasted, [LAYOUT.entities[0], LAYOUT.entities[2]]);
});

test("a bare list of entities can be pasted too, other text can't", () => {
  assert.equal(entitiesOf('[{"text": "a dog", "box": [0, 0, 0.5, 0.5]}]')?.[0]?.text, "a dog");
  for (const text of ["a dog", "[]", "{}", '[{"text": "a dog"}]', "7"]) assert.equal(entitiesOf(text), null);
});

test("an error of the server points at its entity", () => {
  assert.equal(entityNamedIn(LAYOUT, "Layout: entity 2 ('a ball'): 'strength' is -1")?.id, "b");
  assert.equal(entityNamedIn(LAYOUT, "Layout: 'width' is 0"), null);
});

test("two boxes at one place are found, wherever they are in the list", () => {
  assert.equal(twoAtOnePlace(LAYOUT), null);
  const copy = duplicateEntities(LAYOUT, ids("b"), { x: 0.01, y: 0 });
  const [under, upper] = twoAtOnePlace(copy.layout) ?? [];
  assert.deepEqual([under?.id, upper?.text], ["b", "a ball"]);
  assert.equal(twoAtOnePlace(duplicateEntities(LAYOUT, ids("b"), { x: 0.011, y: 0 }).layout), null);
});
