/** A tick each second, also while the page is hidden, and at once when the network or the page comes back. */

import { trusted } from "../policy.js";

const SECOND_MS = 1000;
const SLEPT_MS = 10_000;

/**
 * Calls `tick` every second and `wake` when there is reason to look at once.
 * @param {string} address of the Worker's script
 * @param {{ tick: () => void, wake: () => void }} calls
 */
export function watch(address, { tick, wake }) {
  startClock(address, tick);
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = performance.now();
    else if (performance.now() - hiddenAt > SLEPT_MS) wake();
  });
  addEventListener("online", wake);
  addEventListener("pageshow", (event) => {
    if (event.persisted) wake();
  });
  connectionOf(navigator)?.addEventListener("change", wake);
}

/**
 * @param {string} address
 * @param {() => void} tick
 */
function startClock(address, tick) {
  try {
    const worker = new Worker(trusted(address));
    worker.onmessage = tick;
    worker.onerror = () => setInterval(tick, SECOND_MS);
  } catch {
    setInterval(tick, SECOND_MS);
  }
}

/**
 * Not every browser tells when the network changes.
 * @param {Navigator & { connection?: EventTarget }} browser
 */
function connectionOf(browser) {
  return browser.connection;
}
