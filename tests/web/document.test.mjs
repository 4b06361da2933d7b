// A widget's text, its value and its history.

import assert from "node:assert/strict";
import { test } from "node:test";

import { TextDocument } from "../../web/lib/document.js";
import { EMPTY_LAYOUT } from "../../web/lib/layout.js";
import { dumpLayout, parseLayout } from "../../web/lib/layout_json.js";

const ONE = '{"version":1, "entities":[{"text":"a ball","box":[0,0,0.5,0.5]}]}';
const TWO = '{"version":1, "entities":[{"text":"a cup","box":[0.5,0,1,0.5]}]}';

function opened(text = ONE) {
  const document = new TextDocument({ parse: (text) => parseLayout(text), dump: dumpLayout, empty: EMPTY_LAYOUT });
  document.load(text);
  return document;
}

test("a text that is typed is one step: undone and done again to the letter", () => {
  const document = opened();
  const { entities } = document.store.value;
  document.store.commit({ ...document.store.value, width: 768 });
  const edited = document.text;
  assert.equal(document.edit(TWO), null);
  assert.equal(document.text, TWO);
  document.store.undo();
  assert.equal(document.text, edited);
  document.store.undo();
  assert.equal(document.text, ONE);
  assert.equal(document.store.value.entities, entities);
  document.store.redo();
  document.store.redo();
  assert.equal(document.text, TWO);
});

test("a typed text that can't be read changes nothing and says why", () => {
  const document = opened();
  assert.match(document.edit("{oops") ?? "", /not JSON/);
  assert.equal(document.mistake, null);
  assert.equal(document.text, ONE);
  assert.equal(document.store.canUndo, false);
});

test("the same text again is no step", () => {
  const document = opened();
  assert.equal(document.edit(ONE), null);
  assert.equal(document.store.canUndo, false);
});

test("a broken text from outside is kept until a typed one can be read", () => {
  const document = opened("{oops");
  assert.match(document.mistake ?? "", /not JSON/);
  assert.equal(document.text, "{oops");
  assert.match(document.edit("{still") ?? "", /not JSON/);
  assert.equal(document.text, "{still");
  assert.equal(document.edit(ONE), null);
  assert.equal(document.text, ONE);
  assert.equal(document.mistake, null);
});

test("a text from outside begins a history of its own", () => {
  const document = opened();
  document.edit(TWO);
  document.load(ONE);
  assert.equal(document.store.canUndo, false);
});
