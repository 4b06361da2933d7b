// The pose canvas: model, view and panel put together in the host's node.

import { Beneath } from "../boxes/beneath.js";
import { CanvasEditor, onEditor } from "../editor.js";
import { inputPictureUrl, pictureUrl, toast, uploadPicture } from "../host.js";
import { Backdrop } from "../lib/backdrop.js";
import { listenClipboard } from "../lib/clipboard.js";
import { element } from "../lib/dom.js";
import { ICONS } from "../lib/icons.js";
import { EMPTY_LAYOUT, MAX_SIDE_PX } from "../lib/layout.js";
import { dumpLayout, parseLayout } from "../lib/layout_json.js";
import { t } from "../lib/strings.js";
import { beginDrag, cursorAt } from "./interactions.js";
import { keyTable } from "./keys.js";
import * as model from "./model.js";
import { PosePanel } from "./panel.js";
import { PRESETS } from "./presets.js";
import { Session } from "./session.js";
import { drawSession } from "./view.js";

/** @typedef {import("../lib/layout.js").Layout} Layout */

const TURN_BACK = "M4 8a4 4 0 0 1 7-2.600M12 3v3H9M12 8a4 4 0 0 1-7 2.600M4 13v-3h3";

/** @extends {CanvasEditor<Layout>} */
export class PoseEditor extends CanvasEditor {
  #backdrop = new Backdrop(() => this.stage.invalidate());
  #beneath;
  #panel;
  #controls;

  /** @param {import("../host.js").NodeHost} host @param {string} initial text of a new node */
  constructor(host, initial) {
    super(host, {
      name: "poses",
      format: { parse: (text) => parseLayout(text, { drafts: true }), dump: dumpLayout, empty: EMPTY_LAYOUT },
      draw: (context) => drawSession(context, this.session, this.#backdrop),
    });
    this.session = new Session({
      stage: this.stage,
      store: this.store,
      changed: () => this.#redraw(),
      say: (text) => this.frame.say(text),
    });
    this.#panel = new PosePanel(this.session);
    this.#beneath = new Beneath(
      this.#backdrop,
      { choice: host.property("beneath"), dim: host.property("dim") },
      (choice, dim) => {
        host.setProperty("beneath", choice);
        host.setProperty("dim", dim);
      },
    );
    this.#controls = this.#addControls();
    this.frame.side.append(this.#controls.size, this.#panel.element, this.#beneath.element);
    this.#listen();
    this.start(initial, keyTable(this));
  }

  /** @override @param {string} text */
  load(text) {
    super.load(text);
    const name = this.host.property("background"); // the host restores these before the text
    this.#beneath.offer("dropped", typeof name === "string" ? inputPictureUrl(name) : null);
  }

  selectAll() {
    this.session.select(new Set(this.session.layout.poses.map(({ id }) => id)));
  }

  focusNumbers() {
    return this.#panel.focus();
  }

  /** @override @param {PointerEvent} event */
  press(event) {
    this.session.hovered = null;
    return beginDrag(this.session, this.session.pressOf(event));
  }

  /** @override @param {PointerEvent} event */
  hover(event) {
    const press = this.session.pressOf(event);
    this.stage.canvas.style.cursor = this.isPanning ? "grab" : cursorAt(this.session, press);
    this.session.hovered = this.session.hitAt(press);
    this.stage.invalidate();
  }

  /** @override */
  leave() {
    this.session.hovered = null;
    this.stage.invalidate();
  }

  /** @override */
  render() {
    const { session, stage, store } = this;
    stage.setCanvasSize({ width: session.layout.width, height: session.layout.height });
    if (store.value !== store.committed) return; // a drag goes on: the canvas is enough
    session.forgetTheGone();
    this.#panel.render();
    const { add, remove, mirror, turn, adopt, width, height } = this.#controls;
    for (const button of [remove, mirror, turn]) button.disabled = !session.selection.size;
    add.disabled = model.isFull(session.layout);
    adopt.hidden = !session.ghosts.length;
    width.value = String(session.layout.width);
    height.value = String(session.layout.height);
  }

  /** @override */
  description() {
    return this.session.description();
  }

  /** @override @param {string[]} messages */
  showErrors(messages) {
    const named = messages.map((message) => model.poseNamedIn(this.session.layout, message));
    const ids = named.flatMap((pose) => (pose ? [pose.id] : []));
    this.session.refused = new Set(ids);
    if (ids.length) this.session.select(new Set(ids.slice(0, 1)));
    this.#redraw();
    super.showErrors(messages);
  }

  #redraw() {
    this.stage.invalidate();
    this.render();
  }

