/**
 * Which view is shown, and where the reader is when it changes. What others do never takes the focus from where it can
 * stay; where its place goes away with the old view, or the reader's own press led on, the new heading has it.
 */

import { all } from "./dom.js";

const SOON_MS = 5000;

export class Views {
  #page;
  #shown = "";
  #pressedAt = Number.NEGATIVE_INFINITY;

  /** @param {HTMLElement} page */
  constructor(page) {
    this.#page = page;
  }

  /** The reader pressed what leads on, here or to another view. */
  pressed() {
    this.#pressedAt = performance.now();
    this.#focus();
  }

  /** @param {string} name */
  show(name) {
    if (name === this.#shown) return;
    const first = this.#shown === "";
    this.#shown = name;
    const goes = !first && this.#losesFocus(name);
    for (const view of all(this.#page, "[data-view]")) {
      view.hidden = view.dataset.view !== name;
      if (view.hidden) closeDialogs(view);
    }
    if (goes) this.#focus();
  }

  /** @param {string} name of the view to come */
  #losesFocus(name) {
    const now = document.activeElement;
    if (now === null || now === document.body) return performance.now() - this.#pressedAt < SOON_MS;
    const view = now.closest("[data-view]");
    return view instanceof HTMLElement && view.dataset.view !== name;
  }

  #focus() {
    const headings = all(this.#page, "[data-view] h1");
    const heading = headings.find((each) => each.closest("[hidden]") === null);
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  }
}

/**
 * A dialog that stays open in a view that is gone would keep the whole page from being used.
 * @param {HTMLElement} view
 */
function closeDialogs(view) {
  for (const dialog of view.querySelectorAll("dialog[open]")) {
    if (dialog instanceof HTMLDialogElement) dialog.close();
  }
}
