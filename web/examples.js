// The example pictures of our templates: a host's own templates bring theirs into the input folder
// when they are opened, and so do ours.

const EXAMPLE = /^gligen_example_\w+\.png$/;

/** The example pictures that a workflow loads. @param {unknown} workflow as it is saved
 * @returns {string[]} names of files, each once */
export function examplesOf(workflow) {
  const nodes = /** @type {{nodes?: {type?: unknown, widgets_values?: unknown}[]}} */ (workflow)?.nodes ?? [];
  const values = nodes.flatMap(({ type, widgets_values: values }) => {
    const file = type === "LoadImage" && Array.isArray(values) ? values[0] : null;
    return typeof file === "string" && EXAMPLE.test(file) ? [file] : [];
  });
  return [...new Set(values)];
}

/** Put those into the input folder that are not there.
 * @param {string[]} files
 * @param {{isThere: (file: string) => Promise<boolean>, read: (file: string) => Promise<Blob>,
 *   put: (file: File) => Promise<void>}} host
 * @returns {Promise<number>} how many came */
export async function bringExamples(files, { isThere, read, put }) {
  let came = 0;
  for (const file of files) {
    if (await isThere(file)) continue;
    await put(new File([await read(file)], file, { type: "image/png" }));
    came += 1;
  }
  return came;
}
