// The layout canvas: model, view and list put together in the host's node.

import { onEditor } from "../editor.js";
import { setSetting, setting } from "../host.js";
import { LayoutEditor } from "../layout_editor.js";
import { setPressed } from "../lib/frame.js";
import { ICONS } from "../lib/icons.js";
import { COLOURS as PALETTE, parsePalette } from "../lib/palette.js";
import { t } from "../lib/strings.js";
import { Thumbnails } from "../lib/thumbnails.js";
import { beginDrag, cursorAt } from "./interactions.js";
import { keyTable } from "./keys.js";
import { EntityList } from "./list.js";
import * as model from "./model.js";
import { nameInPlace } from "./naming.js";
import { Session } from "./session.js";
import { drawSession } from "./view.js";

/** @typedef {import("../host.js").NodeHost} NodeHost @typedef {import("../lib/types.js").Drag} Drag */

const SNAP = "GLIGEN.Boxes.Snap";
const GRID = "GLIGEN.Boxes.Grid";
const COLOURS = "GLIGEN.Boxes.Colours";

/** @extends {LayoutEditor<Session>} */
export class BoxEditor extends LayoutEditor {
  #list;
  #controls;
  #look = {
    grid: 0,
    thumbnails: new Thumbnails(() => this.stage.invalidate()),
    /** @type {string | null} */ hovered: null,
  };
  /** Ends naming in place. */
  #endNaming = () => {};

  /** @param {NodeHost} host @param {string} initial text of a new node */
  constructor(host, initial) {
    super(host, {
      name: "boxes",
      findings: "detections",
      open: (around) =>
        new Session({
          ...around,
          options: () => ({
            snap: setting(SNAP, true),
            grid: this.#look.grid,
            palette: parsePalette(setting(COLOURS, "")),
          }),
          rename: (id) => this.rename(id),
        }),
      draw: (context) => drawSession(context, this.session, this.backdrop, this.#look),
    });
    this.#list = new EntityList(this.session);
    this.#controls = this.#addControls();
    this.arrange(this.#list.element);
    this.endings.push(() => this.#endNaming());
    for (const listen of [host.onGraph, host.onRun, host.onWires]) listen.call(host, () => this.#showReferences());
    this.start(initial, keyTable(this));
  }

  /** @override @param {string} text */
  load(text) {
    super.load(text);
    requestAnimationFrame(() => this.#showReferences()); // wires come after the values
  }

  selectAll() {
    this.session.select(new Set(this.session.layout.entities.map(({ id }) => id)));
  }

  /** Adds a box in the middle of what is seen; then it is named. */
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

  /** Names a box in place. @param {string} id */
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

  #showReferences() {
    const { references } = this.host;
    if (references.join() === this.session.references.join()) return;
    this.session.references = references;
    this.stage.invalidate();
    this.render();
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
    return { remove, snap, adopt };
  }

  /** @override */
  renderPanel() {
    this.#look.grid = setting(GRID, 0);
    this.#list.render();
    this.frame.note(this.session.doubts());
    this.#controls.remove.disabled = !this.session.selection.size;
    this.#controls.adopt.hidden = !this.session.ghosts.length;
  }

  /** @param {PointerEvent} event @returns {Drag | null} @override */
  press(event) {
    this.#endNaming();
    return beginDrag(this.session, this.stage.pressOf(event));
  }

  /** @override @param {PointerEvent} event */
  point(event) {
    this.#endNaming();
    const { at } = this.stage.pressOf(event);
    const under = model.entitiesAt(this.session.layout, at).map(({ id }) => id);
    if (!under.some((id) => this.session.selection.has(id))) this.session.select(new Set(under.slice(0, 1)));
  }

  /** @override */
  ownItems() {
    const chosen = model.chosen(this.session.layout, this.session.selection);
    const all = (/** @type {"locked" | "hidden"} */ field) => chosen.length > 0 && chosen.every((entity) => entity[field]);
    const enabled = chosen.length > 0;
    return [
      { label: t("boxes.lock"), shortcut: "L", checked: all("locked"), enabled, run: () => this.toggleLock() },
      { label: t("boxes.hide"), shortcut: "H", checked: all("hidden"), enabled, run: () => this.toggleHidden() },
    ];
  }

  /** @param {PointerEvent} event @override */
  hover(event) {
    const press = this.stage.pressOf(event);
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
      defaultValue: PALETTE.join(", "),
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
