// Shapes to begin a curve with. The official phases and the network's blocks come with the schema:
// see nodes/gate.py.

/** @typedef {import("./schedule.js").Phases} Phases @typedef {import("./schedule.js").Knot} Knot */

/** Presets and blocks that the node's schema offers to the canvas.
 * @typedef {object} Offers
 * @property {Readonly<Record<string, Phases>>} phases official ones, by the name of their mode
 * @property {readonly string[]} blocks places in the network that have a fuser, in its order */

/** @param {Record<string, unknown>} options of the input, as the schema has them @returns {Offers} */
export function offersOf({ phases, blocks }) {
  return {
    phases: /** @type {Readonly<Record<string, Phases>>} */ (phases ?? {}),
    blocks: /** @type {readonly string[]} */ (blocks ?? []),
  };
}

/** @type {Readonly<Record<string, readonly Knot[]>>} */
export const CURVES = Object.freeze({
  fade: [[0, 1], [1, 0]],
  ease: [[0, 1], [0.2, 1], [0.35, 0.8], [0.5, 0.4], [0.65, 0.12], [0.8, 0]],
  constant: [[0, 1], [1, 1]],
  half: [[0, 0.5], [1, 0.5]],
});

export const SECTIONS = Object.freeze(["input", "middle", "output"]);
