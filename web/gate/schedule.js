// The gate over time and blocks, as gligen_core/gate/schedule.py computes it; both are held to
// tests/fixtures/gates.

/** (progress, gate): progress 0 pure noise .. 1 done; gate 0 the plain model, 1 as trained.
 * @typedef {readonly [progress: number, gate: number]} Knot */

/** The official three phases: shares of the run, which add up to 1.
 * @typedef {readonly [on: number, decay: number, off: number]} Phases */

/** One of the two shapes, times a factor per place of the network.
 * @typedef {object} Gate
 * @property {"steps" | "timestep"} counts
 * @property {Phases | null} phases @property {readonly Knot[]} points [] where there are phases
 * @property {Readonly<Record<string, number>>} blocks "output", "output.3" or "output.3.0"
 * @property {Readonly<Record<string, unknown>>} extra fields this version does not know */

export const SUM_TOLERANCE = 1e-6;

/** Gate at a step of a run of `steps`. @param {Gate} gate @param {number} step from 0 @param {number} steps */
export function gateAtStep({ phases, points }, step, steps) {
  return phases ? phasesAtStep(phases, step, steps) : curveAt(points, step / Math.max(steps - 1, 1));
}

/** @param {Gate} gate @param {number} progress 0..1 */
export function gateAtProgress({ phases, points }, progress) {
  return phases ? phasesAt(phases, progress) : curveAt(points, progress);
}

/** The gate of each step: of the run's own, or as on a schedule of evenly spaced timesteps.
 * @param {Gate} gate @param {number} steps @returns {number[]} */
export function gatesOfSteps(gate, steps) {
  return Array.from({ length: steps }, (_, step) =>
    gate.counts === "steps" ? gateAtStep(gate, step, steps) : gateAtProgress(gate, step / steps),
  );
}

/** @param {Gate} gate @param {string} block "output.3.0" @returns {number} by the most exact place */
export function factorOf({ blocks }, block) {
  for (let place = block; place; place = place.slice(0, Math.max(place.lastIndexOf("."), 0))) {
    if (Object.hasOwn(blocks, place)) return blocks[place] ?? 1;
  }
  return 1;
}

/** Shares are cut to whole steps; the decay runs (n - 1)/n .. 0, as the official script has it.
 * @param {Phases} phases @param {number} step @param {number} steps */
function phasesAtStep([onShare, decayShare], step, steps) {
  const [on, decay] = [Math.trunc(onShare * steps), Math.trunc(decayShare * steps)];
  if (step < on) return 1;
  return step < on + decay ? (on + decay - 1 - step) / decay : 0;
}

/** @param {Phases} phases @param {number} progress */
function phasesAt([on, decay], progress) {
  if (progress < on || on >= 1 - SUM_TOLERANCE) return 1;
  return progress < on + decay ? 1 - (progress - on) / decay : 0;
}

/** Straight lines between points, flat outside; of two at one progress the later holds there.
 * @param {readonly Knot[]} points sorted @param {number} progress */
function curveAt(points, progress) {
  const after = points.findIndex(([at]) => at > progress);
  if (after < 0) return points.at(-1)?.[1] ?? 0;
  const [next, last] = [points[after], points[after - 1]];
  if (!next || !last) return next?.[1] ?? 0;
  return last[1] + ((next[1] - last[1]) * (progress - last[0])) / (next[0] - last[0]);
}
