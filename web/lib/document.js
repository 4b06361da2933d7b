// A widget's text and the value read from it. The text stays as it came, to the letter, until
// something is edited; text that can't be read is kept, shown, and still what is saved and sent.
//
//   const document = new TextDocument({ parse: parseLayout, dump: dumpLayout, empty: EMPTY_LAYOUT });
//   document.load(text);            // the host's setValue
//   document.text                   // the host's getValue
//   document.mistake                // null, or why the text can't be read
//   document.store                  // what the editor edits (store.js)

import { Store } from "./store.js";

/** @template T */
export class TextDocument {
  /** @type {string | null} why the text can't be read */
  mistake = null;

  #text = "";
  /** @type {T} the value that #text stands for */
  #read;
  #parse;
  #dump;

  /** @param {{parse: (text: string) => T, dump: (value: T) => string, empty: T}} format
   * parse throws an Error whose message says what is wrong */
  constructor({ parse, dump, empty }) {
    this.#parse = parse;
    this.#dump = dump;
    this.#read = empty;
    this.store = new Store(empty);
  }

  get text() {
    if (this.mistake !== null || this.store.committed === this.#read) return this.#text;
    return this.#dump(this.store.committed);
  }

  /** From outside: the workflow, the API, another widget. What is held already is left alone.
   * @param {string} text */
  load(text) {
    if (text === this.text && this.mistake === null && this.#text !== "") return;
    this.#text = text;
    try {
      this.#read = this.#parse(text);
      this.mistake = null;
    } catch (mistake) {
      this.mistake = mistake instanceof Error ? mistake.message : String(mistake);
    }
    this.store.reset(this.#read);
  }
}
