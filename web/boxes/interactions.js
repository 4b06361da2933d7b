// Drags on the layout canvas, one for each press: each function begins one Drag, which previews while it
// moves and commits when it ends. They know the editor's session, and neither elements nor the host.

import {
  axesOf, boundsOf, boxBetween, contains, difference, handleAt, handlePoint, moveBox, resizeBox, straight,
} from "../lib/geometry.js";
import { CLICK_PX } from "../lib/stage.js";
import * as model from "./model.js";
import { snapMove, snapPoint } from "./snapping.js";

/** @typedef {import("../lib/types.js").Point} Point @typedef {import("../lib/types.js").Box} Box
 * @typedef {import("../lib/types.js").Drag} Drag @typedef {import("./session.js").Session} Session
 * @typedef {import("../lib/types.js").Press} Press @typedef {import("../lib/geometry.js").Handle} Handle */

/** The drag that this press begins. @param {Session} session @param {Press} press @returns {Drag} */
export function beginDrag(session, press) {
  const frame = session.selectionBounds();
  const handle = frame && handleAt(frame, press.at, session.reach(press.coarse));
  if (frame && handle) return resizeDrag(session, frame, handle, press);
  const [under] = press.mod ? [] : model.entitiesAt(session.layout, press.at);
  if (under && !under.locked) return moveDrag(session, press);
  const ghost = under ? null : session.ghostAt(press.at);
  if (ghost) return { end: () => session.adopt([ghost]) };
  return press.shift ? marqueeDrag(session, press) : drawDrag(session, press);
}

/** A new box, or a click that selects what lies there. @param {Session} session
 * @param {Press} press @returns {Drag} */
function drawDrag(session, press) {
  const lines = session.linesWithout(new Set());
  // Ctrl from the beginning means: draw over what lies there. It says nothing about snapping then.
  const snapped = (/** @type {Press} */ { at, mod }) =>
    session.snap(mod && !press.mod, () => snapPoint(at, lines, session.reach(false)));
  const start = snapped(press)?.point ?? press.at;
  return {
    move(_, event) {
      const now = session.stage.pressOf(event);
      const end = snapped(now);
      session.show({ drawing: boxBetween(start, end?.point ?? now.at), guides: end?.guides ?? null });
    },
    end(_, event) {
      const { drawing } = session.shown;
      session.show({});
      const far = session.stage.distance(press.at, session.stage.pressOf(event).at) >= CLICK_PX;
      if (!drawing || !far) return clickOn(session, press);
      session.add({ box: drawing }, { name: true });
    },
    cancel: () => session.show({}),
  };
}

/** @param {Session} session @param {Press} press @returns {Drag} */
function marqueeDrag(session, press) {
  const before = session.selection;
  return {
    move(_, event) {
      const marquee = boxBetween(press.at, session.stage.pressOf(event).at);
      const met = marquee ? model.entitiesIn(session.layout, marquee) : [];
      session.show({ marquee });
      session.select(new Set([...before, ...met]));
    },
    end: () => session.show({}),
    cancel() {
      session.show({});
      session.select(before);
    },
  };
}

/** Move what is selected, with Alt a copy of it; a click selects.
 * @param {Session} session @param {Press} press @returns {Drag} */
function moveDrag(session, press) {
  const under = model.entitiesAt(session.layout, press.at).filter(({ locked }) => !locked);
  const held = under.find(({ id }) => session.selection.has(id)) ?? under[0];
  const wasSelected = held !== undefined && session.selection.has(held.id);
  if (held && !wasSelected) {
    session.select(press.shift ? new Set([...session.selection, held.id]) : new Set([held.id]));
  }
  let base = session.layout;
  let ids = model.movable(base, session.selection);
  let far = false;
  /** @type {Box | null} */
  let frame = null;
  /** @type {import("./snapping.js").Lines} */
  let lines = { x: [], y: [] };

  const leave = () => {
    far = true;
    if (press.alt) {
      const copies = model.duplicateEntities(base, ids, { x: 0, y: 0 });
      base = copies.layout;
      ids = copies.ids;
      session.select(ids);
    }
    frame = boundsOf(model.chosen(base, ids).map(({ box }) => box));
    lines = session.linesWithout(ids);
  };

  return {
    move(_, event) {
      const now = session.stage.pressOf(event);
      if (!far && session.stage.distance(press.at, now.at) < CLICK_PX) return;
      if (!far) leave();
      if (!frame) return;
      const from = frame;
      const by = straight(difference(press.at, now.at), now.shift);
      const snapped = session.snap(now.mod, () => snapMove(from, by, lines, session.reach(false)));
      const to = moveBox(frame, snapped?.by ?? by);
      session.show({ guides: snapped?.guides ?? null });
      session.store.preview(model.reshapeEntities(base, ids, frame, to));
    },
    end() {
      session.show({});
      if (far) session.store.commit();
      else if (wasSelected) clickOn(session, press);
    },
    cancel() {
      session.show({});
      session.store.cancel();
    },
  };
}

/** @param {Session} session @param {Box} frame @param {Handle} handle @param {Press} press
 * @returns {Drag} */
function resizeDrag(session, frame, handle, press) {
  const base = session.layout;
  const ids = model.movable(base, session.selection);
  const lines = session.linesWithout(ids);
  const corner = handlePoint(frame, handle);
  const axes = axesOf(handle);
  return {
    move(_, event) {
      const now = session.stage.pressOf(event);
      const wanted = { x: corner.x + now.at.x - press.at.x, y: corner.y + now.at.y - press.at.y };
      const snapped = session.snap(now.mod, () => snapPoint(wanted, lines, session.reach(false), axes));
      const point = snapped?.point ?? wanted;
      const by = { x: point.x - corner.x, y: point.y - corner.y };
      const to = resizeBox(frame, handle, by, { square: now.shift, centred: now.alt });
      session.show({ guides: now.shift ? null : (snapped?.guides ?? null) });
      session.store.preview(model.reshapeEntities(base, ids, frame, to));
    },
    end() {
      session.show({});
      session.store.commit();
    },
    cancel() {
      session.show({});
      session.store.cancel();
    },
  };
}

/** Select what lies there: with Shift as well or no longer; again and again: the next one beneath.
 * @param {Session} session @param {Press} press */
function clickOn(session, press) {
  const under = model.entitiesAt(session.layout, press.at).map(({ id }) => id);
  const at = under.findIndex((id) => session.selection.has(id));
  if (press.shift && at >= 0) {
    session.select(new Set([...session.selection].filter((id) => id !== under[at])));
    return;
  }
  const alone = session.selection.size === 1;
  const next = under[alone && at >= 0 ? (at + 1) % under.length : 0];
  session.select(next === undefined ? new Set() : new Set([next]));
}

/** The mouse pointer over a place. @param {Session} session @param {Press} press
 * @returns {string} of CSS */
export function cursorAt(session, press) {
  const frame = session.selectionBounds();
  const handle = frame && handleAt(frame, press.at, session.reach(press.coarse));
  if (handle) return `${handle}-resize`;
  const free = model.entitiesAt(session.layout, press.at)[0];
  if (free && !free.locked && !press.mod) return press.alt ? "copy" : "move";
  if (session.ghosts.some(({ box }) => contains(box, press.at))) return "pointer";
  return "crosshair";
}
