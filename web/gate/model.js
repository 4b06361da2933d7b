// Edits of a gate: gate in, new gate out.

import { CURVES } from "./presets.js";
import { gateAtProgress } from "./schedule.js";

/** @typedef {import("./schedule.js").Gate} Gate @typedef {import("./schedule.js").Knot} Knot
 * @typedef {import("./schedule.js").Phases} Phases */

/** A gate and the point that is selected in it. @typedef {{gate: Gate, index: number}} Chosen */

export const HIGHEST = 2; // what the editor offers; JSON may hold more
const DIGITS = 4; // of a saved number

/** @type {Gate} */
export const EMPTY_GATE = Object.freeze({
  counts: "steps",
  phases: /** @type {const} */ ([0.3, 0, 0.7]),
  points: [],
  blocks: {},
  extra: {},
});

/** The places to grab: the points, or of phases where the gate begins to close and where it is shut.
 * @param {Gate} gate @returns {readonly Knot[]} */
export function handlesOf({ phases, points }) {
  return phases ? [[phases[0], 1], [phases[0] + phases[1], 0]] : points;
}

/** The line to draw, from progress 0 to 1. @param {Gate} gate @returns {readonly Knot[]} */
export function outlineOf({ phases, points }) {
  if (phases) return phasesAsPoints(phases);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  return [[0, first[1]], ...points, [1, last[1]]];
}

/** Move one handle as far as its neighbours let it. @param {Gate} gate @param {number} index
 * @param {Knot} to @returns {Gate} */
export function moveHandle(gate, index, to) {
  return gate.phases ? movePhase(gate, gate.phases, index, to[0]) : movePoint(gate, index, to);
}

/** A new point; phases become a curve by it. @param {Gate} gate @param {Knot} at
 * @returns {Chosen} */
export function addPoint(gate, at) {
  const curve = asCurve(gate);
  const [progress, value] = [clamp(at[0], 0, 1), clamp(at[1], 0, HIGHEST)];
  const after = curve.points.findIndex(([other]) => other > progress);
  const index = after < 0 ? curve.points.length : after;
  const points = curve.points.toSpliced(index, 0, [round(progress), round(value)]);
  return { gate: { ...curve, points }, index };
}

/** A curve keeps one point at least; phases have none to remove. @param {Gate} gate
 * @param {number} index @returns {Gate} */
export function removePoint(gate, index) {
  if (gate.phases || gate.points.length < 2 || !gate.points[index]) return gate;
  return { ...gate, points: gate.points.toSpliced(index, 1) };
}

/** The same shape in points. @param {Gate} gate @returns {Gate} */
export function asCurve(gate) {
  return gate.phases ? { ...gate, phases: null, points: phasesAsPoints(gate.phases) } : gate;
}

/** The three phases that come nearest: open until the gate falls under 1, shut from where it stays 0.
 * @param {Gate} gate @returns {Gate} */
export function asPhases(gate) {
  if (gate.phases) return gate;
  const outline = outlineOf(gate);
  const falls = outline.find(([, value]) => value < 1);
  const open = outline.findLast(([, value]) => value > 0);
  const end = outline.find(([progress, value]) => value === 0 && progress >= (open?.[0] ?? 0))?.[0] ?? 1;
  const before = falls ? outline[outline.indexOf(falls) - 1]?.[0] : 1;
  return setPhases(gate, Math.min(before ?? 0, end), Math.max(end - (before ?? 0), 0));
}

/** The third share is what is left. @param {Gate} gate @param {number} on @param {number} decay
 * @returns {Gate} */
export function setPhases(gate, on, decay) {
  const open = round(clamp(on, 0, 1));
  const closing = round(clamp(decay, 0, 1 - open));
  const phases = /** @type {const} */ ([open, closing, round(1 - open - closing)]);
  if (gate.phases?.every((share, index) => share === phases[index])) return gate;
  return { ...gate, phases, points: [] };
}

/** @typedef {Readonly<Record<string, import("./schedule.js").Phases>>} PhaseTable */

/** @param {Gate} gate @param {string} name of one of `official` or of CURVES
 * @param {PhaseTable} official @returns {Gate} */
