// Keys of the layout canvas, besides those of every canvas (editor.js). README and help pages show the same table.

/** @typedef {import("./widget.js").BoxEditor} BoxEditor */

const COARSE = 0.01; // of the canvas: an arrow key
const FINE = 0.001; // with Shift

/** @param {BoxEditor} editor @returns {import("../lib/keys.js").KeyTable} */
export function keyTable(editor) {
  const { session } = editor;
  const selected = () => session.selection.size > 0;
  return {
    ...arrows(session),
    "mod+a": () => editor.selectAll(),
    "mod+d": () => session.duplicate(),
    delete: () => session.remove(),
    backspace: () => session.remove(),
    escape: () => (selected() ? session.select(new Set()) : false),
    enter: () => editor.renameSelected(),
    f2: () => editor.renameSelected(),
    n: () => editor.addBox(),
    ".": () => session.selectNext(1),
    ",": () => session.selectNext(-1),
    "]": () => session.reorder(1),
    "[": () => session.reorder(-1),
    l: () => editor.toggleLock(),
    h: () => editor.toggleHidden(),
    s: () => editor.toggleSnap(),
  };
}

/** @param {import("./session.js").Session} session @returns {import("../lib/keys.js").KeyTable} */
function arrows(session) {
  /** @type {import("../lib/keys.js").KeyTable} */
  const table = {};
  for (const [key, x, y] of /** @type {const} */ ([
    ["arrowleft", -1, 0],
    ["arrowright", 1, 0],
    ["arrowup", 0, -1],
    ["arrowdown", 0, 1],
  ])) {
    for (const [prefix, step, what] of /** @type {const} */ ([
      ["", COARSE, "move"],
      ["shift+", FINE, "move"],
      ["alt+", COARSE, "resize"],
      ["alt+shift+", FINE, "resize"],
    ])) {
      table[prefix + key] = () => session.nudge({ x: x * step, y: y * step }, what);
    }
  }
  return table;
}
