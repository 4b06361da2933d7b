// Session of a pose editor: who is selected, which joint, what is shown while a drag goes on.

import { contains } from "../lib/geometry.js";
import { t } from "../lib/strings.js";
import { limbAt, jointAt } from "./hits.js";
import * as model from "./model.js";
import { standBeside } from "./placing.js";
import { JOINTS } from "./skeleton.js";

/** @typedef {import("../lib/layout.js").Layout} Layout @typedef {import("../lib/layout.js").Pose} Pose
 * @typedef {import("../lib/types.js").Point} Point @typedef {import("../lib/types.js").Box} Box
 * @typedef {import("../lib/types.js").Press} Press
 * @typedef {import("./model.js").Ids} Ids @typedef {import("./hits.js").JointHit} JointHit
 * @typedef {import("./hits.js").LimbHit} LimbHit */

const FRAME_PX = 16; // between a person and the frame around them, so that joints stay free to grab

export class Session {
  /** @type {Ids} */
  selection = new Set();
  /** Joint selected of the only person selected. @type {number | null} */
  joint = null;
  /** Joint or limb under the pointer. @type {JointHit | LimbHit | null} */
  hovered = null;
  /** People that the server found something wrong with. @type {Ids} */
  refused = new Set();
  /** People that can be adopted. @type {readonly Pose[]} */
  ghosts = [];
  /** Preset of the next person. */
  preset = "standing";

  #around;

  /** @param {import("../lib/layout.js").Surroundings} surroundings */
  constructor(surroundings) {
    this.#around = surroundings;
    this.store = surroundings.store;
    this.stage = surroundings.stage;
  }

  get layout() {
    return this.store.value;
  }

  /** The only one selected. @returns {Pose | null} */
  get person() {
    const [id, ...more] = this.selection;
    return id === undefined || more.length ? null : model.poseOf(this.layout, id);
  }

  /** @param {Ids} ids @param {number | null} [joint] of the only one */
  select(ids, joint = null) {
    this.selection = new Set(model.chosen(this.layout, ids).map(({ id }) => id));
    this.joint = this.selection.size === 1 ? joint : null;
    this.#around.changed();
    this.#around.say(this.description());
  }

  /** @param {JointHit | LimbHit | null} hit */
  hover(hit) {
    const { hovered } = this;
    const same = hit?.id === hovered?.id && hit?.joint === hovered?.joint && hit?.limb === hovered?.limb;
    if (same) return;
    this.hovered = hit;
    this.stage.invalidate();
  }

  /** After an undo, or a value from outside, some may be gone. */
  forgetTheGone() {
    this.selection = new Set(model.chosen(this.layout, this.selection).map(({ id }) => id));
    if (this.selection.size !== 1) this.joint = null;
  }

  /** @param {readonly import("../lib/layout.js").Joint[]} joints */
  add(joints) {
    this.#keep(model.addPoses(this.layout, [{ joints }]));
  }

  /** Beside those that are there. */
  addSomewhere() {
    this.add(standBeside(this.layout, this.preset));
  }

  /** Make ghosts real people. @param {readonly Pose[]} ghosts */
  adopt(ghosts) {
    if (!ghosts.length) return;
    const added = model.addPoses(this.layout, ghosts.map((ghost) => ({ ...ghost, id: "" })));
    this.ghosts = this.ghosts.filter((ghost) => !ghosts.slice(0, added.ids.size).includes(ghost));
    this.#keep(added);
  }

  duplicate() {
    if (this.selection.size) this.#keep(model.duplicatePoses(this.layout, this.selection));
  }

  /** @param {string | null} text of a run that looked for people; null: none did */
  find(text) {
    this.ghosts = (text && model.posesIn(text)) || [];
    this.#around.changed();
    if (this.ghosts.length) this.#around.say(t("poses.found", { count: this.ghosts.length }));
  }

  /** @param {readonly string[]} messages of the server; the first person that they name is selected */
  refuse(messages) {
    const named = messages.map((message) => model.poseNamedIn(this.layout, message));
    const ids = named.flatMap((pose) => (pose ? [pose.id] : []));
    if (!ids.length && !this.refused.size) return;
    this.refused = new Set(ids);
    if (ids.length) this.select(new Set(ids.slice(0, 1)));
    this.#around.changed();
  }

  copy() {
    if (!this.selection.size) return null;
    this.#around.say(t("poses.copied", { count: this.selection.size }));
    return model.copyText(this.layout, this.selection);
  }

  cut() {
    const text = this.copy();
    this.joint = null; // the people go, not one joint of theirs
    this.remove();
    return text;
  }

  /** @param {string} text from the clipboard @returns {boolean} whether there were people in it */
  paste(text) {
    const people = model.posesIn(text);
    if (!people) {
      this.#around.say(t("poses.notPasted"));
      return false;
    }
    const there = new Set(this.layout.poses.map(({ joints }) => joints.join()));
    const added = model.addPoses(this.layout, people);
    const by = people.some(({ joints }) => there.has(joints.join())) ? 0.06 : 0;
    this.#keep({ ...added, layout: model.movePoses(added.layout, added.ids, { x: by, y: 0 }) });
    return true;
  }

