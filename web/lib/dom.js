// Making of elements, without markup in strings.

/** @typedef {Node | string | null | undefined | false} Child */

/** A new element: properties and attributes by name (`class`, `onclick`, `aria-label`, `tabIndex`),
 * then children; null and false are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, unknown>} [properties] @param {Child[]} [children]
 * @returns {HTMLElementTagNameMap[K]} */
export function element(tag, properties = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) setProperty(made, name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** @param {HTMLElement} target @param {string} name @param {unknown} value */
function setProperty(target, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name !== "class" && name !== "role" && name !== "list" && name in target) {
    Reflect.set(target, name, value);
  } else {
    target.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Text that is set again only when it differs: the page lays itself out for what is set.
 * @param {Element} target @param {string} text */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Makes as many children as there are things to show; those that stay keep their focus.
 * @template {HTMLElement} E
 * @param {HTMLElement} parent @param {number} count @param {(index: number) => E} make
 * @returns {E[]} */
export function keepCount(parent, count, make) {
  while (parent.childElementCount > count) parent.lastElementChild?.remove();
  while (parent.childElementCount < count) parent.append(make(parent.childElementCount));
  return /** @type {E[]} */ ([...parent.children]);
}

/** A line drawing of 16 x 16. @param {string} path SVG path data @returns {SVGSVGElement} */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Tell the host that its own Ctrl+Z, shortcuts and wheel are not meant while this element has the
 * focus.
 *
 * The host listens on the window before anyone else, and spares only what calls itself an input, a
 * text area or editable (changeTracker.ts: once `activeEl.type`, now `activeEl.isContentEditable`).
 * @param {HTMLElement} target */
export function takesTyping(target) {
  Reflect.set(target, "type", "textarea");
  Object.defineProperty(target, "isContentEditable", { value: true });
  target.dataset.captureWheel = "true";
}

/** Keep what happens inside from reaching the node and the graph: no dragging, panning, shortcuts.
 * @param {HTMLElement} target */
export function keepToItself(target) {
  for (const type of ["pointerdown", "pointermove", "pointerup", "dblclick", "contextmenu"]) {
    target.addEventListener(type, (event) => event.stopPropagation());
  }
  target.addEventListener("keydown", (event) => event.stopPropagation());
  for (const type of ["copy", "cut", "paste", "drop", "dragover"]) {
    target.addEventListener(type, (event) => event.stopPropagation());
  }
}
