// Draws a gate on its stage: a column for each step, the line, its points.

import { readTheme } from "../lib/theme.js";
import { t } from "../lib/strings.js";
import { handlesOf, outlineOf } from "./model.js";
import { toPoint } from "./plot.js";
import { gatesOfSteps } from "./schedule.js";

/** @typedef {import("./session.js").Session} Session @typedef {import("./plot.js").Plot} Plot
 * @typedef {import("./schedule.js").Knot} Knot @typedef {import("../lib/theme.js").Theme} Theme */

const FONT = "10.5px Inter, system-ui, sans-serif";
const POINT_PX = 5; // radius
const GAP_PX = 1.5; // between columns, while there is room for it

/** @param {CanvasRenderingContext2D} context @param {Session} session
 * @param {import("../lib/stage.js").Stage} stage */
export function drawSession(context, session, stage) {
  const theme = readTheme(stage.element);
  const { plot } = session;
  const faded = session.wired.length > 0;
  drawPaper(context, plot, theme);
  drawGrid(context, plot, theme);
  context.save();
  if (faded) context.globalAlpha = 0.35;
  drawColumns(context, plot, session, theme);
  drawLine(context, plot, outlineOf(session.gate), theme);
  handlesOf(session.gate).forEach((knot, index) => {
    drawPoint(context, plot, knot, index === session.selected, theme);
  });
  context.restore();
  if (faded) drawWired(context, plot, session.wired, theme);
  if (session.selectedKnot) drawReading(context, plot, session.selectedKnot, theme);
}

/** @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Theme} theme */
function drawPaper(context, plot, theme) {
  context.fillStyle = theme.paper;
  context.beginPath();
  context.roundRect(plot.x, plot.y, plot.width, plot.height, 4);
  context.fill();
}

/** Quarters, with the gate at the left and the progress beneath.
 * @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Theme} theme */
function drawGrid(context, plot, theme) {
  context.font = FONT;
  context.lineWidth = 1;
  context.fillStyle = theme.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (let gate = 0; gate <= plot.top; gate += 0.25) {
    const y = Math.round(toPoint(plot, [0, gate]).y) + 0.5;
    const whole = gate % 0.5 === 0;
    context.strokeStyle = lineColour(theme, whole ? 14 : 7);
    strokeLine(context, plot.x, y, plot.x + plot.width, y);
    if (whole) context.fillText(String(gate), plot.x - 7, y);
  }
  context.textBaseline = "top";
  for (let quarter = 0; quarter <= 4; quarter++) {
    const x = Math.round(toPoint(plot, [quarter / 4, 0]).x) + 0.5;
    context.strokeStyle = lineColour(theme, quarter % 2 ? 7 : 14);
    strokeLine(context, x, plot.y, x, plot.y + plot.height);
    context.textAlign = quarter === 0 ? "left" : quarter === 4 ? "right" : "center";
    const text = quarter === 0 ? t("gate.noise") : quarter === 4 ? t("gate.done") : `${quarter * 25} %`;
    context.fillText(text, x, plot.y + plot.height + 6);
  }
}

/** Draws the gate of each step. @param {CanvasRenderingContext2D} context @param {Plot} plot
 * @param {Session} session @param {Theme} theme */
function drawColumns(context, plot, { gate, steps, hoveredStep }, theme) {
  const width = plot.width / steps;
  const gap = width > 4 * GAP_PX ? GAP_PX : 0;
  context.fillStyle = theme.accent;
  const alpha = context.globalAlpha;
  gatesOfSteps(gate, steps).forEach((value, step) => {
    const top = toPoint(plot, [0, Math.min(value, plot.top)]).y;
    const x = plot.x + step * width + gap / 2;
    const bottom = plot.y + plot.height;
    if (step === hoveredStep) {
      context.globalAlpha = alpha * 0.1;
      context.fillRect(x, plot.y, width - gap, plot.height);
    }
    context.globalAlpha = alpha * (step === hoveredStep ? 0.5 : 0.26);
    context.fillRect(x, top, width - gap, bottom - top);
    context.globalAlpha = alpha * 0.55;
    if (value > 0) context.fillRect(x, top, width - gap, 1.5);
  });
  context.globalAlpha = alpha;
}

/** @param {CanvasRenderingContext2D} context @param {Plot} plot @param {readonly Knot[]} knots
 * @param {Theme} theme */
function drawLine(context, plot, knots, theme) {
  tracePath(context, plot, knots);
  context.strokeStyle = theme.accent;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Plot} plot @param {readonly Knot[]} knots
 * @param {Theme} theme */
function drawWired(context, plot, knots, theme) {
  context.save();
  tracePath(context, plot, knots);
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  context.setLineDash([5, 4]);
  context.stroke();
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Plot} plot @param {readonly Knot[]} knots */
function tracePath(context, plot, knots) {
  context.beginPath();
  for (const [progress, gate] of knots) {
    const { x, y } = toPoint(plot, [progress, Math.min(gate, plot.top)]);
    context.lineTo(x, y);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Knot} knot
 * @param {boolean} selected @param {Theme} theme */
function drawPoint(context, plot, knot, selected, theme) {
  const { x, y } = toPoint(plot, [knot[0], Math.min(knot[1], plot.top)]);
  context.beginPath();
  context.arc(x, y, selected ? POINT_PX + 1 : POINT_PX, 0, 2 * Math.PI);
  context.fillStyle = selected ? theme.accent : "#fff";
  context.strokeStyle = selected ? "#fff" : theme.accent;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

/** The selected point's numbers, beside it. @param {CanvasRenderingContext2D} context
 * @param {Plot} plot @param {Knot} knot @param {Theme} theme */
function drawReading(context, plot, knot, theme) {
  const text = `${Number((knot[0] * 100).toFixed(1))} % · ${Number(knot[1].toFixed(3))}`;
  const { x, y } = toPoint(plot, [knot[0], Math.min(knot[1], plot.top)]);
  context.font = `600 ${FONT}`;
  const width = context.measureText(text).width + 12;
  const left = x + 12 + width > plot.x + plot.width ? x - 12 - width : x + 12;
  const top = Math.min(Math.max(y - 9, plot.y + 2), plot.y + plot.height - 20);
  context.fillStyle = theme.accent;
  context.beginPath();
  context.roundRect(left, top, width, 18, 4);
  context.fill();
  context.fillStyle = "#fff";
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, left + 6, top + 9.5);
}

/** @param {CanvasRenderingContext2D} context @param {number} x0 @param {number} y0
 * @param {number} x1 @param {number} y1 */
function strokeLine(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** @param {Theme} theme @param {number} percent how much it stands out */
function lineColour({ dark }, percent) {
  return dark ? `rgb(255 255 255 / ${percent}%)` : `rgb(0 0 0 / ${percent}%)`;
}
