// A <canvas> that fills its element: zoom and pan, sharp on any screen, one redraw per frame.
//
//   const stage = new Stage({ label: t("boxes.canvas"), draw: (context, stage) => { ... } });
//   frame.stage.append(stage.element);
//   stage.setCanvasSize({ width: 512, height: 512 });   // the layout's own pixels
//   stage.toFraction(stage.pointOf(event))              // event -> fractions of the canvas
//   stage.invalidate();                                 // redraw with the next frame
//   stage.destroy();
//
// `draw` gets a context whose unit is the CSS pixel of the stage.

import { element, takesTyping } from "./dom.js";
import { fit, keepInSight, pan, toFraction, toStage, zoom } from "./viewport.js";

/** @typedef {import("./types.js").Point} Point @typedef {import("./types.js").Size} Size */

export const CLICK_PX = 4; // less than this far, a press is a click
const DENSEST = 4; // device pixels per CSS pixel at most: memory, not sharpness, is short there

export class Stage {
  /** @type {Size} CSS pixels */
  size = { width: 0, height: 0 };
  /** @type {Size} the layout's pixels */
  canvasSize = { width: 512, height: 512 };
  /** @type {import("./types.js").Viewport} */
  viewport = { scale: 1, x: 0, y: 0 };

  #fitted = true;
  #frame = 0;
  #draw;
  #observer;

  /** @param {{label: string, draw: (context: CanvasRenderingContext2D, stage: Stage) => void}} options
   * label: what a screen reader calls it */
  constructor({ label, draw }) {
    this.#draw = draw;
    this.canvas = element("canvas", {
      class: "gligen-canvas",
      tabIndex: 0,
      role: "application",
      "aria-label": label,
    });
    takesTyping(this.canvas);
    this.element = element("div", { class: "gligen-stage" }, [this.canvas]);
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.element);
    this.canvas.addEventListener("pointerenter", this.invalidate); // the host may have zoomed
  }

  destroy() {
    this.#observer.disconnect();
    this.canvas.removeEventListener("pointerenter", this.invalidate);
    cancelAnimationFrame(this.#frame);
  }

  /** Redraw with the next frame, however often it is asked for. */
  invalidate = () => {
    this.#frame ||= requestAnimationFrame(this.#redraw);
  };

  /** @param {Size} size in the layout's pixels */
  setCanvasSize(size) {
    if (size.width === this.canvasSize.width && size.height === this.canvasSize.height) return;
    this.canvasSize = { ...size };
    this.fit();
  }

  /** Show the whole canvas, now and whenever the stage changes its size. */
  fit() {
    this.#fitted = true;
    this.viewport = fit(this.canvasSize, this.size);
    this.invalidate();
  }

  /** @param {number} factor @param {Point} [at] on the stage; its middle if left out */
  zoomBy(factor, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
    this.#look(zoom(this.viewport, factor, at, fit(this.canvasSize, this.size).scale));
  }

  /** @param {number} dx CSS pixels @param {number} dy */
  panBy(dx, dy) {
    this.#look(pan(this.viewport, dx, dy));
  }

  /** Place of an event on the stage, in its CSS pixels, whatever the host scales it by.
   * @param {{clientX: number, clientY: number}} event @returns {Point} */
  pointOf(event) {
    const bounds = this.element.getBoundingClientRect();
    const scale = bounds.width ? this.element.offsetWidth / bounds.width : 1;
    return { x: (event.clientX - bounds.left) * scale, y: (event.clientY - bounds.top) * scale };
  }

  /** @param {MouseEvent} event @returns {import("./types.js").Press} */
  pressOf(event) {
    return {
      at: this.toFraction(this.pointOf(event)),
      coarse: "pointerType" in event && event.pointerType === "touch",
      shift: event.shiftKey,
      mod: event.ctrlKey || event.metaKey,
      alt: event.altKey,
    };
  }

  /** Between two fractions, in CSS pixels. @param {Point} a @param {Point} b */
  distance(a, b) {
    const [from, to] = [this.toStage(a), this.toStage(b)];
    return Math.hypot(from.x - to.x, from.y - to.y);
  }

  /** @param {Point} point on the stage */
  toFraction(point) {
    return toFraction(this.viewport, this.canvasSize, point);
  }

  /** @param {Point} fraction of the canvas */
  toStage(fraction) {
    return toStage(this.viewport, this.canvasSize, fraction);
  }

  /** CSS pixels of the stage -> fractions of the canvas, for reaches and tolerances.
   * @param {number} length @returns {Point} */
  spanOf(length) {
    return {
      x: length / (this.canvasSize.width * this.viewport.scale),
      y: length / (this.canvasSize.height * this.viewport.scale),
    };
  }

  /** @param {import("./types.js").Viewport} viewport */
  #look(viewport) {
    this.#fitted = false;
    this.viewport = keepInSight(viewport, this.canvasSize, this.size);
    this.invalidate();
  }

  #resized() {
    this.size = { width: this.element.clientWidth, height: this.element.clientHeight };
    this.viewport = this.#fitted
      ? fit(this.canvasSize, this.size)
      : keepInSight(this.viewport, this.canvasSize, this.size);
    this.invalidate();
  }

  #redraw = () => {
    this.#frame = 0;
    const density = this.#density();
    const width = Math.round(this.size.width * density);
    const height = Math.round(this.size.height * density);
    const context = this.canvas.getContext("2d");
    if (!context || !width || !height) return;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    this.#draw(context, this);
  };

  /** Device pixels per CSS pixel; the host's own zoom counts. */
  #density() {
    const shown = this.element.getBoundingClientRect().width / (this.element.offsetWidth || 1);
    const wanted = (window.devicePixelRatio || 1) * (shown || 1);
    return Math.min(Math.max(Math.ceil(wanted * 2) / 2, 1), DENSEST);
  }
}
