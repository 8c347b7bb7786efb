/** The page's words for what happens, in the reader's language: the server writes them into a template. */

export class Words {
  /** @type {Map<string, string>} */
  #words = new Map();

  /** @param {ParentNode} page */
  constructor(page) {
    const template = page.querySelector("template[data-words]");
    if (!(template instanceof HTMLTemplateElement)) return;
    for (const element of template.content.querySelectorAll("[data-word]")) {
      const key = element.getAttribute("data-word") ?? "";
      this.#words.set(key, element.textContent?.trim() ?? "");
    }
  }

  /**
   * The words of a key, or nothing where there are none. `{name}` in them is filled in.
   * @param {string} key
   * @param {Record<string, string>} [values]
   */
  say(key, values = {}) {
    const words = this.#words.get(key) ?? "";
    return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }
}
