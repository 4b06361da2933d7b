// Edits of a layout's people: layout in, new layout out. A joint that is missing keeps
// its place, with visible 0, so that it can come back. People may reach beyond the canvas: what lies
// outside goes missing when the node runs.

import { claimId, reordered } from "../lib/layout.js";
import { dumpLayout, parseLayout } from "../lib/layout_json.js";
import { PRESETS, standingPlace } from "./presets.js";
import { HEAD, JOINTS, LIMBS, beyond, opposite } from "./skeleton.js";

/** @typedef {import("../lib/layout.js").Layout} Layout @typedef {import("../lib/layout.js").Pose} Pose
 * @typedef {import("../lib/layout.js").Joint} Joint @typedef {import("../lib/types.js").Point} Point
 * @typedef {import("../lib/types.js").Box} Box @typedef {import("./skeleton.js").Limb} Limb
 * @typedef {ReadonlySet<string>} Ids ids of poses */

/** A layout and the ids of who is new in it. @typedef {{layout: Layout, ids: Ids}} Added */

export const MAX_PEOPLE = 8; // of GLIGEN's keypoint model
const DIGITS = 5; // of a saved fraction
const FARTHEST = 2; // canvases that a joint may lie beyond the edge: never lost for good
const SMALLEST = 0.05; // factor of one drag of a handle

/** A preset on this canvas. @param {Layout} layout @param {string} preset
 * @param {{middle: number, top: number, height: number}} place fractions; height of one who stands
 * @returns {readonly Joint[]} */
export function figureOn({ width, height: heightPx }, preset, { middle, top, height }) {
  const across = (height * heightPx) / width;
  return (PRESETS[preset] ?? []).map((place) =>
    place ? joint(middle + place[0] * across, top + place[1] * height, 1) : [0, 0, 0],
  );
}

/** A preset that fills a box from top to bottom, in its own proportions.
 * @param {Layout} layout @param {string} preset @param {Box} box @returns {readonly Joint[]} */
export function figureIn(layout, preset, [x0, y0, x1, y1]) {
  const unit = boundsOfJoints(figureOn(layout, preset, { middle: 0, top: 0, height: 1 }));
  if (!unit) return [];
  const height = (y1 - y0) / (unit[3] - unit[1]);
  const across = ((unit[0] + unit[2]) / 2) * height;
  return figureOn(layout, preset, { middle: (x0 + x1) / 2 - across, top: y0 - unit[1] * height, height });
}

/** Place where the next person has most room: left, middle or right of those that are there.
 * @param {Layout} layout @returns {number} middle, in fractions */
export function freePlace({ poses }) {
  const taken = poses.flatMap((pose) => {
    const bounds = boundsOf(pose);
    return bounds ? [(bounds[0] + bounds[2]) / 2] : [];
  });
  const room = (/** @type {number} */ x) => Math.min(...taken.map((other) => Math.abs(other - x)), 1);
  return [0.5, 0.25, 0.75, 0.38, 0.62, 0.15, 0.85].reduce((best, x) => (room(x) > room(best) + 1e-9 ? x : best));
}

/** @param {Layout} layout */
export function isFull({ poses }) {
  return poses.length >= MAX_PEOPLE;
}

/** Adds people, as many as there is room for. @param {Layout} layout @param {readonly Partial<Pose>[]} people
 * @returns {Added} */
export function addPoses(layout, people) {
  const taken = new Set(layout.poses.map(({ id }) => id));
  const room = Math.max(MAX_PEOPLE - layout.poses.length, 0);
  const added = people.slice(0, room).map(({ id = "", joints = [], extra = {} }) => ({
    id: claimId(id, "p", taken),
    joints: joints.map(([x, y, visible]) => joint(x, y, visible)),
    extra,
  }));
  if (!added.length) return { layout, ids: new Set() };
  return {
    layout: { ...layout, poses: [...layout.poses, ...added] },
    ids: new Set(added.map(({ id }) => id)),
  };
}

/** @param {Layout} layout @param {Ids} ids @param {Point} [by] @returns {Added} */
export function duplicatePoses(layout, ids, by = { x: 0.06, y: 0 }) {
  return addPoses(layout, chosen(layout, ids).map((pose) => ({ ...pose, joints: shifted(pose.joints, by) })));
}

/** @param {Layout} layout @param {Ids} ids @returns {Layout} */
export function removePoses(layout, ids) {
  const poses = layout.poses.filter(({ id }) => !ids.has(id));
  return poses.length === layout.poses.length ? layout : { ...layout, poses };
}

/** One place later (1) or earlier (-1) in the list. @param {Layout} layout @param {Ids} ids
 * @param {1 | -1} step @returns {Layout} */
export function reorderPoses(layout, ids, step) {
  const poses = reordered(layout.poses, ids, step);
  return poses === layout.poses ? layout : { ...layout, poses };
}

