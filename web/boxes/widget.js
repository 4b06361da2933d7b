// The layout canvas: model, view and list put together in the host's node.

import { inputPictureUrl, passWheelOn, pictureUrl, setSetting, setting, toast, uploadPicture } from "../host.js";
import { Backdrop } from "../lib/backdrop.js";
import { listenClipboard } from "../lib/clipboard.js";
import { TextDocument } from "../lib/document.js";
import { element } from "../lib/dom.js";
import { Frame, setPressed } from "../lib/frame.js";
import { listenGestures } from "../lib/gestures.js";
import { ICONS } from "../lib/icons.js";
import { listenKeys } from "../lib/keys.js";
import { EMPTY_LAYOUT, MAX_SIDE_PX } from "../lib/layout.js";
import { dumpLayout, parseLayout } from "../lib/layout_json.js";
import { Stage } from "../lib/stage.js";
import { t } from "../lib/strings.js";
import { onThemeChange } from "../lib/theme.js";
import { Beneath } from "./beneath.js";
import { beginDrag, cursorAt } from "./interactions.js";
import { keyTable } from "./keys.js";
import { EntityList } from "./list.js";
import * as model from "./model.js";
import { nameInPlace } from "./naming.js";
import { DEFAULT_COLOURS, parseColours } from "./palette.js";
import { Session } from "./session.js";
import { drawSession } from "./view.js";

/** @typedef {import("../host.js").NodeHost} NodeHost @typedef {import("../lib/types.js").Drag} Drag
 * @typedef {import("../lib/types.js").Point} Point */

const SNAP = "GLIGEN.Boxes.Snap";
const GRID = "GLIGEN.Boxes.Grid";
const COLOURS = "GLIGEN.Boxes.Colours";

/** Those in the graph, for the commands. @type {Set<BoxEditor>} */
const open = new Set();
/** @type {BoxEditor | null} the one that had the focus last */
let last = null;

