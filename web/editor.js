// Base of all canvases, between host.js and the widgets: the text and its history, the
// frame, the stage, panning and zooming, the page for the value as text.
//
//   class PoseEditor extends CanvasEditor {
//     constructor(host, initial) {
//       super(host, { name: "poses", format, draw: (context) => drawSession(context, this.session) });
//       ... addButtons, then
//       this.start(initial, keyTable(this));
//     }
//     press(event) { return beginDrag(...); }     hover(event) { ... }     render() { ... }
//   }

import { passWheelOn, toast } from "./host.js";
import { TextDocument } from "./lib/document.js";
import { Frame, setPressed } from "./lib/frame.js";
import { listenGestures } from "./lib/gestures.js";
import { ICONS } from "./lib/icons.js";
import { listenKeys } from "./lib/keys.js";
import { Menu } from "./lib/menu.js";
import { Stage } from "./lib/stage.js";
import { t } from "./lib/strings.js";
import { onThemeChange } from "./lib/theme.js";

/** @typedef {import("./lib/types.js").Drag} Drag @typedef {import("./lib/types.js").Point} Point
 * @typedef {import("./host.js").NodeHost} NodeHost */

/** Those in the graph, the last used one last. @type {Set<CanvasEditor<any>>} */
const open = new Set();

/** @template {object} T
 * @typedef {object} Options
 * @property {string} name of the texts: `${name}.editor` and `${name}.canvas`
 * @property {{parse: (text: string) => T, dump: (value: T) => string, empty: T}} format
 * @property {(context: CanvasRenderingContext2D) => void} draw
 * @property {boolean} [zooms] the stage has a canvas to zoom and pan; true if left out */

/** @template {object} T */
export class CanvasEditor {
  /** @type {(() => void)[]} what to do when the node goes */
  endings = [];

  #document;
  #zooms;
  #menu;
  #spaceHeld = false;
  /** @type {HTMLButtonElement | null} */
  #undo = null;
  /** @type {HTMLButtonElement | null} */
  #redo = null;
  /** @type {HTMLButtonElement | null} */
  #text = null;

  /** @param {NodeHost} host @param {Options<T>} options */
  constructor(host, { name, format, draw, zooms = true }) {
    this.host = host;
    this.#zooms = zooms;
    this.#document = new TextDocument(format);
    this.store = this.#document.store;
    this.frame = new Frame({ label: t(`${name}.editor`) });
    this.element = this.frame.element;
    this.stage = new Stage({ label: t(`${name}.canvas`), draw });
    this.frame.stage.append(this.stage.element);
    this.#menu = new Menu(this.stage.element, this.stage.canvas.ariaLabel ?? "");
  }

