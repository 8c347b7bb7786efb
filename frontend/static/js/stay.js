/**
 * Says two minutes before a sign-in ends that it does, in one polite line with a button that makes it last; and
 * afterwards that it has ended. Nothing that was typed is lost, because the page stays.
 *
 * The server is asked before anything is said: another page of the same browser may have been used meanwhile, or the
 * computer slept. Asking is no use.
 */

export const WARN_S = 120;
const NOTED_S = 60;
const TRY_AGAIN_S = 30;

/** @typedef {{ left: number, more: boolean, words: string }} Answer */
/** @typedef {{ words: string, button: boolean, link: boolean, wait: number | null }} Shown */

/**
 * Seconds from a page's load to the first question: use is noted once a minute, so the end may come that much earlier.
 * @param {number} idle
 * @returns {number}
 */
export function firstLook(idle) {
  return Math.max(0, idle - NOTED_S - WARN_S);
}

/**
 * What is shown after an answer, and in how many seconds the next question is due; null when there is none.
 * @param {Answer} answer
 * @returns {Shown}
 */
export function shown({ left, more, words }) {
  if (left > WARN_S) return { words: "", button: false, link: false, wait: left - WARN_S };
  if (left > 0) return { words, button: more, link: false, wait: left + 1 };
  return { words, button: false, link: true, wait: null };
}

/** @param {HTMLElement} form */
export function start(form) {
  const line = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  const link = form.querySelector("a");
  if (!(form instanceof HTMLFormElement) || !line || !button || !link) return;
  link.href = `${form.dataset.signIn}?igen=1&next=${encodeURIComponent(location.pathname)}`;
  let timer = 0;

  /** @param {number} seconds */
  const lookIn = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(false), seconds * 1000);
  };

  /** @param {boolean} more */
  const look = async (more) => {
    const body = new FormData(form);
    if (more) body.set("do", "more");
    try {
      const response = await fetch(form.action, { method: "POST", body });
      // Another page of this browser signed out: this one's form is not taken any more.
      if (response.status === 403)
        return show(shown({ left: 0, more: false, words: form.dataset.ended ?? "" }));
      if (!response.ok) throw new Error(String(response.status));
      show(shown(await response.json()));
    } catch {
      lookIn(TRY_AGAIN_S);
    }
  };

  /** @param {Shown} now */
  const show = (now) => {
    if (line.textContent !== now.words) line.textContent = now.words;
    button.hidden = !now.button;
    link.hidden = !now.link;
    if (now.wait !== null) lookIn(now.wait);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look(true);
  });
  lookIn(firstLook(Number(form.dataset.idle)));
}
