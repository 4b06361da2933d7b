// Drags on the gate canvas, one for each press: a drag that previews, and commits when it ends.

import * as model from "./model.js";

/** @typedef {import("../lib/types.js").Drag} Drag @typedef {import("./session.js").Session} Session */

const SNAP = 0.02; // how near a round value must be, in fractions of the plot's height
const ROUND = 0.25; // values to snap to; Ctrl turns it off

/** Take the point under the pointer, or put a new one there. @param {Session} session
 * @param {PointerEvent} event @returns {Drag} */
export function beginDrag(session, event) {
  const held = session.handleOf(event);
  if (held !== null) {
    session.select(held);
    return dragHandle(session, session.gate, held, event);
  }
  const added = model.addPoint(session.gate, snap(session, session.knotOf(event), event));
  session.store.preview(added.gate);
  session.select(added.index);
  return dragHandle(session, added.gate, added.index, null);
}

/** @param {Session} session @param {import("./schedule.js").Gate} base that holds the point
 * @param {number} index @param {PointerEvent | null} grip where it was taken hold of; null: it is new,
 * and stands right under the pointer @returns {Drag} */
function dragHandle(session, base, index, grip) {
  const [progress, gate] = model.handlesOf(base)[index] ?? [0, 0];
  const [gripX, gripY] = grip ? session.knotOf(grip) : [progress, gate];
  session.heldTop = model.topOf(base);
  return {
    move(_, event) {
      const [x, y] = session.knotOf(event);
      const to = snap(session, [x - gripX + progress, y - gripY + gate], event);
      session.store.preview(model.moveHandle(base, index, to));
    },
    end() {
      session.heldTop = null;
      session.store.commit();
      session.select(index);
    },
    cancel() {
      session.heldTop = null;
      session.store.cancel();
      session.select(grip ? index : null);
    },
  };
}

/** To a round gate, unless Ctrl is held. @param {Session} session
 * @param {import("./schedule.js").Knot} knot @param {PointerEvent} event
 * @returns {[number, number]} */
function snap(session, [progress, gate], event) {
  const near = Math.round(gate / ROUND) * ROUND;
  const off = event.ctrlKey || event.metaKey || Math.abs(near - gate) > SNAP * session.plot.top;
  return [progress, off ? gate : near];
}