export class BoxEditor {
  #host;
  #document = new TextDocument({
    parse: (text) => parseLayout(text, { drafts: true }),
    dump: dumpLayout,
    empty: EMPTY_LAYOUT,
  });
  #list;
  #look;
  #beneath;
  #controls;
  #spaceHeld = false;
  /** Ends naming in place. */
  #endNaming = () => {};
  /** @type {(() => void)[]} */
  #endings = [];

  /** @param {NodeHost} host @param {string} initial text of a new node */
  constructor(host, initial) {
    this.#host = host;
    this.frame = new Frame({ label: t("boxes.editor") });
    this.element = this.frame.element;
    this.stage = new Stage({
      label: t("boxes.canvas"),
      draw: (context) => drawSession(context, this.session, this.#look),
    });
    this.session = new Session({
      stage: this.stage,
      store: this.#document.store,
      options: () => ({ snap: setting(SNAP, true), grid: this.#look.grid }),
      changed: () => this.#render(),
      rename: (id) => this.rename(id),
      say: (text) => this.frame.say(text),
    });
    const backdrop = new Backdrop(this.stage.invalidate);
    this.#look = {
      backdrop,
      grid: 0,
      /** @type {readonly string[]} */ colours: DEFAULT_COLOURS,
      /** @type {ReadonlySet<string>} */ refused: new Set(),
      /** @type {string | null} */ hovered: null,
    };
    this.#list = new EntityList(this.session, () => this.#look.colours);
    this.#beneath = new Beneath(
      backdrop,
      { choice: host.property("beneath"), dim: host.property("dim") },
      (choice, dim) => {
        host.setProperty("beneath", choice);
        host.setProperty("dim", dim);
      },
    );
    this.#controls = this.#addControls();
    this.frame.stage.append(this.stage.element);
    this.frame.side.append(this.#controls.size, this.#list.element, this.#beneath.element);
    this.#listen();
    this.#document.load(initial);
    open.add(this);
  }

  getValue = () => this.#document.text;

  /** @param {string} text */
  setValue = (text) => {
    this.#document.load(text);
    this.#offerDropped(); // the host restores a node's properties before its values
  };

  destroy = () => {
    open.delete(this);
    if (last === this) last = null;
    this.#endNaming();
    for (const end of this.#endings.splice(0)) end();
    this.stage.destroy();
    this.frame.destroy();
  };

  get isSelected() {
    return this.#host.isSelected;
  }

  undo() {
    this.#document.store.undo();
  }

  redo() {
    this.#document.store.redo();
  }

  selectAll() {
    this.session.select(new Set(this.session.layout.entities.map(({ id }) => id)));
  }

  /** In the middle of what is seen; then it is named. */
  addBox() {
    const { width, height } = this.stage.size;
    const at = this.stage.toFraction({ x: width / 2, y: height / 2 });
    const shift = (this.session.layout.entities.length % 5) * 0.04;
    const [x, y] = [at.x, at.y].map((share) => Math.min(Math.max(share + shift, 0.15), 0.85));
    this.session.add(
      { box: [(x ?? 0) - 0.15, (y ?? 0) - 0.15, (x ?? 0) + 0.15, (y ?? 0) + 0.15] },
      { name: true },
    );
  }

  /** @param {1 | -1} step */
  reorder(step) {
    const { layout, selection, store } = this.session;
    store.commit(model.reorderEntities(layout, selection, step));
  }

  toggleLock() {
    this.#toggle("locked");
  }

  toggleHidden() {
    this.#toggle("hidden");
  }

  toggleSnap() {
    const snap = !setting(SNAP, true);
    void setSetting(SNAP, snap);
    setPressed(this.#controls.snap, snap);
  }

  renameSelected() {
    const [id] = this.session.selection;
    if (id === undefined) return false;
    this.rename(id);
    return true;
  }

  /** In place. @param {string} id */
  rename(id) {
    this.#endNaming();
    const entity = this.session.layout.entities.find((entity) => entity.id === id);
    if (!entity) return;
    this.#endNaming = nameInPlace(this.stage, entity, (text) => {
      this.#endNaming = () => {};
      if (text === null || text === entity.text) return;
      const { store, layout } = this.session;
      store.commit(model.changeEntities(layout, new Set([id]), { text }));
      this.frame.say(this.session.description());
    });
  }

  /** The value as text in place of the canvas, and back. */
  toggleText() {
    if (this.frame.isTextShown && this.#document.mistake === null) {
      this.frame.showEditor();
      setPressed(this.#controls.text, false);
    } else if (this.#document.mistake === null) {
      this.frame.showText(this.#document.text, (text) => this.#applyText(text));
      setPressed(this.#controls.text, true);
    }
  }

  copyLayout() {
    return navigator.clipboard.writeText(this.#document.text);
  }

  /** @param {"locked" | "hidden"} field */
  #toggle(field) {
    const { layout, selection, store } = this.session;
    const on = !model.chosen(layout, selection).every((entity) => entity[field]);
    store.commit(model.setFlag(layout, selection, field, on));
  }

  #addControls() {
    const { frame, stage, session } = this;
    const undo = frame.addButton({ icon: ICONS.undo, label: t("undo"), shortcut: "Ctrl+Z", run: () => this.undo() });
    const redo = frame.addButton({ icon: ICONS.redo, label: t("redo"), shortcut: "Ctrl+Y", run: () => this.redo() });
    frame.addSeparator();
    frame.addButton({ icon: ICONS.add, label: t("boxes.add"), shortcut: "N", run: () => this.addBox() });
    const remove = frame.addButton({ icon: ICONS.remove, label: t("boxes.remove"), shortcut: "Del", run: () => session.remove() });
    const snap = frame.addButton({
      icon: ICONS.snap,
      label: t("boxes.snap"),
      shortcut: "S",
      run: () => this.toggleSnap(),
      pressed: setting(SNAP, true),
    });
    const adopt = frame.addButton({ icon: ICONS.ghost, label: t("boxes.adopt"), run: () => session.adopt(session.ghosts) });
    frame.addSeparator();
    frame.addButton({ icon: ICONS.zoomOut, label: t("zoomOut"), shortcut: "−", run: () => stage.zoomBy(0.8) });
    frame.addButton({ icon: ICONS.zoomIn, label: t("zoomIn"), shortcut: "+", run: () => stage.zoomBy(1.25) });
    frame.addButton({ icon: ICONS.fit, label: t("fit"), shortcut: "0", run: () => stage.fit() });
    frame.addSeparator();
    const list = frame.addButton({
      icon: ICONS.list,
      label: t("boxes.list"),
      run: () => {
        frame.side.hidden = !frame.side.hidden;
        setPressed(list, !frame.side.hidden);
      },
      pressed: true,
    });
    const text = frame.addButton({ icon: ICONS.code, label: t("text.area"), run: () => this.toggleText(), pressed: false });
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
    return { undo, redo, remove, snap, adopt, text, width, height, size };
  }

  #listen() {
    const { session, stage, frame } = this;
    const host = this.#host;
    this.#endings.push(
      this.#document.store.subscribe((reason) => this.#changed(reason)),
      listenGestures(stage.canvas, {
        pointOf: (event) => stage.pointOf(event),
        press: (_, event) => this.#press(event),
        hover: (_, event) => this.#hover(event),
        leave: () => this.#setHovered(null),
        doublePress: () => void this.renameSelected(),
        pinch: (at, factor, dx, dy) => {
          stage.zoomBy(factor, at);
          stage.panBy(dx, dy);
        },
        wheel: (point, event) => this.#wheel(point, event),
      }),
      listenKeys(stage.canvas, keyTable(this)),
      listenClipboard(stage.canvas, {
        copy: () => this.#copied(),
        cut: () => {
          const text = this.#copied();
          session.remove();
          return text;
        },
        paste: (text) => session.paste(text),
      }),
      onThemeChange(stage.invalidate),
    );
    stage.canvas.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        this.#spaceHeld = true;
      }
    });
    for (const type of ["keyup", "blur"]) {
      stage.canvas.addEventListener(type, () => (this.#spaceHeld = false));
    }
    this.element.addEventListener("focusin", () => (last = this));
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#drop(event));
    host.onWires(() => this.#offerWired());
    host.onPicture(() => this.#beneath.offer("last", host.lastPicture));
    host.onExecuted((output) => this.#executed(output));
    host.onErrors((messages) => this.#showErrors(messages));
    this.#beneath.offer("last", host.lastPicture);
    frame.say(session.description());
  }

  /** @param {import("../lib/store.js").Reason} reason */
  #changed(reason) {
    if (reason === "preview" || reason === "cancel") return this.#render();
    this.session.forgetTheGone();
    this.#look.refused = new Set();
    this.frame.warn("");
    if (reason === "reset") this.#showDocument();
    else this.#host.changed();
    if (reason === "undo" || reason === "redo") this.frame.say(this.session.description());
    this.#render();
    this.#renderControls();
  }

  /** The canvas with the next frame; the list at once, it changes only what differs. */
  #render() {
    const { layout } = this.session;
    this.#look.grid = setting(GRID, 0);
    this.#look.colours = parseColours(setting(COLOURS, ""));
    this.stage.setCanvasSize({ width: layout.width, height: layout.height });
    this.stage.invalidate();
    if (this.session.store.value === this.session.store.committed) {
      this.#list.render(this.#look.refused);
      this.#list.reveal();
      this.#controls.remove.disabled = !this.session.selection.size;
      this.#controls.adopt.hidden = !this.session.ghosts.length;
    }
  }

  #renderControls() {
    const { store } = this.#document;
    const { undo, redo, width, height } = this.#controls;
    undo.disabled = !store.canUndo;
    redo.disabled = !store.canRedo;
    width.value = String(store.committed.width);
    height.value = String(store.committed.height);
  }

  /** After a text from outside: the editor, or what is wrong with the text. */
  #showDocument() {
    const { mistake, text } = this.#document;
    if (mistake === null) return this.frame.showEditor();
    this.frame.showBroken({ message: mistake, text, apply: (mended) => this.#applyText(mended) });
  }

  /** @param {string} text typed by the person */
  #applyText(text) {
    this.#document.load(text);
    setPressed(this.#controls.text, false);
    if (this.#document.mistake === null) this.frame.showEditor();
    this.#host.changed();
  }

  /** @param {{width?: number, height?: number}} size */
  #resizeCanvas(size) {
    const usable = Object.values(size).every((side) => side >= 1 && side <= MAX_SIDE_PX);
    const { store, layout } = this.session;
    if (usable) store.commit(model.resizeCanvas(layout, size));
    this.#renderControls();
  }

  /** @param {PointerEvent} event @returns {Drag | null} */
  #press(event) {
    this.#endNaming();
    if (event.button === 1 || this.#spaceHeld) return this.#pan(event);
    if (event.button !== 0) return null;
    return beginDrag(this.session, this.session.pressOf(event));
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

  /** @param {PointerEvent} event */
  #hover(event) {
    const press = this.session.pressOf(event);
    this.stage.canvas.style.cursor = this.#spaceHeld ? "grab" : cursorAt(this.session, press);
    this.#setHovered(model.entitiesAt(this.session.layout, press.at)[0]?.id ?? null);
  }

  /** @param {string | null} id */
  #setHovered(id) {
    if (this.#look.hovered === id) return;
    this.#look.hovered = id;
    this.stage.invalidate();
  }

  /** Over a canvas that is being worked in the wheel zooms it; elsewhere it is the graph's.
   * @param {Point} point @param {WheelEvent} event */
  #wheel(point, event) {
    if (document.activeElement !== this.stage.canvas && !this.frame.isFullScreen) {
      passWheelOn(event);
      return false;
    }
    this.stage.zoomBy(Math.exp(-event.deltaY * 0.0015), point);
    return true;
  }

  #copied() {
    const { layout, selection } = this.session;
    if (!selection.size) return null;
    this.frame.say(t("boxes.copied", { count: selection.size }));
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
      this.#host.setProperty("background", name);
      this.#beneath.drop(inputPictureUrl(name));
    } catch (error) {
      toast("error", error instanceof Error ? error.message : String(error));
    }
  }

  #offerWired() {
    this.#beneath.offer("wired", this.#host.wiredPicture("background"));
  }

  #offerDropped() {
    const name = this.#host.property("background");
    this.#beneath.offer("dropped", typeof name === "string" ? inputPictureUrl(name) : null);
  }

  /** @param {Record<string, unknown>} output what nodes/layouts.py sends as `ui` */
  #executed(output) {
    const [picture] = /** @type {HostPicture[]} */ (output["gligen_background"] ?? []);
    if (picture) this.#beneath.offer("wired", pictureUrl(picture));
    const [detected] = /** @type {string[]} */ (output["gligen_detections"] ?? []);
    this.session.ghosts = (detected && model.entitiesOf(detected)) || [];
    this.#render();
  }

  /** @param {string[]} messages of the server */
  #showErrors(messages) {
    const named = messages.map((message) => model.entityNamedIn(this.session.layout, message));
    const ids = named.flatMap((entity) => (entity ? [entity.id] : []));
    this.#look.refused = new Set(ids);
    if (ids[0] !== undefined) this.session.select(new Set([ids[0]]));
    this.#render();
    this.frame.warn(messages.join(" "));
  }
}

