import assert from "node:assert/strict";
import { test } from "node:test";

import { combination } from "../../web/lib/keys.js";
import { setStrings, t } from "../../web/lib/strings.js";
import { fit, keepInSight, toFraction, toStage, zoom } from "../../web/lib/viewport.js";

const CANVAS = { width: 768, height: 512 };
const STAGE = { width: 400, height: 400 };

test("a fitted canvas lies wholly on the stage, in its middle", () => {
  const view = fit(CANVAS, STAGE);
  const [low, high] = [toStage(view, CANVAS, { x: 0, y: 0 }), toStage(view, CANVAS, { x: 1, y: 1 })];
  assert.ok(low.x > 0 && low.y > 0 && high.x < 400 && high.y < 400);
  assert.ok(Math.abs(low.x + high.x - 400) < 1e-9 && Math.abs(low.y + high.y - 400) < 1e-9);
  assert.ok(Math.abs((high.x - low.x) / (high.y - low.y) - 1.5) < 1e-9);
});

test("the place under the pointer stays there while zooming", () => {
  const [view, at] = [fit(CANVAS, STAGE), { x: 120, y: 210 }];
  const before = toFraction(view, CANVAS, at);
  const after = toFraction(zoom(view, 3, at, view.scale), CANVAS, at);
  assert.ok(Math.abs(before.x - after.x) < 1e-9 && Math.abs(before.y - after.y) < 1e-9);
});

test("zooming has its ends", () => {
  const view = fit(CANVAS, STAGE);
  assert.equal(zoom(view, 1e9, { x: 0, y: 0 }, view.scale).scale, view.scale * 32);
  assert.equal(zoom(view, 1e-9, { x: 0, y: 0 }, view.scale).scale, view.scale / 4);
});

test("a canvas can't be pushed out of sight", () => {
  const lost = { scale: 0.5, x: 9000, y: -9000 };
  const { x, y } = keepInSight(lost, CANVAS, STAGE);
  assert.ok(x < 400 && y + 256 > 0);
});

for (const [event, expected] of /** @type {const} */ ([
  [{ key: "z", ctrlKey: true }, "mod+z"],
  [{ key: "Z", metaKey: true, shiftKey: true }, "mod+shift+z"],
  [{ key: "ArrowLeft", altKey: true, shiftKey: true }, "alt+shift+arrowleft"],
  [{ key: " " }, "space"],
])) {
  test(`keys: ${expected}`, () => {
    const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    assert.equal(combination({ ...none, ...event }), expected);
  });
}

test("strings fall back to the next language, then to their key", () => {
  setStrings({ a: { b: "{count} Felder" } }, { a: { b: "{count} boxes", c: "undo" } });
  assert.deepEqual([t("a.b", { count: 2 }), t("a.c"), t("a.d")], ["2 Felder", "undo", "a.d"]);
});
