// Pictures that runs have made: for each workflow and each node of ours, the last picture that descends from the
// node. A drawing of ours over a picture is no picture of the run, nor is what is made of one.
//
//   runs.remember(workflow, { prompt, outputs });      // of the host's /history
//   runs.pictureOf(workflow, node)

/** @typedef {Record<string, {class_type: string, inputs: Record<string, unknown>}>} Prompt
 * @typedef {{filename: string, subfolder?: string, type?: string}} Picture
 * @typedef {{prompt: Prompt, outputs: Record<string, {images?: Picture[]}>}} Run
 * by the id of the node; in a subgraph the host names a node by its path, "4:12:3" */

const OURS = /^GLIGEN_/;
const OVERLAYS = new Set(["GLIGEN_PreviewLayout", "GLIGEN_ScoreLayout"]);

export class Runs {
  /** @type {Map<string, Picture>} */
  #pictures = new Map();

  /** @param {string} workflow its id @param {Run} run */
  remember(workflow, run) {
    for (const [path, { class_type: type }] of Object.entries(run.prompt)) {
      const picture = OURS.test(type) ? pictureFrom(run, path) : null;
      if (picture) this.#pictures.set(`${workflow} ${idOf(path)}`, picture);
    }
  }

  /** @param {string} workflow @param {string | number} node @returns {Picture | null} */
  pictureOf(workflow, node) {
    return this.#pictures.get(`${workflow} ${node}`) ?? null;
  }
}

/** The last picture of a run that descends from a node. @param {Run} run @param {string} path
 * @returns {Picture | null} */
export function pictureFrom({ prompt, outputs }, path) {
  const descends = descendants(prompt, path);
  const pictures = Object.entries(outputs).flatMap(([shown, { images = [] }]) =>
    descends.has(shown) && !isOverlay(prompt, shown) ? images : [],
  );
  return pictures.findLast(({ filename }) => Boolean(filename)) ?? null;
}

/** The node itself and all that gets something of it, but for what comes out of an overlay.
 * @param {Prompt} prompt @param {string} path @returns {Set<string>} */
function descendants(prompt, path) {
  const found = new Set([path]);
  for (const giver of found) {
    if (isOverlay(prompt, giver)) continue;
    for (const [taker, { inputs }] of Object.entries(prompt)) {
      if (Object.values(inputs).some((input) => Array.isArray(input) && String(input[0]) === giver)) found.add(taker);
    }
  }
  return found;
}

/** @param {Prompt} prompt @param {string} path */
function isOverlay(prompt, path) {
  return OVERLAYS.has(prompt[path]?.class_type ?? "");
}

/** Id of a node in its own graph. @param {string} path */
function idOf(path) {
  return path.split(":").at(-1) ?? path;
}