/** @param {(editor: BoxEditor) => unknown} act on the selected Layout node, else the last used */
function onEditor(act) {
  return () => {
    const editor = [...open].find(({ isSelected }) => isSelected) ?? last ?? [...open][0];
    if (editor) act(editor);
    else toast("info", t("boxes.noNode"));
  };
}

/** @type {import("../host.js").EditorKind} */
export const boxes = {
  widgetType: "GLIGEN_LAYOUT_CANVAS",
  minSize: { width: 540, height: 420 },
  stylesheet: new URL("./boxes.css", import.meta.url).href,
  create: (host, initial) => new BoxEditor(host, initial),
  settings: [
    { id: SNAP, name: "Snap boxes to edges, centres and thirds", type: "boolean", defaultValue: true },
    {
      id: GRID,
      name: "Grid cells across the layout canvas (0: none)",
      type: "slider",
      defaultValue: 0,
      attrs: { min: 0, max: 64, step: 1 },
    },
    {
      id: COLOURS,
      name: "Colours of new boxes, as #rrggbb, separated by commas",
      type: "text",
      defaultValue: DEFAULT_COLOURS.join(", "),
    },
  ],
  commands: [
    {
      id: "GLIGEN.Boxes.FullScreen",
      label: "Layout canvas in full screen",
      run: onEditor((editor) => editor.frame.toggleFullScreen()),
      keys: { key: "b", alt: true, shift: true },
    },
    {
      id: "GLIGEN.Boxes.Add",
      label: "Add a box to the layout",
      run: onEditor((editor) => editor.addBox()),
      keys: { key: "n", alt: true, shift: true },
    },
    {
      id: "GLIGEN.Boxes.Copy",
      label: "Copy the layout as JSON",
      run: onEditor((editor) => editor.copyLayout()),
    },
  ],
};
