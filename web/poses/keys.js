// Keys of the pose canvas, besides undo, zoom and full screen (editor.js).

/** @typedef {import("./widget.js").PoseEditor} PoseEditor */

const COARSE = 0.01; // of the canvas: an arrow key
const FINE = 0.001; // with Shift
const GROWTH = 1.02; // with Alt and up or right

/** @param {PoseEditor} editor @returns {import("../lib/keys.js").KeyTable} */
export function keyTable(editor) {
  const { session } = editor;
  return {
    ...arrows(session),
    "mod+a": () => editor.selectAll(),
    "mod+d": () => session.duplicate(),
    delete: () => session.remove(),
    backspace: () => session.remove(),
    escape: () => {
      if (session.joint !== null) return session.select(session.selection);
      return session.selection.size > 0 ? session.select(new Set()) : false;
    },
    enter: () => editor.focusNumbers(),
    n: () => session.addSomewhere(),
    ".": () => session.selectNext(1),
    ",": () => session.selectNext(-1),
    "]": () => session.selectNextJoint(1),
    "[": () => session.selectNextJoint(-1),
    x: () => session.toggleJoint(),
    m: () => session.mirror(),
    t: () => session.turn(),
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
    table[key] = () => session.nudge({ x: x * COARSE, y: y * COARSE });
    table[`shift+${key}`] = () => session.nudge({ x: x * FINE, y: y * FINE });
    table[`alt+${key}`] = () => session.scale(x > 0 || y < 0 ? GROWTH : 1 / GROWTH);
  }
  return table;
}
