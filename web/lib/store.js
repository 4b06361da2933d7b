// Store of what an editor edits: a value, its history, and who wants to know.
//
//   const store = new Store(layout);
//   store.subscribe((reason) => redraw(store.value));
//   store.preview(moved);      // while dragging: shown, not yet a step of undo
//   store.commit();            // the drag ended: one step
//   store.commit(value, "arrow keys");   // steps of one kind in a row are undone as one

import { record, redo, startHistory, undo } from "./history.js";

/** Kind of a change: "preview" and "cancel" leave the committed value as it was.
 * @typedef {"preview" | "cancel" | "commit" | "undo" | "redo" | "reset"} Reason */

/** @template T */
export class Store {
  /** @type {import("./history.js").History<T>} */
  #history;
  /** @type {T | null} */
  #preview = null;
  /** @type {Set<(reason: Reason) => void>} */
  #listeners = new Set();

  /** @param {T} value */
  constructor(value) {
    this.#history = startHistory(value);
  }

  /** Value to show: the preview while there is one. */
  get value() {
    return this.#preview ?? this.#history.present;
  }

  /** Committed value: saved with the workflow, sent to the host. */
  get committed() {
    return this.#history.present;
  }

  get canUndo() {
    return this.#history.past.length > 0;
  }

  get canRedo() {
    return this.#history.future.length > 0;
  }

  /** @param {T} value */
  preview(value) {
    if (value === this.value) return;
    this.#preview = value;
    this.#tell("preview");
  }

  /** Drop the preview. */
  cancel() {
    if (this.#preview === null) return;
    this.#preview = null;
    this.#tell("cancel");
  }

  /** @param {T} [value] the preview if left out @param {string} [merge] */
  commit(value = this.value, merge) {
    this.#preview = null;
    this.#move(record(this.#history, value, merge), "commit");
  }

  undo() {
    this.#preview = null;
    this.#move(undo(this.#history), "undo");
  }

  redo() {
    this.#preview = null;
    this.#move(redo(this.#history), "redo");
  }

  /** Begin anew with a value from outside; the history is forgotten. @param {T} value */
  reset(value) {
    this.#preview = null;
    this.#history = startHistory(value);
    this.#tell("reset");
  }

  /** @param {(reason: Reason) => void} listener @returns {() => void} ends it */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {import("./history.js").History<T>} next @param {Reason} reason */
  #move(next, reason) {
    const changed = next !== this.#history;
    this.#history = next;
    this.#tell(changed ? reason : "cancel");
  }

  /** @param {Reason} reason */
  #tell(reason) {
    for (const listener of [...this.#listeners]) listener(reason);
  }
}
