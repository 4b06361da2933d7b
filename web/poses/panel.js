// Panel beside the pose canvas: who is there, and the joints of the one who is selected.

import { element, keepCount, setText } from "../lib/dom.js";
import { Roving } from "../lib/roving.js";
import { t } from "../lib/strings.js";
import * as model from "./model.js";
import { percent } from "./session.js";
import { JOINTS, sideOf } from "./skeleton.js";
import { colourOfSide } from "./view.js";

/** @typedef {import("./session.js").Session} Session */

// Rows of the table of joints: the person's right is at the left, as one sees it.
const ROWS = /** @type {const} */ ([
  ["eyes", 2, 1], ["ears", 4, 3], ["shoulders", 6, 5], ["elbows", 8, 7],
  ["wrists", 10, 9], ["hips", 12, 11], ["knees", 14, 13], ["ankles", 16, 15],
]);

export class PosePanel {
  #session;
  #roving;
  #people = element("div", { class: "gligen-people", role: "listbox", "aria-label": t("poses.people") });
  /** @type {HTMLButtonElement[]} by joint */
  #toggles = [];
  /** @type {HTMLInputElement} percent */
  #x;
  /** @type {HTMLInputElement} */
  #y;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.#toggles = JOINTS.map((_, joint) => this.#makeToggle(joint));
    [this.#x, this.#y] = [this.#makeField("x"), this.#makeField("y")];
    const head = element("tr", {}, [
      element("td"),
      element("th", { scope: "col" }, [t("poses.right")]),
      element("th", { scope: "col" }, [t("poses.left")]),
    ]);
    const nose = element("tr", {}, [
      element("th", { scope: "row" }, [t("poses.rows.nose")]),
      element("td", { colSpan: 2 }, [this.#toggles[0]]),
    ]);
    const rows = ROWS.map(([name, right, left]) =>
      element("tr", {}, [
        element("th", { scope: "row" }, [t(`poses.rows.${name}`)]),
        element("td", {}, [this.#toggles[right]]),
        element("td", {}, [this.#toggles[left]]),
      ]),
    );
    this.joints = element("div", { class: "gligen-joints" }, [
      element("table", { "aria-label": t("poses.jointTable") }, [element("tbody", {}, [head, nose, ...rows])]),
      element("div", { class: "gligen-place" }, [
        element("label", {}, ["x %", this.#x]),
        element("label", {}, ["y %", this.#y]),
      ]),
    ]);
    const leave = () => session.stage.canvas.focus({ preventScroll: true });
    this.#roving = new Roving(this.#people, { rows: () => this.#persons.map((person) => [person]), leave });
    const toggles = ROWS.map(([, right, left]) => [right, left].flatMap((joint) => this.#toggles[joint] ?? []));
    new Roving(this.joints, { rows: () => [this.#toggles.slice(0, 1), ...toggles], leave }).refresh();
    this.element = element("div", { class: "gligen-pose-panel", "data-capture-wheel": "true" }, [this.#people, this.joints]);
  }

  render() {
    const { layout, selection, person, joint, refused } = this.#session;
    const buttons = keepCount(this.#people, layout.poses.length, (index) => this.#makePerson(index));
    layout.poses.forEach((pose, index) => {
      const button = buttons[index];
      if (!button) return;
      button.classList.toggle("gligen-refused", refused.has(pose.id));
      button.setAttribute("aria-selected", String(selection.has(pose.id)));
      if (button.lastElementChild) setText(button.lastElementChild, `${model.countJoints(pose)}/${JOINTS.length}`);
    });
    const selected = layout.poses.findIndex(({ id }) => selection.has(id));
    this.#roving.refresh(selected < 0 ? undefined : selected);
    this.joints.hidden = !person;
    if (!person) return;
    this.#toggles.forEach((toggle, index) => {
      const there = model.isThere(person.joints[index] ?? [0, 0, 0]);
      toggle.setAttribute("aria-pressed", String(there));
      toggle.classList.toggle("gligen-current", joint === index);
      toggle.style.setProperty("--gligen-colour", colourOfSide(person, sideOf(index)));
    });
    const at = joint === null ? null : person.joints[joint];
    this.#show(this.#x, at ? percent(at[0]) : null);
    this.#show(this.#y, at ? percent(at[1]) : null);
  }

  /** @returns {HTMLElement[]} */
  get #persons() {
    return /** @type {HTMLElement[]} */ ([...this.#people.children]);
  }

  /** The first number to type. */
  focus() {
    if (this.#x.disabled) return false;
    this.#x.focus();
    this.#x.select();
    return true;
  }

  /** @param {number} index among the people */
  #makePerson(index) {
    const session = this.#session;
    return element(
      "button",
      {
        type: "button",
        role: "option",
        class: "gligen-person",
        onclick: (/** @type {MouseEvent} */ event) => {
          const id = session.layout.poses[index]?.id ?? "";
          const more = event.shiftKey || event.ctrlKey || event.metaKey;
          session.select(new Set(more ? [...session.selection, id] : [id]));
        },
      },
      [element("span", {}, [t("poses.person", { number: index + 1 })]), element("span", { class: "gligen-count" })],
    );
  }

  /** @param {HTMLInputElement} field @param {number | null} value */
  #show(field, value) {
    field.disabled = value === null;
    if (document.activeElement === field && field.value !== "" && field.valueAsNumber === value) return;
    field.value = value === null ? "" : String(value);
  }

  /** A joint that is there or missing. @param {number} joint */
  #makeToggle(joint) {
    const session = this.#session;
    const label = t(`poses.joints.${JOINTS[joint]}`);
    return element(
      "button",
      {
        type: "button",
        class: "gligen-joint",
        title: t("poses.toggle", { joint: label }),
        "aria-label": label,
        onclick: () => {
          const here = session.person?.joints[joint];
          if (here) session.setJointThere(joint, !model.isThere(here));
        },
        onpointerenter: () => session.hover(session.person && { id: session.person.id, joint, limb: null }),
        onpointerleave: () => session.hover(null),
      },
      [],
    );
  }

  /** @param {"x" | "y"} axis */
  #makeField(axis) {
    const session = this.#session;
    const label = t(axis === "x" ? "poses.fromLeft" : "poses.fromTop");
    const field = element("input", {
      type: "number",
      step: "1",
      "aria-label": label,
      title: label,
      oninput: () => {
        const { person, joint, layout } = session;
        const here = joint === null ? null : person?.joints[joint];
        if (!person || !here || joint === null || field.value === "") return;
        const to = { x: here[0], y: here[1], [axis]: field.valueAsNumber / 100 };
        session.store.commit(model.moveJoint(layout, person.id, joint, to), `number ${person.id} ${joint}`);
      },
    });
    return field;
  }
}
