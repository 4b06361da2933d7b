// Colours of our wires and sockets. The classic renderer looks them up by the whole type of a socket
// ("GLIGEN_LAYOUT,POSE_KEYPOINT,..."), Nodes 2.0 by a CSS variable of its first one. The host forgets
// them with each palette that it loads, so they are painted again then.
//
//   const sockets = new Sockets();
//   sockets.learn(nodeDefinitions);      // addCustomNodeDefs
//   sockets.paint(app.canvas);           // setup, and when the theme has changed

/** Unlike those of the host's own types, on dark nodes and on light ones. */
export const SOCKET_COLOURS = Object.freeze({
  GLIGEN_MODEL: "#26a69a",
  GLIGEN_LAYOUT: "#c0ca33",
  GLIGEN_GROUNDING: "#e07a5f",
  GLIGEN_GATE: "#a1887f",
  GLIGEN_SHORTCUTS: "#90a4ae",
});

/** @typedef {Record<string, string>} Colours by the type of a socket */

/** Of the host's canvas.
 * @typedef {object} Paintable
 * @property {Colours} default_connection_color_byType
 * @property {Function} constructor with link_type_colors */

/** @typedef {Record<string, Record<string, [unknown, ...unknown[]]> | undefined>} InputDefinitions */

/** @param {string} type of a socket, or several with commas @returns {string | null} */
export function colourOfSocket(type) {
  const colours = /** @type {Colours} */ (SOCKET_COLOURS);
  return type.split(",").map((each) => colours[each]).find(Boolean) ?? null;
}

export class Sockets {
  /** @type {Colours} */
  #colours = { ...SOCKET_COLOURS };

  /** @param {Record<string, {input?: InputDefinitions}>} definitions of nodes */
  learn(definitions) {
    for (const { input = {} } of Object.values(definitions)) {
      for (const [type] of Object.values(input).flatMap((group) => Object.values(group ?? {}))) {
        const colour = typeof type === "string" ? colourOfSocket(type) : null;
        if (colour) this.#colours[/** @type {string} */ (type)] = colour;
      }
    }
  }

  /** @param {Paintable} canvas */
  paint(canvas) {
    Object.assign(canvas.default_connection_color_byType, this.#colours);
    Object.assign(Reflect.get(canvas.constructor, "link_type_colors") ?? {}, this.#colours);
    const { style } = document.documentElement;
    for (const [type, colour] of Object.entries(SOCKET_COLOURS)) {
      const name = `--color-datatype-${type}`;
      if (style.getPropertyValue(name) !== colour) style.setProperty(name, colour);
    }
  }
}
