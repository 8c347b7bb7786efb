/** Moves the focus to what needs to be put right, so that a page that came back is read from there. */

/** @param {HTMLElement} element */
export function start(element) {
  element.focus();
}
