// Shapes that the editors share. Nothing here runs.

/** A place in fractions of the canvas, or in pixels of the stage: each use says which.
 * @typedef {{x: number, y: number}} Point */

/** Size in pixels. @typedef {{width: number, height: number}} Size */

/** Edges of a box in fractions of the canvas, origin at the top left: x0 < x1, y0 < y1.
 * @typedef {readonly [x0: number, y0: number, x1: number, y1: number]} Box */

/** Viewport, how the canvas lies on the stage: stage = canvas pixels * scale + (x, y), in CSS pixels.
 * @typedef {{scale: number, x: number, y: number}} Viewport */

/** Pointer fractions; `coarse`: a finger, whose reach is wider. Modifiers as the person holds them.
 * @typedef {object} Press
 * @property {Point} at @property {boolean} coarse
 * @property {boolean} shift @property {boolean} mod @property {boolean} alt */

/** Drag: what a press turns into until it is let go; every part may be left out.
 * @typedef {object} Drag
 * @property {(point: Point, event: PointerEvent) => void} [move]
 * @property {(point: Point, event: PointerEvent) => void} [end]
 * @property {() => void} [cancel] the press became a pinch, or Escape was pressed */

export {};
