// Colours of things and people: one palette for the canvases, Preview and Score.
// gligen_core/layout/colours.py is the same in Python; both are held to tests/fixtures/palette.json.

/** What has a colour: an entity, or a pose, which keeps one among its unknown fields.
 * @typedef {{id: string, colour?: string, extra?: Readonly<Record<string, unknown>>}} Coloured */

/** Told apart on light and dark, and by most people who see few colours. */
export const COLOURS = Object.freeze([
  "#e4572e", "#2e86de", "#17a673", "#c98a00", "#8e5bd0",
  "#0097a7", "#d6336c", "#6a8d1f", "#8d6e4f", "#5c6bc0",
]);

/** The chosen colour, else the id's. @param {Coloured} thing @returns {string} "#rrggbb" */
export function colourOf({ id, colour, extra = {} }) {
  const chosen = colour ?? extra["colour"];
  return typeof chosen === "string" && isHex(chosen) ? chosen.toLowerCase() : colourOfId(id);
}

/** A colour of the palette that follows from the id alone, so that it stays when others move: e1 and
 * p1 have the first, e2 the second; an id without a number goes by its letters.
 * @param {string} id @param {readonly string[]} [palette] "#rrggbb" @returns {string} */
export function colourOfId(id, palette = COLOURS) {
  const number = /[0-9]{1,9}$/.exec(id)?.[0];
  const letters = [...id].map((letter) => letter.codePointAt(0) ?? 0);
  const place = number ? Math.max(Number(number) - 1, 0) : letters.reduce((sum, letter) => sum + letter, 0);
  return palette[place % palette.length] ?? "#888888";
}

/** "#rrggbb, #rrggbb" as written in the settings. @param {string} text
 * @returns {readonly string[] | null} null: none is a colour, or they are the palette itself */
export function parsePalette(text) {
  const found = text.match(/#[0-9a-f]{6}\b/gi)?.map((colour) => colour.toLowerCase());
  return found && found.join() !== COLOURS.join() ? found : null;
}

/** Black or white, whichever has the higher contrast (WCAG 2.2): 4.5 or more on any colour.
 * @param {string} colour "#rrggbb" or "#rgb" @returns {string} */
export function inkOn(colour) {
  const light = luminance(colour);
  return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}

/** Relative luminance of sRGB, 0 to 1. @param {string} colour */
function luminance(colour) {
  const digits = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : colour.slice(1).match(/../g);
  const linear = (digits ?? []).map((pair) => {
    const share = parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return [0.2126, 0.7152, 0.0722].reduce((sum, weight, channel) => sum + weight * (linear[channel] ?? 0), 0);
}

/** @param {string} text */
function isHex(text) {
  return /^#[0-9a-f]{6}$/i.test(text);
}
