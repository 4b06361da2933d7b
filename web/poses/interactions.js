// Drags on the pose canvas, one for each press: each function begins one Drag, which previews while it
// moves and commits when it ends.

import { HANDLES, boxBetween, contains, difference, handleAt, handlePoint, straight } from "../lib/geometry.js";
import { CLICK_PX } from "../lib/stage.js";
import * as model from "./model.js";

/** @typedef {import("../lib/types.js").Point} Point @typedef {import("../lib/types.js").Drag} Drag
 * @typedef {import("../lib/types.js").Box} Box @typedef {import("../lib/layout.js").Layout} Layout
 * @typedef {import("./session.js").Session} Session @typedef {import("../lib/types.js").Press} Press
 * @typedef {import("../lib/geometry.js").Handle} Handle */

const HANDLE_PX = 7;
const FINGER_PX = 18;

/** The drag that this press begins. @param {Session} session @param {Press} press @returns {Drag} */
export function beginDrag(session, press) {
  const hit = session.hitAt(press);
  const frame = session.selectionFrame();
  const handle = hit?.joint == null ? handleUnder(session, press) : null;
  if (frame && handle) return scaleDrag(session, frame, handle, press);
  if (hit) return hitDrag(session, hit, press);
  if (frame && contains(frame, press.at)) return moveDrag(session, press, null);
  const ghost = session.ghostAt(press.at);
  if (ghost) return { end: () => session.adopt([ghost]) };
  return drawDrag(session, press);
}

/** The mouse pointer over a place. @param {Session} session @param {Press} press
 * @returns {string} of CSS */
export function cursorAt(session, press) {
  const hit = session.hitAt(press);
  const handle = hit?.joint == null ? handleUnder(session, press) : null;
  if (handle) return `${handle}-resize`;
  if (hit) return hit.limb?.kind === "bone" ? "grab" : "move";
  const frame = session.selectionFrame();
  if (frame && contains(frame, press.at)) return "move";
  return session.ghostAt(press.at) ? "pointer" : "crosshair";
}

/** @param {Session} session @param {Press} press @returns {Handle | null} */
function handleUnder(session, press) {
  const frame = session.selectionFrame();
  return frame && handleAt(frame, press.at, session.stage.spanOf(press.coarse ? FINGER_PX : HANDLE_PX));
}

/** @param {Session} session @param {NonNullable<ReturnType<Session["hitAt"]>>} hit
 * @param {Press} press @returns {Drag} */
function hitDrag(session, { id, joint, limb }, press) {
  if (press.shift && joint === null) return moveDrag(session, press, id);
  if (session.selection.size > 1 && session.selection.has(id)) return groupDrag(session, press, id, joint);
  if (!session.selection.has(id) || joint !== null) session.select(new Set([id]), joint);
  if (joint !== null) return jointDrag(session, id, joint, press);
  if (limb?.kind === "bone") {
    return previewDrag(session, press, (base, now) => model.turnLimb(base, id, limb, press.at, now.at));
  }
  if (limb?.kind === "head") {
    return previewDrag(session, press, (base, now) => model.moveHead(base, id, difference(press.at, now.at)));
  }
  return moveDrag(session, press, id);
}

/** Drag of a joint; with Shift it takes along what hangs on it. @param {Session} session @param {string} id
 * @param {number} joint @param {Press} press @returns {Drag} */
function jointDrag(session, id, joint, press) {
  const [x = 0, y = 0] = model.poseOf(session.layout, id)?.joints[joint] ?? [];
  return previewDrag(session, press, (base, now) => {
    const by = difference(press.at, now.at);
    return model.moveJoint(base, id, joint, { x: x + by.x, y: y + by.y }, now.shift);
  });
}

/** Move who is selected, with Alt a copy; with Shift straight, and a click with it selects more.
 * @param {Session} session @param {Press} press @param {string | null} under who was pressed
 * @returns {Drag} */
