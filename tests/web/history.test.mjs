import assert from "node:assert/strict";
import { test } from "node:test";

import { TextDocument } from "../../web/lib/document.js";
import { record, redo, startHistory, undo } from "../../web/lib/history.js";
import { Store } from "../../web/lib/store.js";

test("undo and redo walk the same steps", () => {
  let history = record(record(startHistory(1), 2), 3);
  history = undo(undo(history));
  assert.equal(history.present, 1);
  assert.equal(undo(history), history);
  history = redo(history);
  assert.equal(history.present, 2);
  assert.equal(redo(redo(history)).present, 3);
});

test("a new step forgets what was undone", () => {
  const history = record(undo(record(startHistory("a"), "b")), "c");
  assert.equal(redo(history), history);
  assert.equal(undo(history).present, "a");
});

test("steps of one kind in a row are undone as one, until another comes between", () => {
  let history = record(record(startHistory(0), 1, "arrows"), 2, "arrows");
  assert.equal(undo(history).present, 0);
  history = record(record(history, 3), 4, "arrows");
  assert.equal(undo(history).present, 3);
});

test("no change is no step", () => {
  const history = startHistory(5);
  assert.equal(record(history, 5), history);
});

test("a preview is seen but not kept until it is committed", () => {
  const store = new Store(0);
  /** @type {string[]} */
  const heard = [];
  store.subscribe((reason) => heard.push(reason));
  store.preview(1);
  assert.deepEqual([store.value, store.committed, store.canUndo], [1, 0, false]);
  store.cancel();
  assert.equal(store.value, 0);
  store.preview(2);
  store.commit();
  store.undo();
  assert.equal(store.value, 0);
  assert.deepEqual(heard, ["preview", "cancel", "preview", "commit", "undo"]);
});

const numbers = () =>
  new TextDocument({
    parse: (text) => {
      if (!/^ *\d+$/.test(text)) throw new Error(`${text} is no number`);
      return { number: Number(text) };
    },
    dump: ({ number }) => String(number),
    empty: { number: 0 },
  });

test("a text stays as it came until something is edited", () => {
  const document = numbers();
  document.load("  007");
  assert.equal(document.text, "  007");
  document.store.commit({ number: 8 });
  assert.equal(document.text, "8");
  document.store.undo();
  assert.equal(document.text, "  007");
});

test("a text that can't be read is kept to the letter", () => {
  const document = numbers();
  document.load("seven");
  assert.deepEqual([document.text, document.mistake], ["seven", "seven is no number"]);
  document.load("7");
  assert.deepEqual([document.text, document.mistake], ["7", null]);
});

test("the same text again is no new beginning", () => {
  const document = numbers();
  document.load("1");
  document.store.commit({ number: 2 });
  document.load("2");
  assert.ok(document.store.canUndo);
});
