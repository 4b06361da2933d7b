// Colours of boxes: told apart on light and dark, and by most people who see few colours.

/** @typedef {import("../lib/layout.js").Entity} Entity */

export const DEFAULT_COLOURS = Object.freeze([
  "#e4572e", "#2e86de", "#17a673", "#c98a00", "#8e5bd0",
  "#0097a7", "#d6336c", "#6a8d1f", "#8d6e4f", "#5c6bc0",
]);

/** An entity's own colour, or one that follows from its id and so survives reordering.
 * @param {Entity} entity @param {readonly string[]} [colours] CSS hex @returns {string} */
export function colourOf({ id, colour }, colours = DEFAULT_COLOURS) {
  if (colour) return colour;
  const number = /(\d+)$/.exec(id)?.[1];
  const place = number ? Number(number) - 1 : [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return colours[Math.max(place, 0) % colours.length] ?? "#888888";
}

/** "#rrggbb, #rrggbb" as written in the settings; the defaults where none is a colour.
 * @param {string} text @returns {readonly string[]} */
export function parseColours(text) {
  const found = text.match(/#[0-9a-f]{6}\b/gi);
  return found ?? DEFAULT_COLOURS;
}
