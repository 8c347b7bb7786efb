/**
 * Leaves at once: the page is blanked, its place in the history is given to where the button leads, and the sign-in is
 * ended on the way. Without this module the form does the same, but Back comes to the page that was left.
 */

/** @param {HTMLElement} form */
export function start(form) {
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    document.title = "";
    document.body.hidden = true;
    // It goes on when the page is gone; whether it is answered or not, nobody waits for it here.
    const ended = fetch(form.action, { method: "POST", keepalive: true, redirect: "manual" });
    ended.catch(() => undefined);
    location.replace(form.dataset.exit ?? "/tom/");
  });
}
