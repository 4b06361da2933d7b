// Keyboard: one table of combinations per element.
//
//   listenKeys(stage.canvas, { "mod+z": () => store.undo(), "shift+arrowleft": () => { ... } });
//
// Names are lower-case `event.key`, after "mod+" (Ctrl, or Cmd on a Mac), "alt+" and "shift+" in
// this order. A handler that returns false leaves the key to the browser and the host.

/** @typedef {Record<string, (event: KeyboardEvent) => boolean | void>} KeyTable */

/** @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} event */
export function combination(event) {
  const modifiers = [
    (event.ctrlKey || event.metaKey) && "mod",
    event.altKey && "alt",
    event.shiftKey && "shift",
  ];
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  return [...modifiers.filter(Boolean), key].join("+");
}

/** @param {HTMLElement} target @param {KeyTable} table @returns {() => void} ends it */
export function listenKeys(target, table) {
  /** @param {KeyboardEvent} event */
  const listener = (event) => {
    const handler = table[combination(event)];
    if (!handler || event.isComposing || handler(event) === false) return;
    event.preventDefault();
    event.stopPropagation();
  };
  target.addEventListener("keydown", listener);
  return () => target.removeEventListener("keydown", listener);
}
