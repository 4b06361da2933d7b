// The official three phases of each mode (gligen_core/schedule.py, OFFICIAL_PHASES), some shapes to
// begin a curve with, and the blocks of SD1's network that have a fuser.

/** @typedef {import("./schedule.js").Phases} Phases @typedef {import("./schedule.js").Knot} Knot */

/** Mode -> [on, decay, off]. @type {Readonly<Record<string, Phases>>} */
export const OFFICIAL_PHASES = Object.freeze({
  text_box: [0.3, 0, 0.7],
  text_image_box: [1, 0, 0],
  keypoint: [0.3, 0, 0.7],
  hed: [0.9, 0, 0.1],
  canny: [0.9, 0, 0.1],
  depth: [0.7, 0, 0.3],
  normal: [0.7, 0, 0.3],
  sem: [0.7, 0, 0.3],
  inpaint: [1, 0, 0],
});

/** @type {Readonly<Record<string, readonly Knot[]>>} */
export const CURVES = Object.freeze({
  fade: [[0, 1], [1, 0]],
  ease: [[0, 1], [0.2, 1], [0.35, 0.8], [0.5, 0.4], [0.65, 0.12], [0.8, 0]],
  constant: [[0, 1], [1, 1]],
  half: [[0, 0.5], [1, 0.5]],
});

export const SECTIONS = Object.freeze(["input", "middle", "output"]);

/** In the order in which the network runs them. */
export const SD1_BLOCKS = Object.freeze([
  ...[1, 2, 4, 5, 7, 8].map((index) => `input.${index}`),
  "middle.0",
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((index) => `output.${index}`),
]);
