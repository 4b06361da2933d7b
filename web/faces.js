// Editors on the face of a subgraph's node. Pages of today (1.58.1) show there, of all widgets with
// elements of their own, only the host's texts; older ones show every widget as it is.
//
//   nodeCreated: (node) => openFaces(node, make)   // make(inner node, input, type, text) or null
//   afterConfigureGraph: refreshFaces              // values that were saved have come

/** @typedef {import("./host.js").Editor} Editor
 * @typedef {{editor: Editor, options: Record<string, unknown>, close: () => void}} Made
 * @typedef {(source: HostWidget, changed: () => void) => Made | null} Make an editor like that of an
 *   inner widget; null: it is not one of ours. changed: call it when the editor's text has changed */

/** Those in the graph. @type {Set<{stored: HostWidget, editor: Editor}>} */
const faces = new Set();

/** @param {HostNode} node any new one @param {Make} make */
export function openFaces(node, make) {
  const ofHost = node.createPromotedHostWidget;
  if (!ofHost) return; // not a subgraph's, or an older page
  node.createPromotedHostWidget = function (input, id, source) {
    const isThere = this.graph?.getNodeById(this.id) === this;
    return (isThere && face(this, input, source, make)) || ofHost.call(this, input, id, source);
  };
}

/** Show the values that the host keeps, where a workflow or an undo has brought others. */
export function refreshFaces() {
  for (const { stored, editor } of faces) {
    if (stored.value !== editor.getValue()) editor.setValue(String(stored.value));
  }
}

/** @param {HostNode} node @param {HostInput} input @param {HostWidget} source @param {Make} make
 * @returns {HostWidget | null} */
function face(node, input, source, make) {
  // The host's own stand-in for an inner widget: it keeps the value, and shows nothing.
  const stored = node._projectPromotedWidget?.(input);
  if (!stored) return null;
  /** @type {Made | null} */
  let made = null;
  made = make(source, () => {
    if (made) stored.value = made.editor.getValue();
  });
  if (!made) return null;
  const { editor, options, close } = made;
  editor.setValue(String(stored.value));
  const widget = node.addDOMWidget(input.name, source.type, editor.element, {
    ...options,
    setValue: (/** @type {unknown} */ value) => {
      editor.setValue(String(value));
      stored.value = editor.getValue();
    },
  });
  // It stands in the place of the stand-in, under its name, and not behind all others as well.
  Object.defineProperty(widget, "name", { value: input.name, writable: true });
  node._extraWidgets?.splice(node._extraWidgets.indexOf(widget), 1);
  const shown = { stored, editor };
  faces.add(shown);
  requestAnimationFrame(refreshFaces); // a copy gets its values after its widgets
  const remove = widget.onRemove;
  widget.onRemove = function () {
    faces.delete(shown);
    close();
    remove?.call(this);
  };
  return widget;
}
