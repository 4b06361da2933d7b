// Undo and redo as values: every function returns a new history, or the same one if nothing changes.

/** @template T
 * @typedef {object} History
 * @property {readonly T[]} past oldest first
 * @property {T} present
 * @property {readonly T[]} future next one first
 * @property {string | null} merging the key of the step that made `present` */

const LIMIT = 200; // steps; a layout of 30 boxes is 3 kB, so 0.6 MB

/** @template T @param {T} present @returns {History<T>} */
export function startHistory(present) {
  return { past: [], present, future: [], merging: null };
}

/** One more step. Steps with the same merge key, one after the other, are undone as one.
 * @template T @param {History<T>} history @param {T} value @param {string | null} [merge]
 * @returns {History<T>} */
export function record(history, value, merge = null) {
  if (value === history.present) return history;
  if (merge !== null && merge === history.merging) {
    return { ...history, present: value, future: [] };
  }
  const past = [...history.past, history.present].slice(-LIMIT);
  return { past, present: value, future: [], merging: merge };
}

/** @template T @param {History<T>} history @returns {History<T>} */
export function undo(history) {
  const present = history.past.at(-1);
  if (present === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present,
    future: [history.present, ...history.future],
    merging: null,
  };
}

/** @template T @param {History<T>} history @returns {History<T>} */
export function redo(history) {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future, merging: null };
}
