// Which reference pictures a layout's `image` numbers mean: those of the batch at the Ground node that
// the layout goes to, as far as the browser knows them.

/** Interface to the host's nodes.
 * @typedef {object} Node
 * @property {{name: string, type: unknown}[]} inputs
 * @property {{type: unknown}[]} outputs
 * @property {{name: string, value: unknown}[]} [widgets]
 * @property {{src: string}[]} [imgs]
 * @property {(slot: number) => Node | null} getInputNode
 * @property {(slot: number) => Node[] | null} getOutputNodes */

const LAYOUT = "GLIGEN_LAYOUT";
const BATCH = "images"; // of Ground, beside `gligen`
const DEEPEST = 12; // nodes between a picture and Ground

/** @param {Node} node with a layout as its first output
 * @param {(file: string) => string} urlOf a file of the input folder
 * @returns {string[]} URLs, by number */
export function referencesOf(node, urlOf) {
  const seen = new Set([node]);
  for (const giver of seen) {
    for (const taker of takersOf(giver)) {
      const batch = taker.inputs.findIndex(({ name }) => name === BATCH);
      if (batch >= 0 && taker.inputs.some(({ name }) => name === "gligen")) {
        const source = taker.getInputNode(batch);
        return source ? picturesOf(source, urlOf, DEEPEST) : [];
      }
      seen.add(taker);
    }
  }
  return [];
}

/** Nodes that get a layout of a node. @param {Node} node @returns {Node[]} */
function takersOf(node) {
  return (node.outputs ?? []).flatMap(({ type }, slot) =>
    String(type).split(",").includes(LAYOUT) ? (node.getOutputNodes(slot) ?? []) : [],
  );
}

/** A file that it loads, else the pictures of those it gets, else what it shows.
 * @param {Node} node @param {(file: string) => string} urlOf @param {number} depth
 * @returns {string[]} */
function picturesOf(node, urlOf, depth) {
  const file = node.widgets?.find(({ name }) => name === "image")?.value;
  if (typeof file === "string" && file) return [urlOf(file)];
  const givers = node.inputs.flatMap(({ type }, slot) => (type === "IMAGE" ? [node.getInputNode(slot)] : []));
  const found = depth > 0 ? givers.flatMap((giver) => (giver ? picturesOf(giver, urlOf, depth - 1) : [])) : [];
  return found.length ? found : (node.imgs ?? []).map(({ src }) => src);
}