export function applyPreset(gate, name, official) {
  const phases = official[name];
  if (phases) return { ...gate, phases, points: [] };
  const points = CURVES[name];
  return points ? { ...gate, phases: null, points } : gate;
}

/** The first preset that is this shape; text_box and keypoint are the same one, and so on.
 * @param {Gate} gate @param {PhaseTable} official @returns {string | null} */
export function presetOf({ phases, points }, official) {
  const [table, shape] = phases ? [official, phases] : [CURVES, points];
  const found = Object.entries(table).find(([, preset]) => JSON.stringify(preset) === JSON.stringify(shape));
  return found?.[0] ?? null;
}

/** @param {Gate} gate @param {"steps" | "timestep"} counts @returns {Gate} */
export function setCounts(gate, counts) {
  return gate.counts === counts ? gate : { ...gate, counts };
}

/** @param {Gate} gate @param {string} place @param {number | null} factor null: nothing of its own
 * @returns {Gate} */
export function setFactor(gate, place, factor) {
  if ((gate.blocks[place] ?? null) === factor) return gate;
  const { [place]: _, ...others } = gate.blocks;
  return { ...gate, blocks: factor === null ? others : { ...gate.blocks, [place]: round(factor) } };
}

/** Steps of one gate in a row, for people to read. @param {readonly number[]} gates of the steps
 * @returns {{first: number, last: number, gate: number}[]} counted from 1 */
export function runsOf(gates) {
  /** @type {{first: number, last: number, gate: number}[]} */
  const runs = [];
  gates.forEach((gate, index) => {
    const run = runs.at(-1);
    if (run && Math.abs(run.gate - gate) < 1e-9) run.last = index + 1;
    else runs.push({ first: index + 1, last: index + 1, gate });
  });
  return runs;
}

/** The top of the drawing: 1, or the next half above what the gate reaches. @param {Gate} gate */
export function topOf(gate) {
  const highest = Math.max(1, ...handlesOf(gate).map(([, value]) => value));
  return Math.ceil(highest * 2) / 2;
}

/** The handle within reach of a place. @param {Gate} gate @param {Knot} at
 * @param {{x: number, y: number}} reach @returns {number | null} */
export function handleAt(gate, at, reach) {
  const distances = handlesOf(gate).map(([progress, value], index) => ({
    index,
    far: Math.hypot((progress - at[0]) / reach.x, (value - at[1]) / reach.y),
  }));
  const [nearest] = distances.filter(({ far }) => far <= 1).sort((a, b) => a.far - b.far);
  return nearest?.index ?? null;
}

/** The knot on the line at that progress. @param {Gate} gate @param {number} progress @returns {Knot} */
export function pointOnLine(gate, progress) {
  return [progress, gateAtProgress(gate, progress)];
}

/** @param {Gate} gate @param {Phases} phases @param {number} index @param {number} progress */
function movePhase(gate, [on, decay], index, progress) {
  const to = clamp(progress, 0, 1);
  if (index === 1) return setPhases(gate, Math.min(on, to), Math.max(to - on, 0));
  const end = decay === 0 ? to : Math.max(on + decay, to); // a sharp edge moves as one
  return setPhases(gate, to, end - to);
}

/** @param {Gate} gate @param {number} index @param {Knot} to @returns {Gate} */
function movePoint(gate, index, to) {
  const here = gate.points[index];
  if (!here) return gate;
  const low = gate.points[index - 1]?.[0] ?? 0;
  const high = gate.points[index + 1]?.[0] ?? 1;
  const point = /** @type {const} */ ([round(clamp(to[0], low, high)), round(clamp(to[1], 0, HIGHEST))]);
  if (point[0] === here[0] && point[1] === here[1]) return gate;
  return { ...gate, points: gate.points.with(index, point) };
}

/** @param {Phases} phases @returns {Knot[]} */
function phasesAsPoints([on, decay]) {
  /** @type {Knot[]} */
  const points = [[0, 1], [on, 1], [round(on + decay), 0], [1, 0]];
  if (on >= 1) return points.slice(0, 2);
  if (on === 0 && decay === 0) return [[0, 0], [1, 0]];
  const from = on === 0 ? 1 : 0; // no two points at the very start
  return points.slice(from, on + decay >= 1 ? 3 : 4);
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(DIGITS)) + 0; // no -0
}