function moveDrag(session, press, under) {
  if (under !== null && press.shift) {
    const ids = new Set(session.selection);
    if (!ids.delete(under)) ids.add(under);
    session.select(ids);
  } else if (under !== null && !session.selection.has(under)) {
    session.select(new Set([under]));
  }
  const copies = press.alt ? model.duplicatePoses(session.layout, session.selection, { x: 0, y: 0 }) : null;
  const ids = copies?.ids.size ? copies.ids : session.selection;
  const drag = previewDrag(session, press, (base, now) => {
    const by = straight(difference(press.at, now.at), now.shift);
    return model.movePoses(copies?.ids.size ? copies.layout : base, ids, by);
  });
  return {
    ...drag,
    end(point, event) {
      const far = session.stage.distance(press.at, session.stage.pressOf(event).at) >= CLICK_PX;
      drag.end?.(point, event);
      if (far && copies?.ids.size) session.select(ids);
      else if (!far && under === null) session.select(new Set());
    },
  };
}

/** Drag of a group, by any of its people; a click picks that one out of it.
 * @param {Session} session @param {Press} press @param {string} id @param {number | null} joint
 * @returns {Drag} */
function groupDrag(session, press, id, joint) {
  const drag = moveDrag(session, press, id);
  return {
    ...drag,
    end(point, event) {
      drag.end?.(point, event);
      const far = session.stage.distance(press.at, session.stage.pressOf(event).at) >= CLICK_PX;
      if (!far && !press.shift) session.select(new Set([id]), joint);
    },
  };
}

/** Scaling by a corner, in proportion, freely with Shift; with Alt about the middle.
 * @param {Session} session @param {Box} frame @param {Handle} handle @param {Press} press
 * @returns {Drag} */
function scaleDrag(session, frame, handle, press) {
  const at = HANDLES[handle];
  const corner = handlePoint(frame, handle);
  const middle = { x: (frame[0] + frame[2]) / 2, y: (frame[1] + frame[3]) / 2 };
  const far = { x: frame[0] + frame[2] - corner.x, y: frame[1] + frame[3] - corner.y };
  return previewDrag(session, press, (base, now) => {
    const anchor = now.alt ? middle : far;
    const by = difference(press.at, now.at);
    const growth = (/** @type {"x" | "y"} */ axis) =>
      at[axis] === 0.5 ? 1 : model.usableFactor((corner[axis] + by[axis] - anchor[axis]) / (corner[axis] - anchor[axis]));
    const free = { x: growth("x"), y: growth("y") };
    const both = Math.max(free.x, free.y);
    const isCorner = at.x !== 0.5 && at.y !== 0.5;
    return model.scalePoses(base, session.selection, anchor, isCorner && !now.shift ? { x: both, y: both } : free);
  });
}

/** A new person as tall as the drag, or a click that selects nobody. @param {Session} session
 * @param {Press} press @returns {Drag} */
function drawDrag(session, press) {
  const base = session.layout;
  const full = model.isFull(base);
  let drawn = "";
  return {
    move(_, event) {
      const box = boxBetween(press.at, session.stage.pressOf(event).at);
      if (!box || full) return;
      const added = model.addPoses(base, [{ joints: model.figureIn(base, session.preset, box) }]);
      [drawn = ""] = added.ids;
      session.store.preview(added.layout);
    },
    end(_, event) {
      const far = session.stage.distance(press.at, session.stage.pressOf(event).at) >= CLICK_PX;
      if (drawn && far) session.store.commit();
      else session.store.cancel();
      if (full && far) session.addSomewhere(); // says why not
      else session.select(new Set(drawn && far ? [drawn] : []));
    },
    cancel: () => session.store.cancel(),
  };
}

/** @param {Session} session @param {Press} press
 * @param {(base: Layout, now: Press) => Layout} edit from what there was when the drag began
 * @returns {Drag} */
function previewDrag(session, press, edit) {
  const base = session.layout;
  let far = false;
  return {
    move(_, event) {
      const now = session.stage.pressOf(event);
      far ||= session.stage.distance(press.at, now.at) >= CLICK_PX;
      if (far) session.store.preview(edit(base, now));
    },
    end() {
      if (far) session.store.commit();
    },
    cancel: () => session.store.cancel(),
  };
}

