// A picture beneath the drawing, dimmable.
//
//   const backdrop = new Backdrop(stage.invalidate);
//   backdrop.show(url);  backdrop.dim = 0.4;  backdrop.draw(context, stage);   // in stage's `draw`

export class Backdrop {
  #dim = 0.35;
  /** @type {HTMLImageElement | null} */
  #image = null;
  /** @type {string | null} */
  #url = null;
  #changed;

  /** @param {() => void} changed called when there is something else to draw */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Fading of the picture towards the canvas: 0 not at all, 1 gone. */
  get dim() {
    return this.#dim;
  }

  set dim(dim) {
    this.#dim = dim;
    this.#changed();
  }

  /** @param {string | null} url null: nothing beneath. A picture that can't be had is not shown. */
  show(url) {
    if (url === this.#url) return;
    this.#url = url;
    this.#image = null;
    this.#changed();
    if (!url) return;
    const image = new Image();
    image.onload = () => {
      if (this.#url !== url) return; // another was asked for meanwhile
      this.#image = image;
      this.#changed();
    };
    image.src = url;
  }

  /** Over the whole canvas of the stage.
   * @param {CanvasRenderingContext2D} context @param {import("./stage.js").Stage} stage */
  draw(context, stage) {
    if (!this.#image) return;
    const { x, y, scale } = stage.viewport;
    const { width, height } = stage.canvasSize;
    context.save();
    context.globalAlpha = 1 - this.#dim;
    context.drawImage(this.#image, x, y, width * scale, height * scale);
    context.restore();
  }
}
