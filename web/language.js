// Our texts among the host's messages, and there to stay: pages up to 1.49 load a language late and
// put it in place of what packs had merged, so that titles and inputs of nodes were English again.
//
//   keepTexts(hostMessages(), await (await api.fetchApi("/i18n")).json(), "fr");

/** @typedef {Record<string, any>} Texts of one language: nodeDefs, commands, settings, gligen
 * @typedef {object} Messages the part of vue-i18n's composer that is used
 * @property {(locale: string, texts: Texts) => void} mergeLocaleMessage
 * @property {(locale: string, texts: Texts) => void} setLocaleMessage
 * @property {string[]} availableLocales */

/** The host's messages, of its Vue app; null where they are not to be found.
 * @returns {Messages | null} */
export function hostMessages() {
  for (const element of [document.getElementById("vue-app"), ...document.body.children]) {
    const provided = Reflect.get(element ?? {}, "__vue_app__")?._context?.provides ?? {};
    for (const key of Reflect.ownKeys(provided)) {
      const messages = provided[key]?.global;
      if (typeof messages?.mergeLocaleMessage === "function") return messages;
    }
  }
  return null;
}

/** Merge ours now, and again whenever the host sets a language anew. @param {Messages | null} messages
 * @param {Record<string, Texts>} texts by language @param {string} spoken the person's language */
export function keepTexts(messages, texts, spoken) {
  if (!messages) return;
  const set = messages.setLocaleMessage;
  /** @param {string} locale */
  const merge = (locale) => messages.mergeLocaleMessage(locale, textsOf(texts, locale));
  messages.setLocaleMessage = (locale, theirs) => {
    set.call(messages, locale, theirs);
    merge(locale);
  };
  const known = [...Object.keys(texts), ...messages.availableLocales, spoken];
  for (const locale of new Set(known)) merge(locale);
}

/** A language's texts, else those of the language that it is a form of (zh for zh-TW), else English:
 * names of inputs, where a page has but their ids.
 * @param {Record<string, Texts>} texts by language @param {string} locale @returns {Texts} */
export function textsOf(texts, locale) {
  return texts[locale] ?? texts[locale.split("-")[0] ?? ""] ?? texts.en ?? {};
}
