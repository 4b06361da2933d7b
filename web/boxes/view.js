// Draws a session on its stage.

import { HANDLE_PX, drawDashedFrame, drawHandles, drawInvitation, drawPaper, rectangle } from "../lib/paper.js";
import { colourOf, inkOn } from "../lib/palette.js";
import { t } from "../lib/strings.js";
import { readTheme } from "../lib/theme.js";
import { isUnnamed } from "./model.js";

/** @typedef {import("../lib/types.js").Box} Box @typedef {import("../lib/stage.js").Stage} Stage
 * @typedef {import("../lib/theme.js").Theme} Theme @typedef {import("../lib/layout.js").Entity} Entity
 * @typedef {import("../lib/paper.js").Rectangle} Rectangle
 * @typedef {import("./session.js").Session} Session */

/** @typedef {object} Look
 * @property {number} grid cells, 0 for none @property {string | null} hovered id
 * @property {import("../lib/thumbnails.js").Thumbnails} thumbnails */

/** @typedef {object} State
 * @property {string} colour @property {boolean} selected @property {boolean} hovered
 * @property {boolean} refused @property {HTMLImageElement | null} picture its reference, if known */

const THIRDS = 3; // cells, while the person wants no grid
const LABEL_PX = 16;
const THUMBNAIL_PX = 72; // at most, and never more than half of the box
const FONT = "500 11px Inter, system-ui, sans-serif";

/** @param {CanvasRenderingContext2D} context @param {Session} session
 * @param {import("../lib/backdrop.js").Backdrop} backdrop @param {Look} look */
export function drawSession(context, session, backdrop, look) {
  const { stage, layout, shown } = session;
  const theme = readTheme(stage.element);
  drawPaper(context, stage, theme, backdrop);
  drawGrid(context, stage, theme, look.grid || THIRDS);
  if (!layout.entities.length && !shown.drawing) drawInvitation(context, stage, theme, t("boxes.invitation"));
  for (const ghost of session.ghosts) drawGhost(context, stage, ghost, theme);
  const seen = layout.entities.filter(({ hidden }) => !hidden);
  const pictureOf = (/** @type {Entity} */ entity) => {
    const url = session.pictureOf(entity);
    return url === null ? null : look.thumbnails.get(url);
  };
  const states = seen.map((entity) => ({
    picture: pictureOf(entity),
    colour: colourOf(entity),
    selected: session.selection.has(entity.id),
    hovered: look.hovered === entity.id,
    refused: session.refused.has(entity.id) || isUnnamed(entity),
  }));
  const eachEntity = (/** @type {(entity: Entity, state: State) => void} */ draw) =>
    seen.forEach((entity, index) => draw(entity, /** @type {State} */ (states[index])));
  eachEntity((entity, state) => drawEntity(context, stage, entity, theme, state));
  // Whole phrases last, so that no other box covers them.
  eachEntity((entity, state) => isLifted(state) && drawName(context, stage, entity, theme, state));
  if (shown.drawing) drawDraft(context, session, shown.drawing, theme);
  if (shown.marquee) drawMarquee(context, rectangle(stage, shown.marquee), theme);
  if (shown.guides) drawGuides(context, stage, shown.guides, theme);
  const frame = session.selectionBounds();
  if (frame && !shown.drawing) drawFrame(context, session, frame, theme);
}

/** @param {CanvasRenderingContext2D} context @param {Stage} stage @param {Theme} theme
 * @param {number} cells across the canvas */
function drawGrid(context, stage, theme, cells) {
  const paper = rectangle(stage, [0, 0, 1, 1]);
  context.strokeStyle = theme.dark ? "rgb(255 255 255 / 9%)" : "rgb(0 0 0 / 9%)";
  context.lineWidth = 1;
  context.beginPath();
  for (let line = 1; line < cells; line++) crossLine(context, paper, line / cells);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Rectangle} paper @param {number} share */
