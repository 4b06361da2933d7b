// Base of the two canvases of a layout, boxes and poses: its size, the picture beneath,
// copy and paste, what runs find in a picture, and what the server refuses.
//
//   class BoxEditor extends LayoutEditor {
//     constructor(host, initial) {
//       super(host, { name: "boxes", findings: "detections", open: (around) => new Session(around), draw });
//       ... addButtons, then
//       this.arrange(panel);
//       this.start(initial, keyTable(this));
//     }
//   }

import { CanvasEditor } from "./editor.js";
import { inputPictureUrl, pictureUrl, toast, uploadPicture } from "./host.js";
import { Backdrop } from "./lib/backdrop.js";
import { Beneath } from "./lib/beneath.js";
import { listenClipboard } from "./lib/clipboard.js";
import { element } from "./lib/dom.js";
import { EMPTY_LAYOUT, MAX_SIDE_PX, resizeCanvas } from "./lib/layout.js";
import { dumpLayout, parseLayout } from "./lib/layout_json.js";
import { t } from "./lib/strings.js";

/** @typedef {import("./lib/layout.js").Layout} Layout @typedef {import("./host.js").NodeHost} NodeHost
 * @typedef {import("./lib/store.js").Reason} Reason
 * @typedef {import("./lib/layout.js").Surroundings} Surroundings */

/** Interface of a layout editor's session.
 * @typedef {object} LayoutSession
 * @property {Layout} layout
 * @property {ReadonlySet<string>} selection ids
 * @property {() => void} duplicate @property {() => void} remove
 * @property {(step: 1 | -1) => void} reorder
 * @property {() => string | null} copy JSON of what is selected; null: nothing is
 * @property {() => string | null} cut
 * @property {(text: string) => boolean} paste whether there was something of ours in it
 * @property {(text: string | null) => void} find what a run found, as layout JSON: to be adopted
 * @property {(messages: readonly string[]) => void} refuse mark and select what the server refused
 * @property {() => void} forgetTheGone after an undo, or a value from outside
 * @property {() => string} description */

/** @template {LayoutSession} S
 * @typedef {object} Options
 * @property {string} name of the texts
 * @property {string} findings the input that brings what can be adopted
 * @property {(around: Surroundings) => S} open makes the session
 * @property {(context: CanvasRenderingContext2D) => void} draw */

/** @template {LayoutSession} S @extends {CanvasEditor<Layout>} */
export class LayoutEditor extends CanvasEditor {
  #findings;
  #beneath;
  #width = this.#sideField("width");
  #height = this.#sideField("height");

