// Draws the people of a session on its stage.

import { drawDashedFrame, drawHandles, drawInvitation, drawPaper, rectangle } from "../lib/paper.js";
import { colourOf, inkOn } from "../lib/palette.js";
import { t } from "../lib/strings.js";
import { readTheme } from "../lib/theme.js";
import { placeOf } from "./hits.js";
import { boundsOf, isInside, isThere, isUnplaced } from "./model.js";
import { HEAD, HIPS, LIMBS, NOSE, SHOULDERS, sideOf, sideOfLimb } from "./skeleton.js";

/** @typedef {import("../lib/layout.js").Pose} Pose @typedef {import("../lib/layout.js").Joint} Joint
 * @typedef {import("../lib/stage.js").Stage} Stage @typedef {import("../lib/theme.js").Theme} Theme
 * @typedef {import("../lib/types.js").Point} Point @typedef {import("./session.js").Session} Session */

/** @typedef {object} State @property {boolean} selected @property {boolean} hovered
 * @property {boolean} refused @property {number | null} joint @property {number} number */

/** The person's own left and right, told apart by most eyes on light and dark (gligen_core/draw.py). */
const SIDE_COLOURS = Object.freeze({ left: "#2f8fff", right: "#ff7f1e" });

const FONT = "600 11px Inter, system-ui, sans-serif";
const OUTSIDE = 0.3; // how much is seen of what lies beyond the canvas

/** Colour of a joint or a limb: its side's, and the person's own in the middle.
 * @param {Pose} pose @param {import("./skeleton.js").Side} side */
export function colourOfSide(pose, side) {
  return side === "centre" ? colourOf(pose) : SIDE_COLOURS[side];
}

/** @param {CanvasRenderingContext2D} context @param {Session} session
 * @param {import("../lib/backdrop.js").Backdrop} backdrop */
export function drawSession(context, session, backdrop) {
  const { stage, layout, hovered } = session;
  const theme = readTheme(stage.element);
  drawPaper(context, stage, theme, backdrop);
  if (!layout.poses.length && !session.ghosts.length) drawInvitation(context, stage, theme, t("poses.invitation"));
  for (const ghost of session.ghosts) drawGhost(context, stage, ghost, theme);
  layout.poses.forEach((pose, index) => {
    drawPerson(context, stage, pose, theme, {
      selected: session.selection.has(pose.id),
      hovered: hovered?.id === pose.id,
      refused: session.refused.has(pose.id),
      joint: session.person === pose ? session.joint : null,
      number: index + 1,
    });
  });
  if (hovered) drawHover(context, stage, session, theme);
  const frame = session.selectionFrame();
  if (!frame) return;
  drawDashedFrame(context, rectangle(stage, frame), theme);
  drawHandles(context, stage, frame, theme);
}

/** @param {CanvasRenderingContext2D} context @param {Stage} stage @param {Pose} pose
 * @param {Theme} theme @param {State} state */
function drawPerson(context, stage, pose, theme, state) {
  const places = pose.joints.map((joint) => placeOf(stage, joint));
  const line = thicknessOf(stage, pose);
  const strong = state.selected || state.hovered;
  context.save();
  context.lineCap = "round";
  drawBody(context, pose, places, line, theme, state.refused);
  for (const limb of limbsOf(pose)) {
    const [from, to] = [places[limb.inner], places[limb.outer]];
    if (!from || !to) continue;
    const inside = [limb.inner, limb.outer].every((index) => isInside(pose.joints[index] ?? [0, 0, 0]));
    context.globalAlpha = (strong ? 1 : 0.85) * (inside ? 1 : OUTSIDE);
    context.strokeStyle = colourOfSide(pose, sideOfLimb(limb));
    context.lineWidth = limb.kind === "head" ? Math.max(line * 0.6, 1.5) : line;
    strokeLine(context, from, to);
  }
  pose.joints.forEach((joint, index) => {
    const at = places[index];
    if (!at || isUnplaced(joint) || (!isThere(joint) && !state.selected)) return;
    context.globalAlpha = isInside(joint) ? 1 : OUTSIDE;
    const radius = (HEAD.includes(index) ? 0.62 : 0.85) * line + (strong ? 1 : 0);
    const colour = colourOfSide(pose, sideOf(index));
    drawJoint(context, at, Math.max(radius, 2.5), colour, isThere(joint), state.joint === index, theme);
  });
  context.restore();
  drawNumber(context, pose, places, state, theme);
}

/** Neck, trunk and head behind the lines, so that a figure reads as a person.
 * @param {CanvasRenderingContext2D} context @param {Pose} pose @param {Point[]} places
 * @param {number} line @param {Theme} theme @param {boolean} refused */
