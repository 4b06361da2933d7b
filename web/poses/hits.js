// Hit test of joints and limbs, in CSS pixels of the stage: joints before limbs, earlier people first.

import { isThere } from "./model.js";
import { LIMBS } from "./skeleton.js";

/** @typedef {import("../lib/layout.js").Pose} Pose @typedef {import("../lib/types.js").Point} Point
 * @typedef {import("../lib/stage.js").Stage} Stage @typedef {import("../lib/types.js").Press} Press */

/** @typedef {{id: string, joint: number, limb: null}} JointHit
 * @typedef {{id: string, joint: null, limb: import("./skeleton.js").Limb}} LimbHit */

const JOINT_PX = 9;
const LIMB_PX = 6;
const FINGER_FACTOR = 2;

/** The nearest joint in reach of the first person that has one.
 * @param {Stage} stage @param {readonly Pose[]} people @param {Press} press
 * @returns {JointHit | null} */
export function jointAt(stage, people, press) {
  const [point, reach] = [stage.toStage(press.at), JOINT_PX * (press.coarse ? FINGER_FACTOR : 1)];
  for (const { id, joints } of people) {
    const near = joints.flatMap((joint, index) => {
      const far = isThere(joint) ? distance(placeOf(stage, joint), point) : Infinity;
      return far <= reach ? [{ index, far }] : [];
    });
    const [nearest] = near.sort((a, b) => a.far - b.far);
    if (nearest) return { id, joint: nearest.index, limb: null };
  }
  return null;
}

/** The nearest limb in reach of the first person that has one.
 * @param {Stage} stage @param {readonly Pose[]} people @param {Press} press
 * @returns {LimbHit | null} */
export function limbAt(stage, people, press) {
  const [point, reach] = [stage.toStage(press.at), LIMB_PX * (press.coarse ? FINGER_FACTOR : 1)];
  for (const { id, joints } of people) {
    const near = LIMBS.flatMap((limb) => {
      const [from, to] = [joints[limb.inner], joints[limb.outer]];
      if (!from || !to || !isThere(from) || !isThere(to)) return [];
      const far = distanceToLine(point, placeOf(stage, from), placeOf(stage, to));
      return far <= reach ? [{ limb, far }] : [];
    });
    const [nearest] = near.sort((a, b) => a.far - b.far);
    if (nearest) return { id, joint: null, limb: nearest.limb };
  }
  return null;
}

/** @param {Stage} stage @param {import("../lib/layout.js").Joint} joint */
export function placeOf(stage, [x, y]) {
  return stage.toStage({ x, y });
}

/** @param {Point} point @param {Point} from @param {Point} to of a piece of a line */
function distanceToLine(point, from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const along = ((point.x - from.x) * dx + (point.y - from.y) * dy) / Math.max(dx * dx + dy * dy, 1e-9);
  const share = Math.min(Math.max(along, 0), 1);
  return distance(point, { x: from.x + share * dx, y: from.y + share * dy });
}

/** @param {Point} a @param {Point} b */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
