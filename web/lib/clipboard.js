// Copy, cut and paste as JSON text through the system's clipboard, by the browser's own events:
// so Ctrl+C works between nodes, windows and text editors, and needs no permission.
//
//   listenClipboard(stage.canvas, { copy: () => text, cut: () => text, paste: (text) => taken });

/** @typedef {object} ClipboardHandlers
 * @property {() => string | null} copy null: nothing is selected
 * @property {() => string | null} cut as copy, and takes it away
 * @property {(text: string) => boolean} paste whether the text was ours */

/** @param {HTMLElement} target @param {ClipboardHandlers} handlers @returns {() => void} ends it */
export function listenClipboard(target, handlers) {
  /** @param {ClipboardEvent} event */
  const listener = (event) => {
    event.stopPropagation(); // or the host copies and pastes nodes
    event.preventDefault();
    if (event.type === "paste") {
      handlers.paste(event.clipboardData?.getData("text/plain") ?? "");
      return;
    }
    const text = event.type === "copy" ? handlers.copy() : handlers.cut();
    if (text !== null) event.clipboardData?.setData("text/plain", text);
  };
  const types = /** @type {const} */ (["copy", "cut", "paste"]);
  for (const type of types) target.addEventListener(type, listener);
  return () => types.forEach((type) => target.removeEventListener(type, listener));
}