function crossLine(context, paper, share) {
  const x = Math.round(paper.x + paper.width * share) + 0.5;
  const y = Math.round(paper.y + paper.height * share) + 0.5;
  context.moveTo(x, paper.y);
  context.lineTo(x, paper.y + paper.height);
  context.moveTo(paper.x, y);
  context.lineTo(paper.x + paper.width, y);
}

/** Whether the whole phrase is shown: that of a box which is pointed at or selected.
 * @param {State} state */
function isLifted({ selected, hovered }) {
  return selected || hovered;
}

/** Draws a box with its phrase, unless that is drawn later. @param {CanvasRenderingContext2D} context
 * @param {Stage} stage @param {Entity} entity @param {Theme} theme @param {State} state */
function drawEntity(context, stage, entity, theme, state) {
  const { colour, selected, hovered, refused } = state;
  const { x, y, width, height } = rectangle(stage, entity.box);
  const strength = Math.min(Math.max(entity.strength, 0), 1);
  context.save();
  context.globalAlpha = (selected ? 0.3 : hovered ? 0.24 : 0.16) * (0.35 + 0.65 * strength);
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = refused ? theme.danger : colour;
  context.lineWidth = selected ? 2 : 1.5;
  if (refused) context.setLineDash([5, 3]);
  context.strokeRect(x, y, width, height);
  context.restore();
  if (state.picture) drawThumbnail(context, state.picture, { x, y, width, height }, colour);
  if (!isLifted(state)) drawName(context, stage, entity, theme, state);
}

/** Whole, in the lower right corner of the box. @param {CanvasRenderingContext2D} context
 * @param {HTMLImageElement} picture @param {Rectangle} box @param {string} colour */
function drawThumbnail(context, picture, box, colour) {
  const room = Math.min(THUMBNAIL_PX, box.width / 2, box.height / 2);
  const scale = room / Math.max(picture.naturalWidth, picture.naturalHeight);
  const [width, height] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
  const [x, y] = [box.x + box.width - width - 4, box.y + box.height - height - 4];
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.drawImage(picture, x, y, width, height);
  context.strokeRect(x, y, width, height);
  context.restore();
}

/** A chip with the phrase in the top left corner: cut at the box, or whole where it is lifted.
 * @param {CanvasRenderingContext2D} context @param {Stage} stage @param {Entity} entity
 * @param {Theme} theme @param {State} state */
