// Choice of the picture beneath the drawing: a wired one, one that was dropped, or the last of a run.

import { element } from "./dom.js";
import { t } from "./strings.js";

/** @typedef {"wired" | "dropped" | "last" | "none"} Choice */

const CHOICES = /** @type {const} */ (["wired", "dropped", "last", "none"]);
const DIM = 0.35;

export class Beneath {
  /** Pictures by where they come from; null: there is none. @type {Record<Choice, string | null>} */
  #urls = { wired: null, dropped: null, last: null, none: null };
  #backdrop;
  #choice;
  #keep;
  #select;
  #dim;

  /** @param {import("./backdrop.js").Backdrop} backdrop
   * @param {{choice: unknown, dim: unknown}} saved with the node
   * @param {(choice: Choice, dim: number) => void} keep saves what the person has set */
  constructor(backdrop, saved, keep) {
    this.#backdrop = backdrop;
    this.#choice = CHOICES.find((choice) => choice === saved.choice) ?? null;
    this.#keep = keep;
    backdrop.dim = typeof saved.dim === "number" ? saved.dim : DIM;
    this.#select = element(
      "select",
      { "aria-label": t("picture.beneath"), onchange: () => this.#choose() },
      CHOICES.map((choice) => element("option", { value: choice }, [t(`picture.${choice}`)])),
    );
    this.#dim = element("input", {
      type: "range",
      min: "0",
      max: "1",
      step: "0.05",
      value: String(backdrop.dim),
      title: t("picture.dim"),
      "aria-label": t("picture.dim"),
      onchange: () => this.#keep(this.choice, backdrop.dim),
      oninput: () => (backdrop.dim = this.#dim.valueAsNumber),
    });
    this.element = element("div", { class: "gligen-beneath", title: t("picture.drop") }, [
      t("picture.beneath"),
      this.#select,
      this.#dim,
    ]);
    this.#refresh();
  }

  /** The person's choice, else the first that there is; the last picture only when asked for. */
  get choice() {
    return this.#choice ?? (this.#urls.wired ? "wired" : this.#urls.dropped ? "dropped" : "none");
  }

  /** @param {Exclude<Choice, "none">} choice @param {string | null} url */
  offer(choice, url) {
    if (this.#urls[choice] === url) return;
    this.#urls[choice] = url;
    this.#refresh();
  }

  /** @param {string} url */
  drop(url) {
    this.#urls.dropped = url;
    this.#choice = "dropped";
    this.#keep("dropped", this.#backdrop.dim);
    this.#refresh();
  }

  #choose() {
    this.#choice = /** @type {Choice} */ (this.#select.value);
    this.#keep(this.#choice, this.#backdrop.dim);
    this.#refresh();
  }

  #refresh() {
    for (const option of this.#select.options) {
      const choice = /** @type {Choice} */ (option.value);
      option.disabled = choice !== "none" && !this.#urls[choice];
    }
    this.#select.value = this.choice;
    this.#dim.disabled = !this.#urls[this.choice];
    this.#backdrop.show(this.#urls[this.choice]);
  }
}
