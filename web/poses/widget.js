// The pose canvas: model, view and panel put together in the host's node.

import { onEditor } from "../editor.js";
import { LayoutEditor } from "../layout_editor.js";
import { element } from "../lib/dom.js";
import { ICONS } from "../lib/icons.js";
import { t } from "../lib/strings.js";
import { beginDrag, cursorAt } from "./interactions.js";
import { keyTable } from "./keys.js";
import * as model from "./model.js";
import { PosePanel } from "./panel.js";
import { PRESETS } from "./presets.js";
import { Session } from "./session.js";
import { drawSession } from "./view.js";

const TURN_BACK = "M4 8a4 4 0 0 1 7-2.600M12 3v3H9M12 8a4 4 0 0 1-7 2.600M4 13v-3h3";

/** @extends {LayoutEditor<Session>} */
export class PoseEditor extends LayoutEditor {
  #panel;
  #controls;

  /** @param {import("../host.js").NodeHost} host @param {string} initial text of a new node */
  constructor(host, initial) {
    super(host, {
      name: "poses",
      findings: "pose_keypoint",
      open: (around) => new Session(around),
      draw: (context) => drawSession(context, this.session, this.backdrop),
    });
    this.#panel = new PosePanel(this.session);
    this.#controls = this.#addControls();
    this.arrange(this.#panel.element);
    this.start(initial, keyTable(this));
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
    return beginDrag(this.session, this.stage.pressOf(event));
  }

  /** @override @param {PointerEvent} event */
  point(event) {
    const { session } = this;
    const hit = session.hitAt(this.stage.pressOf(event));
    if (hit && session.selection.has(hit.id)) session.select(session.selection);
    else session.select(new Set(hit ? [hit.id] : []));
  }

  /** @override */
  ownItems() {
    const { session } = this;
    const enabled = session.selection.size > 0;
    return [
      { label: t("poses.mirror"), shortcut: "M", enabled, run: () => session.mirror() },
      { label: t("poses.turn"), shortcut: "T", enabled, run: () => session.turn() },
    ];
  }

  /** @override @param {PointerEvent} event */
  hover(event) {
    const press = this.stage.pressOf(event);
    this.stage.canvas.style.cursor = this.isPanning ? "grab" : cursorAt(this.session, press);
    this.session.hover(this.session.hitAt(press));
  }

  /** @override */
  leave() {
    this.session.hover(null);
  }

  /** @override */
  renderPanel() {
    const { session } = this;
    this.#panel.render();
    const { add, remove, mirror, turn, adopt } = this.#controls;
    for (const button of [remove, mirror, turn]) button.disabled = !session.selection.size;
    add.disabled = model.isFull(session.layout);
    adopt.hidden = !session.ghosts.length;
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
    return { add, remove, mirror, turn, adopt };
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
