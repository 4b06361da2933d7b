// A menu at a place of a stage: by mouse, keys and screen reader.
//
//   const menu = new Menu(stage.element, label);
//   menu.open({ x: 20, y: 30 }, [{ label, shortcut, run }, null, ...], () => stage.canvas.focus());

import { element, takesTyping } from "./dom.js";

/** null in a list of items: a line.
 * @typedef {object} Item
 * @property {string} label @property {string} [shortcut] as shown
 * @property {() => unknown} run
 * @property {boolean} [enabled] true if left out
 * @property {boolean} [checked] given: it is a switch */

export class Menu {
  #element;
  #place;
  #back = () => {};
  #isOpen = false;

  /** @param {HTMLElement} place it is put into @param {string} label */
  constructor(place, label) {
    this.#place = place;
    this.#element = element("div", { class: "gligen-menu", role: "menu", "aria-label": label });
    this.#element.addEventListener("keydown", (event) => this.#key(event));
    this.#element.addEventListener("focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.#element.contains(relatedTarget))) this.close();
    });
    this.#element.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** @param {import("./types.js").Point} at CSS pixels of the place @param {(Item | null)[]} items
   * @param {() => void} back gives the focus back */
  open(at, items, back) {
    this.close();
    this.#back = back;
    this.#isOpen = true;
    this.#element.replaceChildren(...items.map((item) => this.#show(item)));
    this.#place.append(this.#element);
    const { clientWidth, clientHeight } = this.#place;
    this.#element.style.left = `${Math.max(Math.min(at.x, clientWidth - this.#element.offsetWidth - 4), 0)}px`;
    this.#element.style.top = `${Math.max(Math.min(at.y, clientHeight - this.#element.offsetHeight - 4), 0)}px`;
    this.#usable[0]?.focus({ preventScroll: true });
  }

  close() {
    if (!this.#isOpen) return; // to take it away ends the focus, which closes it
    this.#isOpen = false;
    this.#element.remove();
  }

  /** @returns {HTMLElement[]} */
  get #usable() {
    return [...this.#element.querySelectorAll(/** @type {"div"} */ (".gligen-menu-item:not([aria-disabled])"))];
  }

  /** @param {Item | null} item */
  #show(item) {
    if (!item) return element("div", { class: "gligen-menu-line", role: "separator" });
    const { label, shortcut = "", run, enabled = true, checked } = item;
    const properties = {
      class: "gligen-menu-item",
      role: checked === undefined ? "menuitem" : "menuitemcheckbox",
      "aria-checked": checked === undefined ? null : String(checked),
      tabIndex: -1,
      "aria-disabled": enabled ? null : "true",
      onclick: () => {
        if (!enabled) return;
        this.#leave();
        run();
      },
    };
    const shown = element("div", properties, [
      element("span", {}, [checked ? `✓ ${label}` : label]),
      element("kbd", { "aria-hidden": "true" }, [shortcut]),
    ]);
    takesTyping(shown); // or Escape is the host's as well
    return shown;
  }

  #leave() {
    this.close();
    this.#back();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const all = this.#usable;
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const ends = { Home: 0, End: all.length - 1 }[event.key];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") this.#leave();
    else if (event.key === "Enter" || event.key === " ") all[at]?.click();
    else if (step) all[(at + step + all.length) % all.length]?.focus();
    else if (ends !== undefined) all[ends]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