  #addControls() {
    const { frame, session } = this;
    this.addHistoryButtons();
    const preset = element(
      "select",
      { class: "gligen-preset", "aria-label": t("poses.preset"), title: t("poses.preset"), onchange: () => (session.preset = preset.value) },
      Object.keys(PRESETS).map((name) => element("option", { value: name }, [t(`poses.presets.${name}`)])),
    );
    frame.addControl(preset);
    const add = frame.addButton({ icon: ICONS.add, label: t("poses.add"), shortcut: "N", run: () => session.addSomewhere() });
    const remove = frame.addButton({ icon: ICONS.remove, label: t("poses.remove"), shortcut: "Del", run: () => session.remove() });
    const mirror = frame.addButton({ icon: ICONS.mirror, label: t("poses.mirror"), shortcut: "M", run: () => session.mirror() });
    const turn = frame.addButton({ icon: TURN_BACK, label: t("poses.turn"), shortcut: "T", run: () => session.turn() });
    const adopt = frame.addButton({ icon: ICONS.ghost, label: t("poses.adopt"), run: () => session.adopt(session.ghosts) });
    this.addZoomButtons();
    this.addPageButtons(t("poses.panel"));
    /** @param {"width" | "height"} side */
    const sideField = (side) => {
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
    };
    const [width, height] = [sideField("width"), sideField("height")];
    const size = element("div", { class: "gligen-canvas-size" }, [t("boxes.size"), width, "×", height]);
    return { add, remove, mirror, turn, adopt, width, height, size };
  }

  #listen() {
    const { host, session, stage } = this;
    this.endings.push(
      this.store.subscribe((reason) => {
        if (reason !== "preview" && reason !== "cancel") session.refused = new Set();
      }),
      listenClipboard(stage.canvas, {
        copy: () => this.#copied(),
        cut: () => {
          const text = this.#copied();
          session.joint = null;
          session.remove();
          return text;
        },
        paste: (text) => session.paste(text),
      }),
    );
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#drop(event));
    host.onWires(() => this.#offerWired());
    host.onPicture(() => this.#beneath.offer("last", host.lastPicture));
    host.onExecuted((output) => this.#executed(output));
    this.#beneath.offer("last", host.lastPicture);
  }

  /** @param {{width?: number, height?: number}} size */
  #resizeCanvas(size) {
    const usable = Object.values(size).every((side) => side >= 1 && side <= MAX_SIDE_PX);
    if (usable) this.store.commit(model.resizeCanvas(this.session.layout, size));
    this.render();
  }

  #copied() {
    const { layout, selection } = this.session;
    if (!selection.size) return null;
    this.frame.say(t("poses.copied", { count: selection.size }));
    return model.copyText(layout, selection);
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

  #offerWired() {
    this.#beneath.offer("wired", this.host.wiredPicture("background"));
    if (this.host.isWired("pose_keypoint")) return;
    this.session.ghosts = [];
    this.#redraw();
  }

  /** @param {Record<string, unknown>} output what nodes/poses.py sends as `ui` */
  #executed(output) {
    const [picture] = /** @type {HostPicture[]} */ (output["gligen_background"] ?? []);
    if (picture) this.#beneath.offer("wired", pictureUrl(picture));
    const [detected] = /** @type {string[]} */ (output["gligen_detections"] ?? []);
    this.session.ghosts = (detected && model.posesIn(detected)) || [];
    if (this.session.ghosts.length) this.frame.say(t("poses.found", { count: this.session.ghosts.length }));
    this.#redraw();
  }
}

/** @type {import("../host.js").EditorKind} */
export const poses = {
  widgetType: "GLIGEN_POSES_CANVAS",
  minSize: { width: 600, height: 440 },
  stylesheet: new URL("./poses.css", import.meta.url).href,
  create: (host, initial) => new PoseEditor(host, initial),
  commands: [
    {
      id: "GLIGEN.Poses.FullScreen",
      label: "Pose canvas in full screen",
      run: onEditor(PoseEditor, (editor) => editor.frame.toggleFullScreen(), "poses.noNode"),
      keys: { key: "p", alt: true, shift: true },
    },
    {
      id: "GLIGEN.Poses.Add",
      label: "Add a person to the poses",
      run: onEditor(PoseEditor, (editor) => editor.session.addSomewhere(), "poses.noNode"),
    },
    {
      id: "GLIGEN.Poses.Copy",
      label: "Copy the poses as JSON",
      run: onEditor(PoseEditor, (editor) => editor.copyText(), "poses.noNode"),
    },
  ],
};
