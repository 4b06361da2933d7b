// Presets of poses. Units: the standing figure's height; x from its middle, y from its crown.

import { HEAD, JOINTS } from "./skeleton.js";

/** @typedef {readonly [x: number, y: number]} Place @typedef {readonly (Place | null)[]} Figure */

const STANDING = figure({ head: face(0, 0.1), arms: [[0.15, 0.36], [0.155, 0.5]], legs: [[0.08, 0.75], [0.08, 0.97]] });

/** Name -> 17 places; null: missing. @type {Readonly<Record<string, Figure>>} */
export const PRESETS = Object.freeze({
  standing: STANDING,
  walking: joined(profile(0.05, 0.1), [
    [0.03, 0.21], [-0.03, 0.21], [0.1, 0.35], [-0.1, 0.35], [0.19, 0.44], [-0.13, 0.49],
    [0.025, 0.52], [-0.025, 0.52], [-0.05, 0.75], [0.09, 0.73], [-0.18, 0.93], [0.14, 0.96],
  ]),
  running: joined(profile(0.16, 0.11), [
    [0.11, 0.22], [0.05, 0.22], [0.19, 0.34], [-0.07, 0.31], [0.29, 0.26], [-0.05, 0.44],
    [0.02, 0.5], [-0.03, 0.5], [-0.08, 0.71], [0.16, 0.61], [-0.27, 0.77], [0.13, 0.83],
  ]),
  sitting: figure({ head: face(0, 0.1), arms: [[0.15, 0.36], [0.1, 0.47]], legs: [[0.12, 0.57], [0.11, 0.82]] }),
  sittingSideways: joined(profile(0.03, 0.1), [
    [0.01, 0.21], [-0.04, 0.21], [0.06, 0.36], [0, 0.37], [0.17, 0.42], [0.12, 0.45],
    [-0.01, 0.51], [-0.05, 0.51], [0.22, 0.52], [0.18, 0.54], [0.22, 0.77], [0.17, 0.79],
  ]),
  armsUp: figure({ head: face(0, 0.1), arms: [[0.18, 0.09], [0.16, -0.07]], legs: [[0.08, 0.75], [0.08, 0.97]] }),
  armsOut: figure({ head: face(0, 0.1), arms: [[0.26, 0.21], [0.41, 0.21]], legs: [[0.09, 0.75], [0.1, 0.97]] }),
  handsOnHips: figure({ head: face(0, 0.1), arms: [[0.23, 0.36], [0.1, 0.47]], legs: [[0.1, 0.75], [0.12, 0.97]] }),
  waving: STANDING.with(8, [-0.21, 0.27]).with(10, [-0.23, 0.1]),
  lying: placed(([x, y]) => [y - 0.5, x + 0.5]),
  portrait: placed(([x, y], joint) => (joint < 9 ? [x * 2, y * 2] : null)),
});

/** Place of a joint of a standing figure. @param {number} joint @returns {Place} */
export function standingPlace(joint) {
  return STANDING[joint] ?? [0, 0];
}

/** The standing figure, each joint somewhere else.
 * @param {(place: Place, joint: number) => Place | null} elsewhere @returns {Figure} */
function placed(elsewhere) {
  return STANDING.map((place, joint) => place && elsewhere(place, joint));
}

/** Both sides alike, with shoulders and hips of their usual width; [x, y] of the left.
 * @param {{head: Place[], arms: [Place, Place], legs: [Place, Place]}} parts @returns {Figure} */
function figure({ head, arms: [elbow, wrist], legs: [knee, ankle] }) {
  /** @type {Place[]} */
  const left = [[0.115, 0.21], elbow, wrist, [0.075, 0.52], knee, ankle];
  return joined(head, left.flatMap(([x, y]) => /** @type {Place[]} */ ([[x, y], [-x, y]])));
}

/** Face from the front. @param {number} x of the nose @param {number} y @returns {Place[]} */
function face(x, y) {
  return [[x, y], [x + 0.023, y - 0.022], [x - 0.023, y - 0.022], [x + 0.052, y - 0.008], [x - 0.052, y - 0.008]];
}

/** Looking to the right of the picture. @param {number} x @param {number} y @returns {Place[]} */
function profile(x, y) {
  return [[x, y], [x - 0.012, y - 0.024], [x - 0.022, y - 0.024], [x - 0.05, y - 0.01], [x - 0.062, y - 0.01]];
}

/** @param {Place[]} head @param {Place[]} body @returns {Figure} */
function joined(head, body) {
  const places = [...head, ...body];
  if (head.length !== HEAD.length || places.length !== JOINTS.length) throw new Error("17 joints a figure");
  return places;
}