function drawName(context, stage, entity, theme, state) {
  const box = rectangle(stage, entity.box);
  const name = entity.text || (entity.image === null ? t("boxes.unnamed") : t("boxes.image", { number: entity.image }));
  const text = `${entity.locked ? "🔒 " : ""}${name}`;
  const colour = state.refused ? theme.danger : state.colour;
  if (isLifted(state)) {
    const inset = state.selected && box.height > 3 * LABEL_PX ? HANDLE_PX / 2 + 1 : 0; // clear of the handles
    const above = box.height < LABEL_PX * 1.5;
    drawLabel(context, text, { x: box.x + inset, y: above ? box.y - LABEL_PX : box.y + inset }, stage, colour);
    return;
  }
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  drawLabel(context, text, box, stage, colour, box.width);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {string} text
 * @param {import("../lib/types.js").Point} at its top left corner, moved onto the stage
 * @param {Stage} stage @param {string} colour @param {number} [room] the widest it may be */
function drawLabel(context, text, at, stage, colour, room = stage.size.width) {
  context.save();
  context.font = FONT;
  const shown = shorten(context, text, room - 10);
  const width = Math.min(context.measureText(shown).width + 10, room);
  const x = Math.min(Math.max(at.x, 0), Math.max(stage.size.width - width, 0));
  const y = Math.max(at.y, 0);
  context.fillStyle = colour;
  context.fillRect(x, y, width, LABEL_PX);
  context.fillStyle = inkOn(colour);
  context.textBaseline = "middle";
  context.fillText(shown, x + 5, y + LABEL_PX / 2 + 0.5);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} room */
function shorten(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let length = Math.min(text.length, Math.floor(room / 4));
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length).trimEnd()}…`;
}

/** @param {CanvasRenderingContext2D} context @param {Stage} stage @param {Entity} ghost
 * @param {Theme} theme */
function drawGhost(context, stage, ghost, theme) {
  const box = rectangle(stage, ghost.box);
  context.save();
  context.setLineDash([3, 4]);
  context.strokeStyle = theme.muted;
  context.strokeRect(box.x, box.y, box.width, box.height);
  context.setLineDash([]);
  context.font = FONT;
  context.fillStyle = theme.muted;
  context.textBaseline = "bottom";
  context.fillText(shorten(context, `+ ${ghost.text}`, Math.max(box.width - 8, 60)), box.x + 4, box.y + box.height - 3);
  context.restore();
}

/** Draws the box being drawn, with its size in the layout's pixels. @param {CanvasRenderingContext2D} context
 * @param {Session} session @param {Box} box @param {Theme} theme */
function drawDraft(context, session, box, theme) {
  const place = rectangle(session.stage, box);
  context.save();
  context.fillStyle = theme.accent;
  context.globalAlpha = 0.18;
  context.fillRect(place.x, place.y, place.width, place.height);
  context.globalAlpha = 1;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.strokeRect(place.x, place.y, place.width, place.height);
  context.restore();
  drawSize(context, session, box, theme);
}

/** @param {CanvasRenderingContext2D} context @param {Session} session @param {Box} box
 * @param {Theme} theme */
function drawSize(context, session, box, theme) {
  const place = rectangle(session.stage, box);
  const { width, height } = session.layout;
  const text = `${Math.round((box[2] - box[0]) * width)} × ${Math.round((box[3] - box[1]) * height)}`;
  context.save();
  context.font = FONT;
  const length = context.measureText(text).width + 8;
  const x = Math.min(place.x + place.width - length, session.stage.size.width - length);
  const y = Math.min(place.y + place.height + 4, session.stage.size.height - LABEL_PX);
  context.fillStyle = theme.accent;
  context.fillRect(x, y, length, LABEL_PX);
  context.fillStyle = inkOn(theme.accent);
  context.textBaseline = "middle";
  context.fillText(text, x + 4, y + LABEL_PX / 2 + 0.5);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Rectangle} place @param {Theme} theme */
function drawMarquee(context, place, theme) {
  context.save();
  context.fillStyle = theme.accent;
  context.globalAlpha = 0.1;
  context.fillRect(place.x, place.y, place.width, place.height);
  context.restore();
  drawDashedFrame(context, place, theme);
}

/** @param {CanvasRenderingContext2D} context @param {Stage} stage
 * @param {import("./snapping.js").Lines} guides @param {Theme} theme */
function drawGuides(context, stage, guides, theme) {
  const paper = rectangle(stage, [0, 0, 1, 1]);
  context.save();
  context.strokeStyle = theme.accent;
  context.lineWidth = 1;
  context.beginPath();
  for (const share of guides.x) {
    const x = Math.round(paper.x + paper.width * share) + 0.5;
    context.moveTo(x, paper.y);
    context.lineTo(x, paper.y + paper.height);
  }
  for (const share of guides.y) {
    const y = Math.round(paper.y + paper.height * share) + 0.5;
    context.moveTo(paper.x, y);
    context.lineTo(paper.x + paper.width, y);
  }
  context.stroke();
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Session} session @param {Box} frame
 * @param {Theme} theme */
function drawFrame(context, session, frame, theme) {
  const { stage, selection, shown } = session;
  if (selection.size > 1) drawDashedFrame(context, rectangle(stage, frame), theme);
  drawHandles(context, stage, frame, theme);
  if (shown.guides !== undefined) drawSize(context, session, frame, theme);
}