/** @param {Layout} layout @param {Ids} ids @param {Point} by @returns {Layout} */
export function movePoses(layout, ids, by) {
  return changePoses(layout, ids, ({ joints }) => shifted(joints, by));
}

/** Grow or shrink about a point that stays. @param {Layout} layout @param {Ids} ids
 * @param {Point} anchor @param {Point} factor along x and y @returns {Layout} */
export function scalePoses(layout, ids, anchor, factor) {
  return changePoses(layout, ids, ({ joints }) =>
    joints.map(([x, y, visible]) =>
      joint(anchor.x + (x - anchor.x) * factor.x, anchor.y + (y - anchor.y) * factor.y, visible),
    ),
  );
}

/** Mirrors people: who raised the left hand now raises the right one, at the other side.
 * @param {Layout} layout @param {Ids} ids @returns {Layout} */
export function mirrorPoses(layout, ids) {
  const bounds = boundsOfAll(chosen(layout, ids));
  if (!bounds) return layout;
  const sum = bounds[0] + bounds[2];
  return changePoses(layout, ids, ({ joints }) =>
    swapped(joints).map(([x, y, visible]) => (isUnplaced([x, y, visible]) ? [x, y, visible] : joint(sum - x, y, visible))),
  );
}

/** Turn their back: left and right change places, nothing moves. @param {Layout} layout
 * @param {Ids} ids @returns {Layout} */
export function turnPoses(layout, ids) {
  return changePoses(layout, ids, ({ joints }) => swapped(joints));
}

/** @param {Layout} layout @param {string} id @param {number} index @param {Point} to
 * @param {boolean} [carry] what hangs on the joint comes along @returns {Layout} */
export function moveJoint(layout, id, index, to, carry = false) {
  const here = poseOf(layout, id)?.joints[index];
  if (!here) return layout;
  const by = { x: to.x - here[0], y: to.y - here[1] };
  return moveJoints(layout, id, carry ? beyond(index) : [index], by);
}

/** @param {Layout} layout @param {string} id @param {Point} by @returns {Layout} */
export function moveHead(layout, id, by) {
  return moveJoints(layout, id, HEAD, by);
}

/** Turn a bone about its inner end, as the hand goes from one place to another.
 * @param {Layout} layout @param {string} id @param {Limb} limb @param {Point} from @param {Point} to
 * @returns {Layout} */
export function turnLimb(layout, id, { inner, outer }, from, to) {
  const aspect = layout.width / layout.height; // angles are those of pixels
  const centre = poseOf(layout, id)?.joints[inner];
  if (!centre) return layout;
  const angle = (/** @type {Point} */ { x, y }) => Math.atan2(y - centre[1], (x - centre[0]) * aspect);
  const [sin, cos] = [Math.sin(angle(to) - angle(from)), Math.cos(angle(to) - angle(from))];
  return changeJoints(layout, id, beyond(outer), ([x, y, visible]) => {
    const [dx, dy] = [(x - centre[0]) * aspect, y - centre[1]];
    return joint(centre[0] + (dx * cos - dy * sin) / aspect, centre[1] + dx * sin + dy * cos, visible);
  });
}

/** @param {Layout} layout @param {string} id @param {number} index @param {boolean} there
 * @returns {Layout} */
export function setJointThere(layout, id, index, there) {
  const pose = poseOf(layout, id);
  const here = pose?.joints[index];
  if (!pose || !here || here[2] > 0 === there) return layout;
  const at = there && isUnplaced(here) ? likelyPlace(layout, pose, index) : { x: here[0], y: here[1] };
  return changeJoints(layout, id, [index], () => joint(at.x, at.y, there ? 1 : 0));
}

/** Poses by id, in the layout's order. @param {Layout} layout @param {Ids} ids @returns {Pose[]} */
export function chosen(layout, ids) {
  return layout.poses.filter(({ id }) => ids.has(id));
}

/** @param {Layout} layout @param {string} id @returns {Pose | null} */
export function poseOf(layout, id) {
  return layout.poses.find((pose) => pose.id === id) ?? null;
}

/** Around the joints that are there. @param {Pose} pose @returns {Box | null} */
export function boundsOf({ joints }) {
  return boundsOfJoints(joints);
}

/** @param {readonly Pose[]} poses @returns {Box | null} */
export function boundsOfAll(poses) {
  return boundsOfJoints(poses.flatMap(({ joints }) => joints));
}

/** @param {Pose} pose how many of the joints are there */
export function countJoints({ joints }) {
  return joints.filter(isThere).length;
}

/** @param {Joint} joint */
export function isThere([, , visible]) {
  return visible > 0;
}

/** Missing, and nobody knows where it was. @param {Joint} joint */
export function isUnplaced([x, y, visible]) {
  return visible <= 0 && x === 0 && y === 0;
}

