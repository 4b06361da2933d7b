// Who imports whom under web/:
//
//   gligen.js -> */widget.js -> the editor's own parts -> lib      host.js -> the app, nobody else does

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";

const WEB = new URL("../../web/", import.meta.url);
const EDITORS = ["boxes", "poses", "gate"];
const SHELL = ["host.js", "editor.js", "layout_editor.js"]; // between the host and the widgets
const PURE = /\/(document|gate_json|geometry|history|layout|layout_json|model|palette|presets|schedule|skeleton|snapping|store|viewport)\.js$/;

const FILES = readdirSync(WEB, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".js"));
const IMPORTS = new Map(FILES.map((file) => [file, importsOf(file)]));

/** @param {string} file @returns {string[]} paths under web/; "../" for what is the host's */
function importsOf(file) {
  const source = readFileSync(new URL(file, WEB), "utf8");
  const found = source.matchAll(/^(?:import|export)\s(?:[^;"()=]*?\sfrom\s)?"([^"]+)";/gm);
  return [...found].map(([, path = ""]) => posix.join(posix.dirname(file), path));
}

/** @param {string} file @returns {string} its folder, "" for web/ itself */
const folderOf = (file) => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

test("every import is one of our files, but for the host's app in host.js", () => {
  for (const [file, paths] of IMPORTS) {
    for (const path of paths) {
      assert.ok(path.startsWith("../") ? file === "host.js" : IMPORTS.has(path), `${file} -> ${path}`);
    }
  }
  assert.deepEqual(IMPORTS.get("host.js")?.filter((path) => path.startsWith("../")).length, 2);
});

test("lib imports lib, an editor its own parts and lib, and only its widget the shell", () => {
  for (const [file, paths] of IMPORTS) {
    const folder = folderOf(file);
    const allowed = (/** @type {string} */ path) => {
      const to = folderOf(path);
      if (folder === "lib") return to === "lib";
      if (!folder) return !EDITORS.includes(to) || file === "gligen.js";
      return to === folder || to === "lib" || (file.endsWith("/widget.js") && SHELL.includes(path));
    };
    for (const path of paths) assert.ok(allowed(path), `${file} must not import ${path}`);
  }
});

test("only gligen.js knows the editors, by their widgets", () => {
  const widgets = EDITORS.map((editor) => `${editor}/widget.js`);
  assert.deepEqual(IMPORTS.get("gligen.js")?.sort(), [...widgets, "host.js"].sort());
  for (const [file, paths] of IMPORTS) {
    if (file === "gligen.js") continue;
    assert.deepEqual(paths.filter((path) => widgets.includes(path)), [], file);
  }
});

test("no file imports itself by a detour", () => {
  /** @param {string} file @param {string[]} way */
  const walk = (file, way) => {
    assert.ok(!way.includes(file), [...way, file].join(" -> "));
    for (const path of IMPORTS.get(file) ?? []) walk(path, [...way, file]);
  };
  for (const file of FILES) walk(file, []);
});

test("models import models, and no element, stage or string", async () => {
  const pure = FILES.filter((file) => PURE.test(file));
  assert.ok(pure.length > EDITORS.length);
  for (const file of pure) {
    for (const path of IMPORTS.get(file) ?? []) assert.match(path, PURE, `${file} -> ${path}`);
    await import(new URL(file, WEB).href); // runs without a browser
  }
});