  /** When all parts stand. @param {string} initial text of a new node
   * @param {import("./lib/keys.js").KeyTable} keys of the canvas, besides those of every editor */
  start(initial, keys) {
    const { canvas } = this.stage;
    this.endings.push(
      this.store.subscribe((reason) => this.#changed(reason)),
      listenGestures(canvas, {
        pointOf: (event) => this.stage.pointOf(event),
        press: (_, event) => this.#press(event),
        hover: (_, event) => this.hover(event),
        leave: () => this.leave(),
        doublePress: (_, event) => this.doublePress(event),
        menu: (point, event) => this.#openMenu(point, event),
        ...(this.#zooms && { pinch: this.#pinch, wheel: this.#wheel }),
      }),
      listenKeys(canvas, { ...this.#keys(), ...keys }),
      onThemeChange(this.stage.invalidate),
    );
    if (!this.#zooms) canvas.addEventListener("wheel", passWheelOn, { passive: false });
    for (const type of ["keydown", "keyup", "blur"]) {
      canvas.addEventListener(type, (event) => this.#holdSpace(/** @type {KeyboardEvent} */ (event)));
    }
    this.element.addEventListener("focusin", () => open.delete(this) && open.add(this));
    this.host.onErrors((messages) => this.showErrors(messages));
    open.add(this);
    this.#document.load(initial);
  }

  getValue = () => this.#document.text;

  /** The host hands in a text. @param {string} text */
  setValue = (text) => this.load(text);

  /** @param {string} text */
  load(text) {
    this.#document.load(text);
  }

  destroy = () => {
    open.delete(this);
    for (const end of this.endings.splice(0)) end();
    this.stage.destroy();
    this.frame.destroy();
  };

  /** The drag that a press begins. @param {PointerEvent} _event @returns {Drag | null} */
  press(_event) {
    return null;
  }

  /** @param {PointerEvent} _event */
  hover(_event) {}

  leave() {}

  /** @param {MouseEvent} _event */
  doublePress(_event) {}

  /** Menu of the right button or the menu key. @param {PointerEvent | null} _event where; null: by key,
   * for what is selected @returns {(import("./lib/menu.js").Item | null)[]} */
  menuItems(_event) {
    return [];
  }

  /** Show the store's value, all but the canvas, which draws itself with the next frame. */
  render() {}

  /** The selection in words. @returns {string} */
  description() {
    return "";
  }

  /** @param {string[]} messages of the server */
  showErrors(messages) {
    this.frame.warn(messages.join(" "));
  }

  get isPanning() {
    return this.#spaceHeld;
  }

  addHistoryButtons() {
    const { frame, store } = this;
    this.#undo = frame.addButton({ icon: ICONS.undo, label: t("undo"), shortcut: "Ctrl+Z", run: () => store.undo() });
    this.#redo = frame.addButton({ icon: ICONS.redo, label: t("redo"), shortcut: "Ctrl+Y", run: () => store.redo() });
    frame.addSeparator();
  }

  addZoomButtons() {
    const { frame, stage } = this;
    frame.addSeparator();
    frame.addButton({ icon: ICONS.zoomOut, label: t("zoomOut"), shortcut: "−", run: () => stage.zoomBy(0.8) });
    frame.addButton({ icon: ICONS.zoomIn, label: t("zoomIn"), shortcut: "+", run: () => stage.zoomBy(1.25) });
    frame.addButton({ icon: ICONS.fit, label: t("fit"), shortcut: "0", run: () => stage.fit() });
  }

  /** Two switches: the panel at the side, and the value as text. @param {string} panel its name */
  addPageButtons(panel) {
    const { frame } = this;
    frame.addSeparator();
    const list = frame.addButton({
      icon: ICONS.list,
      label: panel,
      run: () => {
        frame.side.hidden = !frame.side.hidden;
        setPressed(list, !frame.side.hidden);
      },
      pressed: true,
    });
    const run = () => this.toggleText();
    this.#text = frame.addButton({ icon: ICONS.code, label: t("text.area"), run, pressed: false });
  }

  /** The value as text in place of the canvas, and back. */
  toggleText() {
    if (this.#document.mistake !== null) return;
    const show = !this.frame.isTextShown;
    if (show) this.frame.showText(this.#document.text, (text) => this.#applyText(text));
    else {
      this.frame.showEditor();
      this.frame.warn(""); // of a draft that is given up
    }
    if (this.#text) setPressed(this.#text, show);
  }

  copyText() {
    return navigator.clipboard.writeText(this.#document.text);
  }

  /** The clipboard's text in place of the value: one step, or why it can't be. */
  async pasteText() {
    this.frame.say((await this.readClipboard((text) => this.#document.edit(text))) ?? this.description());
  }

  /** @template R @param {(text: string) => R} take @returns {Promise<R | string>} what it hands back, or
   * that the person, or the browser, does not let the clipboard be read */
  async readClipboard(take) {
    const text = await navigator.clipboard.readText().catch(() => null);
    return text === null ? t("menu.unread") : take(text);
  }

  /** @param {import("./lib/store.js").Reason} reason */
  #changed(reason) {
    if (reason !== "preview" && reason !== "cancel") {
      this.frame.warn("");
      if (reason === "reset") this.#showDocument();
      else this.host.changed();
    }
    this.stage.invalidate();
    this.render();
    if (reason === "undo" || reason === "redo") this.frame.say(this.description());
    if (this.#undo) this.#undo.disabled = !this.store.canUndo;
    if (this.#redo) this.#redo.disabled = !this.store.canRedo;
  }

  /** After a text from outside: the editor, or what is wrong with the text. */
  #showDocument() {
    const { mistake, text } = this.#document;
    if (this.#text) setPressed(this.#text, false);
    if (mistake === null) {
      this.frame.showEditor();
      this.frame.say(this.description());
      return;
    }
    this.#showBroken(mistake, text);
  }

  /** @param {string} mistake @param {string} text */
  #showBroken(mistake, text) {
    this.frame.showBroken({ message: mistake, text, apply: (mended) => this.#applyText(mended) });
    this.frame.warn(mistake);
  }

  /** One step of the history; what can't be read stays in the page of text, with the reason.
   * @param {string} text typed by the person */
  #applyText(text) {
    const wasBroken = this.#document.mistake !== null;
    const mistake = this.#document.edit(text);
    if (mistake === null) {
      this.frame.warn("");
      this.#showDocument();
      this.stage.canvas.focus({ preventScroll: true });
    } else {
      this.#showBroken(mistake, text);
    }
    if (wasBroken) this.host.changed();
  }

  /** @param {PointerEvent} event @returns {Drag | null} */
  #press(event) {
    if (this.#zooms && (event.button === 1 || this.#spaceHeld)) return this.#pan(event);
    return event.button === 0 ? this.press(event) : null;
  }

  /** @param {Point} point on the stage @param {PointerEvent} event */
  #openMenu(point, event) {
    const byHand = event.button === 2 || ["touch", "pen"].includes(event.pointerType);
    const items = this.menuItems(byHand ? event : null);
    if (items.length) this.#menu.open(point, items, () => this.stage.canvas.focus({ preventScroll: true }));
  }

  /** @param {PointerEvent} event @returns {Drag} */
  #pan(event) {
    let from = this.stage.pointOf(event);
    return {
      move: (point) => {
        this.stage.panBy(point.x - from.x, point.y - from.y);
        from = point;
      },
    };
  }

  /** @param {Point} at @param {number} factor @param {number} dx @param {number} dy */
  #pinch = (at, factor, dx, dy) => {
    this.stage.zoomBy(factor, at);
    this.stage.panBy(dx, dy);
  };

  /** Over a canvas that is being worked in the wheel zooms it; elsewhere it is the graph's.
   * @param {Point} point @param {WheelEvent} event */
  #wheel = (point, event) => {
    if (document.activeElement !== this.stage.canvas && !this.frame.isFullScreen) {
      passWheelOn(event);
      return false;
    }
    this.stage.zoomBy(Math.exp(-event.deltaY * 0.0015), point);
    return true;
  };

  /** @returns {import("./lib/keys.js").KeyTable} */
  #keys() {
    const { stage, store, frame } = this;
    return {
      "mod+z": () => store.undo(),
      "mod+shift+z": () => store.redo(),
      "mod+y": () => store.redo(),
      f: () => frame.toggleFullScreen(),
      ...(this.#zooms && {
        "+": () => stage.zoomBy(1.25),
        "=": () => stage.zoomBy(1.25),
        "-": () => stage.zoomBy(0.8),
        0: () => stage.fit(),
      }),
    };
  }

  /** @param {KeyboardEvent} event */
  #holdSpace(event) {
    if (event.type !== "keydown") {
      this.#spaceHeld = false;
    } else if (event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      this.#spaceHeld = true;
    }
  }
}

/** Editor that a command acts on: the selected node's editor of that class, else the last used one.
 * @template {CanvasEditor<any>} E
 * @param {new (...details: any[]) => E} kind @param {(editor: E) => unknown} act
 * @param {string} nobody key of the text that says that there is none */
export function onEditor(kind, act, nobody) {
  return () => {
    const editors = [...open].filter((editor) => editor instanceof kind);
    const editor = editors.find(({ host }) => host.isSelected) ?? editors.at(-1);
    if (editor) act(/** @type {E} */ (editor));
    else toast("info", t(nobody));
  };
}
