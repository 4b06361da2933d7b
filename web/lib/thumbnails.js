// Pictures by URL for drawing, each loaded once. One that can't be had is not shown.
//
//   const thumbnails = new Thumbnails(stage.invalidate);
//   const image = thumbnails.get(url);      // null until it is there

export class Thumbnails {
  /** @type {Map<string, HTMLImageElement>} */
  #images = new Map();
  #changed;

  /** @param {() => void} changed called when one more has come */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {string} url @returns {HTMLImageElement | null} */
  get(url) {
    const image = this.#images.get(url) ?? this.#load(url);
    return image.complete && image.naturalWidth ? image : null;
  }

  /** @param {string} url */
  #load(url) {
    const image = new Image();
    image.onload = this.#changed;
    image.src = url;
    this.#images.set(url, image);
    return image;
  }
}
