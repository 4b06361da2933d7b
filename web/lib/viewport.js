// Zoom and pan as arithmetic. Canvas: the layout's own pixels. Stage: CSS pixels of the element.

/** @typedef {import("./types.js").Point} Point @typedef {import("./types.js").Size} Size
 * @typedef {import("./types.js").Viewport} Viewport */

export const ZOOM_LIMIT = 32; // times the size that just fits
const MARGIN = 14; // CSS pixels around a fitted canvas, so that edge handles can be grabbed
const KEPT_IN_SIGHT = 40; // CSS pixels of the canvas that panning leaves on the stage

/** The whole canvas, centred. @param {Size} canvas @param {Size} stage @returns {Viewport} */
export function fit(canvas, stage) {
  const scale = Math.max(
    Math.min((stage.width - 2 * MARGIN) / canvas.width, (stage.height - 2 * MARGIN) / canvas.height),
    1e-3,
  );
  return {
    scale,
    x: (stage.width - canvas.width * scale) / 2,
    y: (stage.height - canvas.height * scale) / 2,
  };
}

/** Zoom by a factor; the place under `at` (stage) stays there.
 * @param {Viewport} view @param {number} factor @param {Point} at @param {number} fitted scale that
 * just fits: zooming stays within a quarter and ZOOM_LIMIT of it @returns {Viewport} */
export function zoom(view, factor, at, fitted) {
  const scale = Math.min(Math.max(view.scale * factor, fitted / 4), fitted * ZOOM_LIMIT);
  const applied = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * applied, y: at.y - (at.y - view.y) * applied };
}

/** @param {Viewport} view @param {number} dx CSS pixels @param {number} dy @returns {Viewport} */
export function pan(view, dx, dy) {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Pushed back so that some of the canvas stays in sight.
 * @param {Viewport} view @param {Size} canvas @param {Size} stage @returns {Viewport} */
export function keepInSight(view, canvas, stage) {
  /** @param {number} offset @param {number} length @param {number} room */
  const clamp = (offset, length, room) =>
    Math.min(Math.max(offset, KEPT_IN_SIGHT - length), room - KEPT_IN_SIGHT);
  return {
    scale: view.scale,
    x: clamp(view.x, canvas.width * view.scale, stage.width),
    y: clamp(view.y, canvas.height * view.scale, stage.height),
  };
}

/** @param {Viewport} view @param {Size} canvas @param {Point} point on the stage, CSS pixels
 * @returns {Point} fractions of the canvas, beyond 0..1 outside it */
export function toFraction(view, canvas, point) {
  return {
    x: (point.x - view.x) / (canvas.width * view.scale),
    y: (point.y - view.y) / (canvas.height * view.scale),
  };
}

/** @param {Viewport} view @param {Size} canvas @param {Point} fraction
 * @returns {Point} on the stage, CSS pixels */
export function toStage(view, canvas, fraction) {
  return {
    x: fraction.x * canvas.width * view.scale + view.x,
    y: fraction.y * canvas.height * view.scale + view.y,
  };
}
