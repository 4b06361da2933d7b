// Mouse, pen and touch on one element: press-drag-release, hover, double press, wheel, pinch.
//
//   const stop = listenGestures(stage.canvas, {
//     pointOf: (event) => stage.pointOf(event),
//     press: (point, event) => ({ move(point) { ... }, end(point) { ... }, cancel() { ... } }),
//     hover: (point) => { ... },
//     pinch: (at, factor, dx, dy) => { ... },
//   });
//
// `press` hands back the drag that the press begins, or null. A second finger cancels it and pinches.

/** @typedef {import("./types.js").Point} Point @typedef {import("./types.js").Drag} Drag */

/** @typedef {object} Gestures
 * @property {(event: {clientX: number, clientY: number}) => Point} pointOf
 * @property {(point: Point, event: PointerEvent) => Drag | null} press
 * @property {(point: Point, event: PointerEvent) => void} [hover]
 * @property {() => void} [leave]
 * @property {(point: Point, event: MouseEvent) => void} [doublePress]
 * @property {(point: Point, event: PointerEvent) => void} [menu]
 * @property {(at: Point, factor: number, dx: number, dy: number) => void} [pinch]
 * @property {(point: Point, event: WheelEvent) => boolean} [wheel] true: taken, else the host's */

/** @param {HTMLElement} target @param {Gestures} gestures @returns {() => void} ends it */
export function listenGestures(target, gestures) {
  /** @type {Map<number, Point>} fingers, or the one mouse */
  const pressed = new Map();
  /** @type {Drag | null} */
  let drag = null;

  const cancel = () => {
    drag?.cancel?.();
    drag = null;
  };

  /** @param {PointerEvent} event */
  const down = (event) => {
    event.stopPropagation(); // or the host drags the node
    const point = gestures.pointOf(event);
    pressed.set(event.pointerId, point);
    target.setPointerCapture(event.pointerId);
    target.focus({ preventScroll: true });
    if (pressed.size > 1) return cancel();
    drag = gestures.press(point, event);
  };

  /** @param {PointerEvent} event */
  const move = (event) => {
    event.stopPropagation();
    const point = gestures.pointOf(event);
    const before = pressed.get(event.pointerId);
    if (!before) return gestures.hover?.(point, event);
    const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
    pressed.set(event.pointerId, point);
    if (!other) return drag?.move?.(point, event);
    const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
    const factor = distance(point, other) / Math.max(distance(before, other), 1);
    gestures.pinch?.(middle, factor, (point.x - before.x) / 2, (point.y - before.y) / 2);
  };

  /** @param {PointerEvent} event */
  const up = (event) => {
    event.stopPropagation();
    if (!pressed.delete(event.pointerId)) return;
    const ended = drag;
    drag = null;
    if (event.type === "pointercancel") ended?.cancel?.();
    else ended?.end?.(gestures.pointOf(event), event);
  };

  /** @param {PointerEvent} event */
  const menu = (event) => {
    event.preventDefault();
    event.stopPropagation();
    cancel();
    gestures.menu?.(gestures.pointOf(event), event);
  };

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.stopImmediatePropagation();
    cancel();
  };

  /** @param {WheelEvent} event */
  const wheel = (event) => {
    if (!gestures.wheel?.(gestures.pointOf(event), event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** @type {[string, (event: any) => void, AddEventListenerOptions?][]} */
  const listeners = [
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", up],
    ["pointercancel", up],
    ["pointerleave", () => gestures.leave?.()],
    ["dblclick", (event) => gestures.doublePress?.(gestures.pointOf(event), event)],
    ["contextmenu", menu],
    ["keydown", key, { capture: true }],
    ["wheel", wheel, { passive: false }],
  ];
  for (const [type, listener, options] of listeners) {
    target.addEventListener(type, listener, options);
  }
  return () => {
    cancel();
    for (const [type, listener, options] of listeners) {
      target.removeEventListener(type, listener, options);
    }
  };
}

/** @param {Point} a @param {Point} b */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
