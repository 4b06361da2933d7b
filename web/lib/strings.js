// Every visible string by key, in the person's language. The texts are in locales/*/main.json under
// "gligen"; host.js hands them in before the first widget is made.
//
//   t("boxes.count", { count: 3 })    // "{count} boxes" -> "3 boxes"

/** @typedef {{[key: string]: string | Texts}} Texts */

/** @type {Texts[]} the person's language first, then English */
let languages = [];

/** @param {...(Texts | undefined)} texts */
export function setStrings(...texts) {
  languages = texts.filter((text) => text !== undefined);
}

/** @param {string} key dotted @param {Record<string, string | number>} [values] for its {names}
 * @returns {string} the key itself where no language has it */
export function t(key, values = {}) {
  for (const language of languages) {
    /** @type {string | Texts | undefined} */
    let found = language;
    for (const part of key.split(".")) found = typeof found === "object" ? found[part] : undefined;
    if (typeof found === "string") {
      return found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
    }
  }
  return key;
}
