// The layout canvas: model, view and list put together in the host's node.

import { CanvasEditor, onEditor } from "../editor.js";
import { inputPictureUrl, pictureUrl, setSetting, setting, toast, uploadPicture } from "../host.js";
import { Backdrop } from "../lib/backdrop.js";
import { listenClipboard } from "../lib/clipboard.js";
import { element } from "../lib/dom.js";
import { setPressed } from "../lib/frame.js";
import { ICONS } from "../lib/icons.js";
import { EMPTY_LAYOUT, MAX_SIDE_PX } from "../lib/layout.js";
import { dumpLayout, parseLayout } from "../lib/layout_json.js";
import { t } from "../lib/strings.js";
import { Beneath } from "./beneath.js";
import { beginDrag, cursorAt } from "./interactions.js";
import { keyTable } from "./keys.js";
import { EntityList } from "./list.js";
import * as model from "./model.js";
import { nameInPlace } from "./naming.js";
import { DEFAULT_COLOURS, parseColours } from "./palette.js";
import { Session } from "./session.js";
import { drawSession } from "./view.js";

/** @typedef {import("../host.js").NodeHost} NodeHost @typedef {import("../lib/types.js").Drag} Drag */

const SNAP = "GLIGEN.Boxes.Snap";
const GRID = "GLIGEN.Boxes.Grid";
const COLOURS = "GLIGEN.Boxes.Colours";

/** @extends {CanvasEditor<import("../lib/layout.js").Layout>} */
export class BoxEditor extends CanvasEditor {
  #list;
  #look;
  #beneath;
  #controls;
  /** Ends naming in place. */
  #endNaming = () => {};

  /** @param {NodeHost} host @param {string} initial text of a new node */
  constructor(host, initial) {
    super(host, {
      name: "boxes",
      format: {
        parse: (text) => parseLayout(text, { drafts: true }),
        dump: dumpLayout,
        empty: EMPTY_LAYOUT,
      },
      draw: (context) => drawSession(context, this.session, this.#look),
    });
    this.session = new Session({
      stage: this.stage,
      store: this.store,
      options: () => ({ snap: setting(SNAP, true), grid: this.#look.grid }),
      changed: () => this.render(),
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
    this.frame.side.append(this.#controls.size, this.#list.element, this.#beneath.element);
    this.#listen();
    this.start(initial, keyTable(this));
  }

  /** @param {string} text @override */
  load(text) {
    super.load(text);
    this.#offerDropped(); // the host restores a node's properties before its values
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

  /** @param {"locked" | "hidden"} field */
  #toggle(field) {
    const { layout, selection, store } = this.session;
    const on = !model.chosen(layout, selection).every((entity) => entity[field]);
    store.commit(model.setFlag(layout, selection, field, on));
  }

  #addControls() {
    const { frame, session } = this;
    this.addHistoryButtons();
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
    this.addZoomButtons();
    this.addPageButtons(t("boxes.list"));
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
    return { remove, snap, adopt, width, height, size };
  }

  #listen() {
    const { session, stage, host } = this;
    this.endings.push(
      () => this.#endNaming(),
      listenClipboard(stage.canvas, {
        copy: () => this.#copied(),
        cut: () => {
          const text = this.#copied();
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
    this.endings.push(this.store.subscribe((reason) => this.#forget(reason)));
  }

  /** What no longer holds once the value has changed.
   * @param {import("../lib/store.js").Reason} reason */
  #forget(reason) {
    if (reason === "preview" || reason === "cancel") return;
    this.session.forgetTheGone();
    this.#look.refused = new Set();
  }

  /** The canvas with the next frame; the list at once, it changes only what differs. @override */
  render() {
    const { layout } = this.session;
    this.#look.grid = setting(GRID, 0);
    this.#look.colours = parseColours(setting(COLOURS, ""));
    this.stage.setCanvasSize({ width: layout.width, height: layout.height });
    this.stage.invalidate();
    if (this.store.value !== this.store.committed) return;
    this.#list.render(this.#look.refused);
    this.#list.reveal();
    this.#controls.remove.disabled = !this.session.selection.size;
    this.#controls.adopt.hidden = !this.session.ghosts.length;
    this.#controls.width.value = String(layout.width);
    this.#controls.height.value = String(layout.height);
  }

  /** @override */
  description() {
    return this.session.description();
  }

  /** @param {{width?: number, height?: number}} size */
  #resizeCanvas(size) {
    const usable = Object.values(size).every((side) => side >= 1 && side <= MAX_SIDE_PX);
    const { store, layout } = this.session;
    if (usable) store.commit(model.resizeCanvas(layout, size));
    this.render();
  }

  /** @param {PointerEvent} event @returns {Drag | null} @override */
  press(event) {
    this.#endNaming();
    return beginDrag(this.session, this.session.pressOf(event));
  }

  /** @param {PointerEvent} event @override */
  hover(event) {
    const press = this.session.pressOf(event);
    this.stage.canvas.style.cursor = this.isPanning ? "grab" : cursorAt(this.session, press);
    this.#setHovered(model.entitiesAt(this.session.layout, press.at)[0]?.id ?? null);
  }

  /** @override */
  leave() {
    this.#setHovered(null);
  }

  /** @override */
  doublePress() {
    this.renameSelected();
  }

  /** @param {string | null} id */
  #setHovered(id) {
    if (this.#look.hovered === id) return;
    this.#look.hovered = id;
    this.stage.invalidate();
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
      this.host.setProperty("background", name);
      this.#beneath.drop(inputPictureUrl(name));
    } catch (error) {
      toast("error", error instanceof Error ? error.message : String(error));
    }
  }

  #offerWired() {
    this.#beneath.offer("wired", this.host.wiredPicture("background"));
  }

  #offerDropped() {
    const name = this.host.property("background");
    this.#beneath.offer("dropped", typeof name === "string" ? inputPictureUrl(name) : null);
  }

  /** @param {Record<string, unknown>} output what nodes/layouts.py sends as `ui` */
  #executed(output) {
    const [picture] = /** @type {HostPicture[]} */ (output["gligen_background"] ?? []);
    if (picture) this.#beneath.offer("wired", pictureUrl(picture));
    const [detected] = /** @type {string[]} */ (output["gligen_detections"] ?? []);
    this.session.ghosts = (detected && model.entitiesOf(detected)) || [];
    this.render();
  }

  /** @param {string[]} messages of the server @override */
  showErrors(messages) {
    const named = messages.map((message) => model.entityNamedIn(this.session.layout, message));
    const ids = named.flatMap((entity) => (entity ? [entity.id] : []));
    this.#look.refused = new Set(ids);
    if (ids[0] !== undefined) this.session.select(new Set([ids[0]]));
    this.render();
    super.showErrors(messages);
  }
}

/** @param {(editor: BoxEditor) => unknown} act on the selected Layout node, else the last used */
const onBoxes = (act) => onEditor(BoxEditor, act, "boxes.noNode");

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
      run: onBoxes((editor) => editor.frame.toggleFullScreen()),
      keys: { key: "b", alt: true, shift: true },
    },
    {
      id: "GLIGEN.Boxes.Add",
      label: "Add a box to the layout",
      run: onBoxes((editor) => editor.addBox()),
      keys: { key: "n", alt: true, shift: true },
    },
    {
      id: "GLIGEN.Boxes.Copy",
      label: "Copy the layout as JSON",
      run: onBoxes((editor) => editor.copyText()),
    },
  ],
};