function drawBody(context, pose, places, line, theme, refused) {
  const seen = (/** @type {number} */ index) => {
    const place = places[index];
    return place && isThere(pose.joints[index] ?? [0, 0, 0]) ? [place] : [];
  };
  const colour = refused ? theme.danger : colourOf(pose);
  const trunk = [SHOULDERS[0], SHOULDERS[1], HIPS[1], HIPS[0]].flatMap(seen);
  context.fillStyle = colour;
  context.globalAlpha = refused ? 0.3 : 0.14;
  if (trunk.length > 2) {
    context.beginPath();
    for (const { x, y } of trunk) context.lineTo(x, y);
    context.fill();
  }
  const shoulders = SHOULDERS.flatMap(seen);
  const head = HEAD.flatMap(seen);
  const [nose] = seen(NOSE);
  if (nose && shoulders.length === 2) {
    context.globalAlpha = 0.85;
    context.strokeStyle = colour;
    context.lineWidth = Math.max(line * 0.8, 1.5);
    strokeLine(context, middleOf(shoulders), nose);
  }
  if (head.length > 2) {
    const middle = middleOf(head);
    const radius = Math.max(...head.map(({ x, y }) => Math.hypot(x - middle.x, y - middle.y))) * 1.35;
    context.globalAlpha = 0.18;
    context.beginPath();
    context.ellipse(middle.x, middle.y, radius, radius * 1.2, 0, 0, 2 * Math.PI);
    context.fill();
  }
}

/** @param {CanvasRenderingContext2D} context @param {Point} at @param {number} radius
 * @param {string} colour @param {boolean} there @param {boolean} selected @param {Theme} theme */
function drawJoint(context, { x, y }, radius, colour, there, selected, theme) {
  context.beginPath();
  context.arc(x, y, selected ? radius + 2 : radius, 0, 2 * Math.PI);
  context.fillStyle = there ? colour : theme.paper;
  context.strokeStyle = there ? "#fff" : colour;
  context.lineWidth = selected ? 2.5 : 1.25;
  context.setLineDash(there ? [] : [2, 2]);
  context.fill();
  context.stroke();
  if (!selected) return;
  context.setLineDash([]);
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, radius + 5, 0, 2 * Math.PI);
  context.stroke();
}

/** Which person it is, above the head. @param {CanvasRenderingContext2D} context @param {Pose} pose
 * @param {Point[]} places @param {State} state @param {Theme} theme */
function drawNumber(context, pose, places, { number, selected, refused }, theme) {
  const seen = places.filter((_, index) => isThere(pose.joints[index] ?? [0, 0, 0]));
  const highest = seen.sort((a, b) => a.y - b.y)[0];
  if (!highest) return;
  const [x, y] = [highest.x, highest.y - 26];
  context.save();
  const colour = refused ? theme.danger : colourOf(pose);
  context.fillStyle = colour;
  context.strokeStyle = theme.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fill();
  if (selected) {
    context.beginPath();
    context.arc(x, y, 10, 0, 2 * Math.PI);
    context.stroke();
  }
  context.fillStyle = inkOn(colour);
  context.font = FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(number), x, y + 0.5);
  context.restore();
}

/** The joint or limb that a press would take. @param {CanvasRenderingContext2D} context
 * @param {Stage} stage @param {Session} session @param {Theme} theme */
function drawHover(context, stage, { layout, hovered }, theme) {
  const pose = layout.poses.find(({ id }) => id === hovered?.id);
  if (!pose || !hovered) return;
  const indices = hovered.limb ? [hovered.limb.inner, hovered.limb.outer] : [hovered.joint];
  const [from, to] = indices.map((index) => placeOf(stage, pose.joints[index] ?? [0, 0, 0]));
  if (!from) return;
  context.save();
  context.strokeStyle = theme.accent;
  context.globalAlpha = to ? 0.45 : 1;
  context.lineCap = "round";
  context.lineWidth = to ? thicknessOf(stage, pose) + 6 : 1.5;
  if (to) strokeLine(context, from, to);
  else {
    context.beginPath();
    context.arc(from.x, from.y, thicknessOf(stage, pose) + 5, 0, 2 * Math.PI);
    context.stroke();
  }
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Stage} stage @param {Pose} ghost
 * @param {Theme} theme */
function drawGhost(context, stage, ghost, theme) {
  context.save();
  context.strokeStyle = theme.muted;
  context.lineWidth = 2;
  context.setLineDash([3, 4]);
  for (const { inner, outer } of limbsOf(ghost)) {
    const [from, to] = [ghost.joints[inner], ghost.joints[outer]];
    if (from && to) strokeLine(context, placeOf(stage, from), placeOf(stage, to));
  }
  context.restore();
}

/** The limbs whose two ends are there. @param {Pose} pose */
function limbsOf({ joints }) {
  return LIMBS.filter(({ inner, outer }) => isThere(joints[inner] ?? [0, 0, 0]) && isThere(joints[outer] ?? [0, 0, 0]));
}

/** Width of a limb in CSS pixels: bigger people have bigger bones. @param {Stage} stage @param {Pose} pose */
function thicknessOf(stage, pose) {
  const bounds = boundsOf(pose);
  if (!bounds) return 2;
  const { width, height } = rectangle(stage, bounds);
  return Math.min(Math.max(Math.max(width, height) / 55, 2.5), 8);
}

/** @param {Point[]} points @returns {Point} */
function middleOf(points) {
  const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** @param {CanvasRenderingContext2D} context @param {Point} from @param {Point} to */
function strokeLine(context, from, to) {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}
