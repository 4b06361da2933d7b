// Drawing that both canvases of a layout share: the paper, an invitation on an empty one, and the frame
// around what is selected. Fractions become CSS pixels by `rectangle`.

import { HANDLES, handlePoint } from "./geometry.js";

/** @typedef {import("./types.js").Box} Box @typedef {import("./stage.js").Stage} Stage
 * @typedef {import("./theme.js").Theme} Theme */

/** Rectangle in CSS pixels. @typedef {{x: number, y: number, width: number, height: number}} Rectangle */

export const HANDLE_PX = 8;
const ALL_HANDLES = /** @type {import("./geometry.js").Handle[]} */ (Object.keys(HANDLES));
const INVITATION_FONT = "500 13px Inter, system-ui, sans-serif";

/** @param {Stage} stage @param {Box} box @returns {Rectangle} */
export function rectangle(stage, [x0, y0, x1, y1]) {
  const [low, high] = [stage.toStage({ x: x0, y: y0 }), stage.toStage({ x: x1, y: y1 })];
  return { x: low.x, y: low.y, width: high.x - low.x, height: high.y - low.y };
}

/** The canvas, with the picture beneath if there is one. @param {CanvasRenderingContext2D} context
 * @param {Stage} stage @param {Theme} theme @param {import("./backdrop.js").Backdrop} backdrop */
export function drawPaper(context, stage, theme, backdrop) {
  const { x, y, width, height } = rectangle(stage, [0, 0, 1, 1]);
  context.save();
  context.shadowColor = theme.dark ? "rgb(0 0 0 / 50%)" : "rgb(0 0 0 / 18%)";
  context.shadowBlur = 10;
  context.fillStyle = theme.paper;
  context.fillRect(x, y, width, height);
  context.restore();
  backdrop.draw(context, stage);
}

/** @param {CanvasRenderingContext2D} context @param {Stage} stage @param {Theme} theme
 * @param {string} text */
export function drawInvitation(context, stage, theme, text) {
  const { x, y } = stage.toStage({ x: 0.5, y: 0.5 });
  context.save();
  context.font = INVITATION_FONT;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y, stage.size.width - 24);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Rectangle} place @param {Theme} theme */
export function drawDashedFrame(context, { x, y, width, height }, theme) {
  context.save();
  context.setLineDash([4, 3]);
  context.lineWidth = 1;
  context.strokeStyle = theme.accent;
  context.strokeRect(x, y, width, height);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Stage} stage @param {Box} box
 * @param {Theme} theme */
export function drawHandles(context, stage, box, theme) {
  context.save();
  context.fillStyle = "#fff";
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const handle of ALL_HANDLES) {
    const { x, y } = stage.toStage(handlePoint(box, handle));
    context.roundRect(x - HANDLE_PX / 2, y - HANDLE_PX / 2, HANDLE_PX, HANDLE_PX, 2);
  }
  context.fill();
  context.stroke();
  context.restore();
}