/** Inside the canvas, so that the model gets it. @param {Joint} joint */
export function isInside([x, y]) {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

/** Layout JSON of these people, for the clipboard. @param {Layout} layout @param {Ids} ids */
export function copyText(layout, ids) {
  return dumpLayout({ ...layout, entities: [], poses: chosen(layout, ids), extra: {} });
}

/** The people in a text: layout JSON. @param {string} text
 * @returns {readonly Pose[] | null} null: there are none */
export function posesIn(text) {
  try {
    const { poses } = parseLayout(text, { drafts: true });
    return poses.length ? poses : null;
  } catch {
    return null;
  }
}

/** The person that an error of the server names, "pose 2 ('p2')". @param {Layout} layout
 * @param {string} message @returns {Pose | null} */
export function poseNamedIn(layout, message) {
  const number = /\bpose (\d+)\b/.exec(message)?.[1];
  return number ? (layout.poses[Number(number) - 1] ?? null) : null;
}

/** @param {number} factor @returns {number} what a drag of a handle may make of a size */
export function usableFactor(factor) {
  return Math.max(factor, SMALLEST);
}

/** @param {Layout} layout @param {string} id @param {readonly number[]} indices @param {Point} by */
function moveJoints(layout, id, indices, by) {
  return changeJoints(layout, id, indices, ([x, y, visible]) => joint(x + by.x, y + by.y, visible));
}

/** @param {Layout} layout @param {string} id @param {readonly number[]} indices
 * @param {(joint: Joint) => Joint} change of those that have a place, or are the only one meant
 * @returns {Layout} */
function changeJoints(layout, id, indices, change) {
  return changePoses(layout, new Set([id]), ({ joints }) =>
    joints.map((each, index) =>
      indices.includes(index) && (indices.length === 1 || !isUnplaced(each)) ? change(each) : each,
    ),
  );
}

/** @param {Layout} layout @param {Ids} ids @param {(pose: Pose) => readonly Joint[]} change
 * @returns {Layout} the layout itself where nothing has changed */
function changePoses(layout, ids, change) {
  let same = true;
  const poses = layout.poses.map((pose) => {
    if (!ids.has(pose.id)) return pose;
    const joints = change(pose);
    const alike = joints.every((each, index) => each.every((value, at) => value === pose.joints[index]?.[at]));
    same &&= alike;
    return alike ? pose : { ...pose, joints };
  });
  return same ? layout : { ...layout, poses };
}

/** @param {readonly Joint[]} joints @param {Point} by @returns {Joint[]} */
function shifted(joints, by) {
  return joints.map(([x, y, visible]) =>
    isUnplaced([x, y, visible]) ? [x, y, visible] : joint(x + by.x, y + by.y, visible),
  );
}

/** @param {readonly Joint[]} joints @returns {Joint[]} */
function swapped(joints) {
  return joints.map((each, index) => joints[opposite(index)] ?? each);
}

/** @param {readonly Joint[]} joints @returns {Box | null} */
function boundsOfJoints(joints) {
  const seen = joints.filter(isThere);
  if (!seen.length) return null;
  const [xs, ys] = [seen.map(([x]) => x), seen.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Place where a missing joint comes back: as on one who stands, seen from the nearest joint
 * that is there. @param {Layout} layout @param {Pose} pose @param {number} index @returns {Point} */
function likelyPlace({ width, height }, { joints }, index) {
  const there = JOINTS.map((_, each) => each).filter((each) => isThere(joints[each] ?? [0, 0, 0]));
  const near = LIMBS.flatMap(({ inner, outer }) => (outer === index ? [inner] : inner === index ? [outer] : []));
  const anchor = near.find((each) => there.includes(each)) ?? there[0];
  const from = anchor === undefined ? null : joints[anchor];
  if (anchor === undefined || !from) return { x: 0.5, y: 0.5 };
  const usual = there.map((each) => standingPlace(each)[1]);
  const bounds = boundsOfJoints(joints);
  const span = Math.max(...usual) - Math.min(...usual);
  const scale = bounds && span > 0.02 ? (bounds[3] - bounds[1]) / span : 0.5;
  const [here, wanted] = [standingPlace(anchor), standingPlace(index)];
  return {
    x: from[0] + ((wanted[0] - here[0]) * scale * height) / width,
    y: from[1] + (wanted[1] - here[1]) * scale,
  };
}

/** A joint as it is saved. @param {number} x @param {number} y @param {number} visible @returns {Joint} */
function joint(x, y, visible) {
  const kept = (/** @type {number} */ value) =>
    Number(Math.min(Math.max(value, -FARTHEST), 1 + FARTHEST).toFixed(DIGITS)) + 0; // no -0
  return [kept(x), kept(y), visible];
}