  /** The selected joint goes missing, else the selected people go. */
  remove() {
    if (this.joint !== null) return this.setJointThere(this.joint, false);
    this.store.commit(model.removePoses(this.layout, this.selection));
    this.#around.say(this.description());
  }

  /** @param {number} joint of the selected person @param {boolean} there */
  setJointThere(joint, there) {
    const { person } = this;
    if (!person) return;
    this.store.commit(model.setJointThere(this.layout, person.id, joint, there));
    this.select(this.selection, joint);
  }

  toggleJoint() {
    const joint = this.joint === null ? null : this.person?.joints[this.joint];
    if (joint && this.joint !== null) this.setJointThere(this.joint, !model.isThere(joint));
  }

  mirror() {
    this.store.commit(model.mirrorPoses(this.layout, this.selection));
  }

  turn() {
    this.store.commit(model.turnPoses(this.layout, this.selection));
  }

  /** @param {1 | -1} step later, or earlier */
  reorder(step) {
    this.store.commit(model.reorderPoses(this.layout, this.selection, step));
  }

  /** The joint that is selected, else the people. @param {Point} by fractions */
  nudge(by) {
    const { person, joint, layout } = this;
    const here = joint === null ? null : person?.joints[joint];
    const moved =
      here && person && joint !== null
        ? model.moveJoint(layout, person.id, joint, { x: here[0] + by.x, y: here[1] + by.y })
        : model.movePoses(layout, this.selection, by);
    this.store.commit(moved, `nudge ${joint}`);
    this.#around.say(this.description());
  }

  /** The selected people about their middle. @param {number} factor */
  scale(factor) {
    const bounds = model.boundsOfAll(model.chosen(this.layout, this.selection));
    if (!bounds) return;
    const middle = { x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2 };
    const scaled = model.scalePoses(this.layout, this.selection, middle, { x: factor, y: factor });
    this.store.commit(scaled, "scale");
    this.#around.say(this.description());
  }

  /** @param {1 | -1} step */
  selectNext(step) {
    const ids = this.layout.poses.map(({ id }) => id);
    const at = ids.findIndex((id) => this.selection.has(id));
    const next = ids[at < 0 ? (step > 0 ? 0 : ids.length - 1) : (at + step + ids.length) % ids.length];
    if (next !== undefined) this.select(new Set([next]));
  }

  /** @param {1 | -1} step */
  selectNextJoint(step) {
    if (!this.person) this.selectNext(step);
    const from = this.joint ?? (step > 0 ? -1 : JOINTS.length);
    if (this.person) this.select(this.selection, (from + step + JOINTS.length) % JOINTS.length);
  }

  /** Around those selected, with some room. @returns {Box | null} */
  selectionFrame() {
    const bounds = model.boundsOfAll(model.chosen(this.layout, this.selection));
    if (!bounds) return null;
    const room = this.stage.spanOf(FRAME_PX);
    return [bounds[0] - room.x, bounds[1] - room.y, bounds[2] + room.x, bounds[3] + room.y];
  }

  /** A joint, else a limb, of the selected first. @param {Press} press
   * @returns {JointHit | LimbHit | null} */
  hitAt(press) {
    const people = [...model.chosen(this.layout, this.selection), ...[...this.layout.poses].reverse()];
    return jointAt(this.stage, people, press) ?? limbAt(this.stage, people, press);
  }

  /** @param {Point} point @returns {Pose | null} */
  ghostAt(point) {
    const ghost = this.ghosts.find((ghost) => {
      const bounds = model.boundsOf(ghost);
      return bounds && contains(bounds, point);
    });
    return ghost ?? null;
  }

  /** The selection in words, for the status line and screen readers. */
  description() {
    const { person, layout } = this;
    if (!this.selection.size) return t("poses.count", { count: layout.poses.length });
    if (!person) return t("poses.selected", { count: this.selection.size });
    const number = layout.poses.indexOf(person) + 1;
    const joint = this.joint === null ? null : person.joints[this.joint];
    if (!joint || this.joint === null) return t("poses.one", { number, joints: model.countJoints(person) });
    const values = { number, joint: t(`poses.joints.${JOINTS[this.joint]}`), x: percent(joint[0]), y: percent(joint[1]) };
    if (!model.isThere(joint)) return t("poses.jointMissing", values);
    return t(model.isInside(joint) ? "poses.joint" : "poses.jointOutside", values);
  }

  /** @param {import("./model.js").Added} added */
  #keep({ layout, ids }) {
    if (!ids.size) return this.#around.say(t("poses.full", { most: model.MAX_PEOPLE }));
    this.store.commit(layout);
    this.select(ids);
  }
}

/** @param {number} share */
export function percent(share) {
  return Number((share * 100).toFixed(1));
}
