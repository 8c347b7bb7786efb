/** Says once, in the page's quiet live region, that a held time soon ends; whoever is in the middle of a word is not stopped. */

const WARN_BEFORE_MS = 120_000;
const LATE_MS = 15_000;

/**
 * How long after a page was made its warning is due, in milliseconds. Null for a page that was made later than that:
 * it has just said itself until when the time is held. Both are ISO 8601, by the server's clock.
 * @param {string} ends
 * @param {string} sent
 * @returns {number | null}
 */
export function warnAfter(ends, sent) {
  const left = Date.parse(ends) - Date.parse(sent);
  return left > WARN_BEFORE_MS ? left - WARN_BEFORE_MS : null;
}

/**
 * Whether the words are still true when a timer rings: a computer that slept wakes too late.
 * @param {number} due
 * @param {number} now
 * @returns {boolean}
 */
export function inTime(due, now) {
  return now - due < LATE_MS;
}

/** @param {HTMLElement} element */
export function start(element) {
  const { ends = "", sent = "", words = "" } = element.dataset;
  const wait = warnAfter(ends, sent);
  const live = document.getElementById("live");
  if (wait === null || !live) return;
  const due = Date.now() + wait;
  setTimeout(() => {
    if (inTime(due, Date.now())) live.textContent = words;
  }, wait);
}
