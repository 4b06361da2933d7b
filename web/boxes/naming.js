// Naming a box where it stands: a text field over the canvas, at the box's top left corner.

import { element } from "../lib/dom.js";
import { rectangle } from "../lib/paper.js";
import { t } from "../lib/strings.js";

/** @typedef {import("../lib/layout.js").Entity} Entity @typedef {import("../lib/stage.js").Stage} Stage */

const WIDTH_PX = 150;

/** @param {Stage} stage @param {Entity} entity
 * @param {(text: string | null) => void} done gets the phrase; null: left as it was
 * @returns {() => void} ends it, keeping what was typed */
export function nameInPlace(stage, entity, done) {
  const { x, y } = rectangle(stage, entity.box);
  const field = element("input", {
    class: "gligen-name",
    value: entity.text,
    placeholder: t("boxes.phrase"),
    "aria-label": t("boxes.phrase"),
  });
  field.style.left = `${Math.min(Math.max(x, 2), Math.max(stage.size.width - WIDTH_PX - 2, 2))}px`;
  field.style.top = `${Math.min(Math.max(y, 2), Math.max(stage.size.height - 28, 2))}px`;

  let open = true;
  /** @param {string | null} text @param {boolean} back to the canvas by keyboard */
  const close = (text, back) => {
    if (!open) return;
    open = false;
    field.remove();
    done(text);
    if (back) stage.canvas.focus({ preventScroll: true });
  };
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    close(event.key === "Enter" ? field.value.trim() : null, true);
  });
  field.addEventListener("blur", () => close(field.value.trim(), false));
  stage.element.append(field);
  field.focus({ preventScroll: true });
  field.select();
  return () => close(field.value.trim(), false);
}
