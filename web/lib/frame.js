// Frame of every editor: toolbar, stage, side panel, a status line, full screen, and a page
// for a value that can't be read. It knows nothing of what is edited.
//
//   const frame = new Frame({ label: t("boxes.editor") });
//   const undo = frame.addButton({ icon: ICONS.undo, label: t("undo"), shortcut: "Ctrl+Z", run });
//   undo.disabled = !store.canUndo;
//   frame.addSeparator();
//   frame.stage.append(stage.element);  frame.side.append(list);
//   frame.say("Box 2 moved");                          // status line, read out by screen readers
//   frame.showBroken({ message, text, apply: (text) => {...} });  frame.showEditor();
//   frame.toggleFullScreen();  frame.destroy();
//
// The frame keeps pointer, key and clipboard events from the host.

import { element, icon, keepToItself, setText } from "./dom.js";
import { ICONS } from "./icons.js";
import { t } from "./strings.js";

/** @typedef {object} ButtonOptions
 * @property {string} icon path data of ICONS
 * @property {string} label what it does, in words: tooltip and screen reader
 * @property {string} [shortcut] as shown, such as "Ctrl+Z"
 * @property {() => void} run
 * @property {boolean} [pressed] given: it is a switch; `setPressed` changes it */

export class Frame {
  #dialog;
  #place = element("div", { class: "gligen-away" });
  #status;
  #warning;
  #note;
  #toolbar;
  #text;
  #fullScreen;
  #switched;

  /** @param {{label: string}} options what a screen reader calls the editor */
  constructor({ label }) {
    this.#toolbar = element("div", { class: "gligen-toolbar", role: "toolbar", "aria-label": label });
    this.#toolbar.addEventListener("keydown", (event) => this.#walkToolbar(event));
    this.#switched = new MutationObserver(() => this.#rove());
    this.#switched.observe(this.#toolbar, { attributeFilter: ["disabled", "hidden"], subtree: true });
    // Over the stage: nothing must move under a hand that is drawing.
    this.#note = element("div", { class: "gligen-note", role: "note", "aria-live": "polite", hidden: true });
    this.stage = element("div", { class: "gligen-stage-slot" }, [this.#note]);
    this.side = element("div", { class: "gligen-side" });
    this.#status = element("div", { class: "gligen-status", role: "status" });
    this.#warning = element("div", { class: "gligen-warning", role: "alert", hidden: true });
    this.#text = element("div", { class: "gligen-text", hidden: true });
    this.body = element("div", { class: "gligen-body" }, [this.stage, this.side]);
    // widget-expands: the host's Nodes 2.0 gives the row what height the node has to spare.
    this.element = element(
      "div",
      { class: "gligen-editor widget-expands", role: "group", "aria-label": label },
      [this.#toolbar, this.body, this.#text, this.#warning, this.#status],
    );
    this.#dialog = element("dialog", { class: "gligen-full-screen", "aria-label": label });
    this.#dialog.addEventListener("close", () => this.#leaveFullScreen());
    keepToItself(this.element);
    keepToItself(this.#dialog);
    this.#fullScreen = this.addButton({
      icon: ICONS.fullScreen,
      label: t("fullScreen"),
      shortcut: "F",
      run: () => this.toggleFullScreen(),
      pressed: false,
    });
    this.#fullScreen.classList.add("gligen-last");
  }

  get isFullScreen() {
    return this.#dialog.open;
  }

  /** @param {ButtonOptions} options @returns {HTMLButtonElement} */
  addButton({ icon: path, label, shortcut, run, pressed }) {
    const button = element(
      "button",
      {
        type: "button",
        class: "gligen-button",
        title: shortcut ? `${label} (${shortcut})` : label,
        "aria-label": label,
        "aria-pressed": pressed === undefined ? null : String(pressed),
        onclick: run,
        // The stage keeps the focus, so that keys go on working there.
        onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
      },
      [icon(path)],
    );
    this.#toolbar.insertBefore(button, this.#fullScreen ?? null);
    this.#rove();
    return button;
  }

  addSeparator() {
    this.#toolbar.insertBefore(element("span", { class: "gligen-separator" }), this.#fullScreen);
  }

  /** Any control in the toolbar, such as a select or a slider. @param {HTMLElement} control */
  addControl(control) {
    this.#toolbar.insertBefore(control, this.#fullScreen);
  }

  /** Shows a text in the status line; screen readers read it out. @param {string} text */
  say(text) {
    setText(this.#status, text);
  }

  /** Show an error above the status line, "" for none. @param {string} text */
  warn(text) {
    setText(this.#warning, text);
    this.#warning.hidden = text === "";
  }

  /** Show over the stage what is in doubt about the value, "" for nothing. @param {string} text */
  note(text) {
    setText(this.#note, text);
    this.#note.hidden = text === "";
  }

  /** Shows, in place of the editor, what is wrong with the text, and the text to mend.
   * @param {{message: string, text: string, apply: (text: string) => void}} broken */
  showBroken({ message, text, apply }) {
    this.#showText(text, apply, [
      element("strong", {}, [t("broken.title")]),
      element("p", { role: "alert" }, [message]),
    ]);
  }

  /** Shows, in place of the editor, the value as text. @param {string} text
   * @param {(text: string) => void} apply */
  showText(text, apply) {
    this.#showText(text, apply, []);
  }

  get isTextShown() {
    return !this.#text.hidden;
  }

  /** Back from `showBroken` or `showText`. */
  showEditor() {
    this.body.hidden = false;
    this.#text.hidden = true;
    this.#text.replaceChildren();
  }

  /** @param {string} text @param {(text: string) => void} apply @param {HTMLElement[]} above */
  #showText(text, apply, above) {
    const area = element("textarea", {
      value: text,
      spellcheck: false,
      "aria-label": t("text.area"),
      "data-capture-wheel": "true",
    });
    const button = element(
      "button",
      { type: "button", class: "gligen-text-button", onclick: () => apply(area.value) },
      [t("text.apply")],
    );
    this.#text.replaceChildren(...above, area, button);
    this.body.hidden = true;
    this.#text.hidden = false;
  }

  toggleFullScreen() {
    if (this.isFullScreen) {
      this.#dialog.close();
      return;
    }
    this.element.replaceWith(this.#place);
    this.#dialog.append(this.element);
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    setPressed(this.#fullScreen, true);
    this.stage.querySelector("canvas")?.focus();
  }

  destroy() {
    this.#switched.disconnect();
    if (this.#dialog.open) this.#dialog.close();
    this.#dialog.remove();
    this.element.remove();
  }

  #leaveFullScreen() {
    this.#place.replaceWith(this.element);
    this.#dialog.remove();
    setPressed(this.#fullScreen, false);
    this.stage.querySelector("canvas")?.focus();
  }

  /** Those that can be pressed now. */
  get #buttons() {
    return [...this.#toolbar.querySelectorAll("button")].filter(({ disabled, hidden }) => !disabled && !hidden);
  }

  /** One stop of the Tab key for the whole toolbar; arrow keys walk inside. */
  #rove() {
    for (const button of this.#toolbar.querySelectorAll("button")) button.tabIndex = -1;
    const [first] = this.#buttons;
    if (first) first.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  #walkToolbar(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const buttons = this.#buttons;
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }
}

/** @param {HTMLElement} button a switch @param {boolean} pressed */
export function setPressed(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
}
