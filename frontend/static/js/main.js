/**
 * Starts what a page asks for: each element with `data-module` gets that module. The page works without them; only
 * the meeting itself needs one.
 */

import "./policy.js";

/** @typedef {{ start: (element: HTMLElement) => void | Promise<void> }} Module */

/** @type {Record<string, () => Promise<Module>>} */
const MODULES = {
  bankid: () => import("./bankid.js"),
  "error-focus": () => import("./error-focus.js"),
  "hold-warning": () => import("./hold-warning.js"),
  leave: () => import("./leave.js"),
  meeting: () => import("./meeting/page.js"),
  passkey: () => import("./passkey.js"),
  stay: () => import("./stay.js"),
  "week-grid": () => import("./week-grid.js"),
};

const GUARD_MS = 1000;

/**
 * Sends a form once, however often its button is pressed within a second.
 * @param {SubmitEvent} event
 */
function guardSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const sent = Number(form.dataset.sentAt ?? Number.NEGATIVE_INFINITY);
  if (event.timeStamp - sent < GUARD_MS) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sentAt = String(event.timeStamp);
}

/** @param {HTMLElement} element */
async function startModule(element) {
  const load = MODULES[element.dataset.module ?? ""];
  if (!load) return;
  try {
    const module = await load();
    await module.start(element);
    element.dataset.moduleState = "on";
  } catch (error) {
    element.dataset.moduleState = "failed";
    throw error;
  }
}

document.addEventListener("submit", guardSubmit, { capture: true });
for (const element of document.querySelectorAll("[data-module]")) {
  if (element instanceof HTMLElement) void startModule(element);
}
