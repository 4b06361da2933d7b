// Reader and writer of gate JSON, version 1. gligen_core/gate/gate_json.py reads the same.
//
//   {"version": 1, "counts": "steps", "points": [[0, 1], [0.6, 0]], "blocks": {"output.3": 0.5}}

import { SUM_TOLERANCE } from "./schedule.js";

/** @typedef {import("./schedule.js").Gate} Gate @typedef {import("./schedule.js").Knot} Knot
 * @typedef {import("./schedule.js").Phases} Phases @typedef {Record<string, unknown>} Fields */

export const VERSION = 1;
const MAX_POINTS = 1000;
const PLACE = /^(input|middle|output)(\.\d+){0,2}$/;

export class GateError extends Error {}

/** @param {string} text @returns {Gate} */
export function parseGate(text) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch (mistake) {
    throw new GateError(`not JSON: ${mistake instanceof Error ? mistake.message : mistake}`);
  }
  const { version = VERSION, counts = "steps", phases, points, blocks = {}, ...extra } = readObject(value, "gate");
  if (version !== VERSION) {
    throw new GateError(`'version' is ${shown(version)}; this pack reads version ${VERSION}.`);
  }
  if (counts !== "steps" && counts !== "timestep") {
    throw new GateError(`'counts' is ${shown(counts)}; expected 'steps' or 'timestep'.`);
  }
  const isPhases = (phases ?? null) !== null;
  if (isPhases === ((points ?? null) !== null)) {
    const found = isPhases ? "both 'phases' and 'points'" : "neither 'phases' nor 'points'";
    throw new GateError(`${found}; expected one: [on, decay, off], or a list of [progress, gate].`);
  }
  return {
    counts,
    phases: isPhases ? readPhases(phases) : null,
    points: isPhases ? [] : readPoints(points),
    blocks: readBlocks(blocks),
    extra,
  };
}

/** @param {Gate} gate @returns {string} a line per field: readable, diffable */
export function dumpGate({ counts, phases, points, blocks, extra }) {
  const fields = {
    version: VERSION,
    counts,
    ...(phases ? { phases } : { points }),
    ...(Object.keys(blocks).length > 0 && { blocks }),
    ...extra,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}: ${spaced(value)}`);
  return `{\n  ${lines.join(",\n  ")}\n}`;
}

/** Pattern of the name of a place in the network. @param {string} text */
export function isPlace(text) {
  return PLACE.test(text);
}

/** @param {unknown} value @returns {Phases} */
function readPhases(value) {
  if (!Array.isArray(value) || value.length !== 3 || !value.every(isNumber)) {
    throw new GateError(`'phases' is ${shown(value)}; expected three numbers [on, decay, off].`);
  }
  const [on, decay, off] = /** @type {[number, number, number]} */ (value);
  if (Math.min(on, decay, off) < 0) {
    throw new GateError(`'phases' is ${shown(value)}: each share must be a number from 0 to 1.`);
  }
  if (Math.abs(on + decay + off - 1) > SUM_TOLERANCE) {
    throw new GateError(`'phases' is ${shown(value)}: the shares add up to ${on + decay + off}; expected 1.`);
  }
  return [on, decay, off];
}

/** @param {unknown} value @returns {Knot[]} */
function readPoints(value) {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_POINTS) {
    throw new GateError(`'points' is ${shown(value)}; expected a list of 1 to ${MAX_POINTS} [progress, gate].`);
  }
  const points = value.map(readPoint);
  points.forEach(([progress], index) => {
    if (progress < (points[index - 1]?.[0] ?? 0)) {
      throw new GateError(`'points' run backwards at point ${index + 1}. Sort them by progress.`);
    }
  });
  return points;
}

/** @param {unknown} value @param {number} index @returns {Knot} */
function readPoint(value, index) {
  const pair = isObject(value) ? [value["x"], value["y"]] : value;
  if (!Array.isArray(pair) || pair.length !== 2 || !pair.every(isNumber)) {
    throw new GateError(`point ${index + 1} is ${shown(value)}; expected [progress, gate], two numbers.`);
  }
  const [progress, gate] = /** @type {[number, number]} */ (pair);
  if (progress < 0 || progress > 1 || gate < 0) {
    throw new GateError(
      `point ${index + 1} is ${shown(value)}; expected a progress of 0 to 1 and a gate of 0 or more.`,
    );
  }
  return [progress, gate];
}

/** @param {unknown} value @returns {Record<string, number>} */
function readBlocks(value) {
  const entries = Object.entries(readObject(value, "'blocks'")).map(([place, factor]) => {
    if (!isNumber(factor)) {
      throw new GateError(`'blocks': '${place}' is ${shown(factor)}; expected a factor, 0 or more.`);
    }
    if (factor < 0) throw new GateError(`'blocks': '${place}' is ${factor}; expected 0 or more.`);
    if (!isPlace(place)) {
      throw new GateError(`'blocks': '${place}' names no place in the UNet. Write 'output' or 'output.3'.`);
    }
    return /** @type {const} */ ([place, factor]);
  });
  return Object.fromEntries(entries);
}

/** @param {unknown} value @param {string} where @returns {Fields} */
function readObject(value, where) {
  if (isObject(value)) return value;
  throw new GateError(`${where}: ${shown(value)} is not an object; expected {...}.`);
}

/** @param {unknown} value @returns {value is Fields} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/** @param {unknown} value */
function spaced(value) {
  return JSON.stringify(value).replaceAll(",", ", ").replaceAll(":", ": ");
}

/** A wrong value, shortened. @param {unknown} value */
function shown(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