  /** @param {NodeHost} host @param {Options<S>} options */
  constructor(host, { name, findings, open, draw }) {
    const format = {
      parse: (/** @type {string} */ text) => parseLayout(text, { drafts: true }),
      dump: dumpLayout,
      empty: EMPTY_LAYOUT,
    };
    super(host, { name, format, draw });
    this.#findings = findings;
    this.session = open({
      stage: this.stage,
      store: this.store,
      changed: () => this.#show(),
      say: (text) => this.frame.say(text),
    });
    this.backdrop = new Backdrop(this.stage.invalidate);
    this.#beneath = new Beneath(
      this.backdrop,
      { choice: host.property("beneath"), dim: host.property("dim") },
      (choice, dim) => {
        host.setProperty("beneath", choice);
        host.setProperty("dim", dim);
      },
    );
    this.#listen();
  }

  /** The panel at the side, with the canvas' size above and the picture below it.
   * @param {HTMLElement} panel */
  arrange(panel) {
    const size = [t("boxes.size"), this.#width, "×", this.#height];
    this.frame.side.append(element("div", { class: "gligen-canvas-size" }, size), panel, this.#beneath.element);
  }

  /** @override @param {string} text */
  load(text) {
    super.load(text);
    const name = this.host.property("background"); // the host restores these before the text
    this.#beneath.offer("dropped", typeof name === "string" ? inputPictureUrl(name) : null);
    this.#offerLast();
  }

  /** Show all but the canvas; while a drag goes on, the canvas is enough. @override */
  render() {
    const { width, height } = this.session.layout;
    this.stage.setCanvasSize({ width, height });
    if (this.store.value !== this.store.committed) return;
    this.#width.value = String(width);
    this.#height.value = String(height);
    this.renderPanel();
  }

  renderPanel() {}

  /** @override */
  description() {
    return this.session.description();
  }

  /** The right button has been pressed there: select what lies there. @param {PointerEvent} _event */
  point(_event) {}

  /** Items of the menu that only this canvas has. @returns {import("./lib/menu.js").Item[]} */
  ownItems() {
    return [];
  }

  /** @override @param {PointerEvent | null} event */
  menuItems(event) {
    if (event) this.point(event);
    const { session } = this;
    const enabled = session.selection.size > 0;
    return [
      { label: t("boxes.duplicate"), shortcut: "Ctrl+D", enabled, run: () => session.duplicate() },
      { label: t("boxes.earlier"), shortcut: "[", enabled, run: () => session.reorder(-1) },
      { label: t("boxes.later"), shortcut: "]", enabled, run: () => session.reorder(1) },
      null,
      ...this.ownItems(),
      null,
      { label: t("menu.copy"), shortcut: "Ctrl+C", enabled, run: () => copyToSystem(session.copy()) },
      { label: t("menu.cut"), shortcut: "Ctrl+X", enabled, run: () => copyToSystem(session.cut()) },
      { label: t("menu.paste"), shortcut: "Ctrl+V", run: () => this.#paste() },
      null,
      { label: t("boxes.remove"), shortcut: "Del", enabled, run: () => session.remove() },
    ];
  }

  async #paste() {
    const refusal = await this.readClipboard((text) => this.session.paste(text));
    if (typeof refusal === "string") this.frame.say(refusal);
  }

  /** @override @param {string[]} messages */
  showErrors(messages) {
    this.session.refuse(messages);
    super.showErrors(messages);
  }

  #show() {
    this.stage.invalidate();
    this.render();
  }

  #listen() {
    const { host, session, stage } = this;
    this.endings.push(
      this.store.subscribe((reason) => this.#forget(reason)),
      listenClipboard(stage.canvas, {
        copy: () => session.copy(),
        cut: () => session.cut(),
        paste: (text) => session.paste(text),
      }),
    );
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#drop(event));
    host.onWires(() => this.#showWired());
    host.onRun(() => this.#offerLast());
    host.onExecuted((output) => this.#executed(output));
  }

  #offerLast() {
    this.#beneath.offer("last", this.host.lastPicture);
  }

  /** Drops what no longer holds once the value has changed. @param {Reason} reason */
  #forget(reason) {
    if (reason === "preview" || reason === "cancel") return;
    this.session.forgetTheGone();
    this.session.refuse([]);
  }

  /** @param {"width" | "height"} side @returns {HTMLInputElement} */
  #sideField(side) {
    const field = element("input", {
      type: "number",
      min: "1",
      max: String(MAX_SIDE_PX),
      step: "8",
      "aria-label": t(`boxes.${side}`),
      title: t(`boxes.${side}`),
      onchange: () => this.#resizeCanvas({ [side]: Math.round(field.valueAsNumber) }),
    });
    return field;
  }

  /** @param {{width?: number, height?: number}} size */
  #resizeCanvas(size) {
    const usable = Object.values(size).every((side) => side >= 1 && side <= MAX_SIDE_PX);
    if (usable) this.store.commit(resizeCanvas(this.session.layout, size));
    this.render();
  }

  /** A picture goes beneath, layout JSON is pasted. @param {DragEvent} event */
  async #drop(event) {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    if (!file.type.startsWith("image/")) {
      this.session.paste(await file.text());
      return;
    }
    try {
      const name = await uploadPicture(file);
      this.host.setProperty("background", name);
      this.#beneath.drop(inputPictureUrl(name));
    } catch (error) {
      toast("error", error instanceof Error ? error.message : String(error));
    }
  }

  #showWired() {
    this.#beneath.offer("wired", this.host.wiredPicture("background"));
    if (!this.host.isWired(this.#findings)) this.session.find(null);
  }

  /** @param {Record<string, unknown>} output what the node sends as `ui` */
  #executed(output) {
    const [picture] = /** @type {HostPicture[]} */ (output["gligen_background"] ?? []);
    if (picture) this.#beneath.offer("wired", pictureUrl(picture));
    const [found] = /** @type {string[]} */ (output["gligen_detections"] ?? []);
    this.session.find(found ?? null);
  }
}

/** @param {string | null} text */
function copyToSystem(text) {
  return text === null ? undefined : navigator.clipboard.writeText(text);
}
