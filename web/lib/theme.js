// The host's colours, for what is drawn on a canvas; stylesheets use its CSS variables themselves.
//
//   const colours = readTheme(stage.element);
//   const stop = onThemeChange(stage.invalidate);

/** CSS colours. @typedef {object} Theme
 * @property {string} paper the canvas @property {string} desk what lies around it
 * @property {string} text @property {string} muted @property {string} line
 * @property {string} accent selection and guides @property {string} danger
 * @property {boolean} dark */

/** Theme that was read last, until the host changes its palette. @type {Theme | null} */
let known = null;

/** @param {Element} at where the variables are looked up @returns {Theme} */
export function readTheme(at) {
  if (known) return known;
  const style = getComputedStyle(at);
  /** @param {string} name @param {string} fallback */
  const colour = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const text = colour("--input-text", "#ddd");
  const dark = brightness(text, at) > 0.5;
  known = {
    paper: dark ? "#26282c" : "#ffffff",
    desk: colour("--comfy-input-bg", dark ? "#1b1c1f" : "#e8e8ec"),
    text,
    muted: colour("--descrip-text", dark ? "#999" : "#666"),
    line: colour("--border-color", dark ? "#4e4e4e" : "#ccc"),
    accent: dark ? "#4da3ff" : "#0b6bcb",
    danger: dark ? "#ff6b6b" : "#c62828",
    dark,
  };
  return known;
}

/** The host keeps its palette in the style and class of the root and the body: some hundred
 * variables, too many to compare for every frame. @param {() => void} listener
 * @returns {() => void} ends it */
export function onThemeChange(listener) {
  const forget = () => {
    known = null;
    listener();
  };
  const observer = new MutationObserver(forget);
  for (const root of [document.documentElement, document.body]) {
    observer.observe(root, { attributeFilter: ["class", "style"] });
  }
  known = null; // nobody may have listened until now
  return () => observer.disconnect();
}

/** 0 black .. 1 white. @param {string} colour any CSS colour @param {Element} at */
function brightness(colour, at) {
  const probe = document.createElement("span");
  probe.style.color = colour;
  at.append(probe);
  const [red = 0, green = 0, blue = 0] = getComputedStyle(probe).color.match(/[\d.]+/g)?.map(Number) ?? [];
  probe.remove();
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}
