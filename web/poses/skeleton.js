// The 17 joints of a person in COCO's order (gligen_core/skeletons.py), how they hang together, and
// which side they are on. Left is the person's own left: at the right of a picture of their face.

/** @typedef {"left" | "right" | "centre"} Side */

export const JOINTS = Object.freeze([
  "nose", // 0
  "leftEye", // 1
  "rightEye", // 2
  "leftEar", // 3
  "rightEar", // 4
  "leftShoulder", // 5
  "rightShoulder", // 6
  "leftElbow", // 7
  "rightElbow", // 8
  "leftWrist", // 9
  "rightWrist", // 10
  "leftHip", // 11
  "rightHip", // 12
  "leftKnee", // 13
  "rightKnee", // 14
  "leftAnkle", // 15
  "rightAnkle", // 16
]);

export const NOSE = 0;
export const HEAD = Object.freeze([0, 1, 2, 3, 4]);
export const SHOULDERS = /** @type {const} */ ([5, 6]);
export const HIPS = /** @type {const} */ ([11, 12]);

/** Joints that move when a hand takes a limb: a bone turns about its inner end with all that hangs on its
 * outer one, the head moves as one, the trunk moves the person.
 * @typedef {{inner: number, outer: number, kind: "bone" | "head" | "trunk"}} Limb */

/** @type {readonly Limb[]} */
export const LIMBS = Object.freeze([
  ...limbs("trunk", [[5, 6], [11, 12], [5, 11], [6, 12]]),
  ...limbs("head", [[0, 1], [0, 2], [1, 3], [2, 4]]),
  ...limbs("bone", [[11, 13], [13, 15], [12, 14], [14, 16]]),
  ...limbs("bone", [[5, 7], [7, 9], [6, 8], [8, 10]]),
]);

/** @param {number} joint @returns {Side} */
export function sideOf(joint) {
  return joint === NOSE ? "centre" : joint % 2 ? "left" : "right";
}

/** @param {Limb} limb @returns {Side} */
export function sideOfLimb({ inner, outer }) {
  return sideOf(inner) === sideOf(outer) || inner === NOSE ? sideOf(outer) : "centre";
}

/** The same joint on the other side. @param {number} joint */
export function opposite(joint) {
  return joint === NOSE ? NOSE : joint % 2 ? joint + 1 : joint - 1;
}

/** The joint and all that hang on it: a shoulder has an arm, a hip a leg.
 * @param {number} joint @returns {number[]} */
export function beyond(joint) {
  const next = LIMBS.filter(({ inner, kind }) => kind === "bone" && inner === joint);
  return [joint, ...next.flatMap(({ outer }) => beyond(outer))];
}

/** @param {Limb["kind"]} kind @param {[number, number][]} pairs @returns {Limb[]} */
function limbs(kind, pairs) {
  return pairs.map(([inner, outer]) => ({ inner, outer, kind }));
}
