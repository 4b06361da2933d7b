// A widget's text and the value read from it. The text stays as it came, to the letter, until
// something is edited; text that can't be read is kept, shown, and still what is saved and sent.
//
//   const document = new TextDocument({ parse: parseLayout, dump: dumpLayout, empty: EMPTY_LAYOUT });
//   document.load(text);            // the host's setValue
//   document.edit(text)             // typed by the person: one step that can be undone
//   document.text                   // the host's getValue
//   document.mistake                // null, or why the text can't be read
//   document.store                  // what the editor edits (store.js)

import { Store } from "./store.js";

/** @template {object} T */
export class TextDocument {
  /** @type {string | null} why the text can't be read */
  mistake = null;

  #text = "";
  /** The texts that values were read from. @type {WeakMap<T, string>} */
  #texts = new WeakMap();
  #parse;
  #dump;

  /** @param {{parse: (text: string) => T, dump: (value: T) => string, empty: T}} format
   * parse throws an Error whose message says what is wrong */
  constructor({ parse, dump, empty }) {
    this.#parse = parse;
    this.#dump = dump;
    this.#texts.set(empty, "");
    this.store = new Store(empty);
  }

  get text() {
    if (this.mistake !== null) return this.#text;
    const { committed } = this.store;
    return this.#texts.get(committed) ?? this.#dump(committed);
  }

  /** From outside: the workflow, the API, another widget. What is held already is left alone.
   * @param {string} text */
  load(text) {
    if (text === this.text && this.mistake === null && this.#text !== "") return;
    const { value, mistake } = this.#read(text);
    this.#text = text;
    this.mistake = mistake;
    this.store.reset(value ?? this.store.committed);
  }

  /** Typed by the person. A value that can be read is a step of the history; text that can't be read
   * takes the place only of what can't be read either. @param {string} text
   * @returns {string | null} why it can't be read */
  edit(text) {
    if (this.mistake !== null) {
      this.load(text);
      return this.mistake;
    }
    if (text === this.text) return null;
    const { value, mistake } = this.#read(text);
    if (value) this.store.commit(value);
    return mistake;
  }

  /** @param {string} text @returns {{value: T | null, mistake: string | null}} */
  #read(text) {
    try {
      const value = this.#parse(text);
      this.#texts.set(value, text);
      return { value, mistake: null };
    } catch (mistake) {
      return { value: null, mistake: mistake instanceof Error ? mistake.message : String(mistake) };
    }
  }
}
