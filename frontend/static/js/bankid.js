/**
 * Signing in by BankID: says that scripts run, asks how it goes, shows each second's QR code, and brings back the nonce
 * of the return address. The server decides everything; without this module the same pages have buttons.
 */

const ASK_MS = 2000;
const CODE_MS = 1000;
const NONCE = /^#nonce=([A-Za-z0-9_-]{20,100})$/;

/**
 * The nonce that stands in an address' fragment; empty when none does.
 * @param {string} fragment
 * @returns {string}
 */
export function nonceIn(fragment) {
  return NONCE.exec(fragment)?.[1] ?? "";
}

/**
 * What the server answered, or null for anything else than its answer. Only own paths and the app's addresses pass.
 * @param {unknown} answer
 * @returns {{ text: string, scan: boolean, link: string, go: string } | null}
 */
export function understood(answer) {
  if (typeof answer !== "object" || answer === null) return null;
  const { text = "", scan = false, link = "", go = "" } = /** @type {Record<string, unknown>} */ (answer);
  if (typeof text !== "string" || typeof scan !== "boolean") return null;
  if (typeof link !== "string" || typeof go !== "string") return null;
  if (link && !/^(https:\/\/app\.bankid\.com\/|bankid:\/\/\/)\?/.test(link)) return null;
  if (go && !/^\/(?![/\\])/.test(go)) return null;
  return { text, scan, link, go };
}

/** @param {HTMLElement} element */
export function start(element) {
  if (element instanceof HTMLFormElement) {
    if (element.dataset.part === "start") sayScripted(element);
    else bringBack(element);
  } else {
    waitFor(element);
  }
}

/** @param {HTMLFormElement} form */
function sayScripted(form) {
  const field = form.elements.namedItem("scripted");
  if (field instanceof HTMLInputElement) field.value = "1";
}

/** @param {HTMLFormElement} form */
function bringBack(form) {
  const field = form.elements.namedItem("nonce");
  const nonce = nonceIn(location.hash);
  if (!nonce || !(field instanceof HTMLInputElement)) return;
  history.replaceState(null, "", location.pathname);
  field.value = nonce;
  form.requestSubmit();
}

/** @param {HTMLElement} element */
function waitFor(element) {
  const { ask = "", leave = "" } = element.dataset;
  const token = element.querySelector("input[name=csrfmiddlewaretoken]");
  const body = new URLSearchParams({
    csrfmiddlewaretoken: token instanceof HTMLInputElement ? token.value : "",
  });
  let over = false;

  async function once() {
    if (over) return;
    try {
      const response = await fetch(ask, { method: "POST", body, redirect: "manual", cache: "no-store" });
      const now = response.ok ? understood(await response.json()) : null;
      if (over || !now) return;
      if (now.go) {
        over = true;
        location.assign(now.go);
      } else {
        show(element, now);
      }
    } catch {
      // The network is away for a moment: the next question is two seconds off.
    }
  }

  async function ever() {
    await once();
    if (!over) setTimeout(ever, ASK_MS);
  }

  setTimeout(ever, ASK_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void once();
  });
  for (const form of element.querySelectorAll("form")) {
    form.addEventListener("submit", () => {
      over = true;
    });
  }
  if (leave) {
    turnCodes(element, () => over);
    addEventListener("pagehide", () => {
      if (!over) void fetch(leave, { method: "POST", body, redirect: "manual", keepalive: true });
      over = true;
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
  }
}

/**
 * @param {HTMLElement} element
 * @param {{ text: string, scan: boolean, link: string }} now
 */
function show(element, now) {
  const text = element.querySelector("[data-text]");
  if (text && text.textContent !== now.text) text.textContent = now.text;
  const scan = element.querySelector("[data-scan]");
  if (scan instanceof HTMLElement) scan.hidden = !now.scan;
  const link = element.querySelector("[data-link]");
  if (!(link instanceof HTMLAnchorElement) || !link.parentElement) return;
  link.parentElement.hidden = !now.link;
  if (now.link && link.href !== now.link) link.href = now.link;
}

/**
 * A new code each second. One that cannot be fetched is skipped: the order is being renewed.
 * @param {HTMLElement} element
 * @param {() => boolean} over
 */
function turnCodes(element, over) {
  const image = element.querySelector("[data-scan] img");
  if (!(image instanceof HTMLImageElement)) return;
  const address = image.src;
  let number = 0;

  function turn() {
    if (over() || !(image instanceof HTMLImageElement)) return;
    if (document.visibilityState === "visible" && !image.closest("[hidden]")) fetchNext(image);
    setTimeout(turn, CODE_MS);
  }

  /** @param {HTMLImageElement} shown */
  function fetchNext(shown) {
    const next = new Image();
    number += 1;
    next.onload = () => {
      shown.src = next.src;
    };
    next.src = `${address}?n=${number}`;
  }

  setTimeout(turn, CODE_MS);
}
