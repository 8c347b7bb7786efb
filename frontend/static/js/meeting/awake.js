/** Keeps the screen lit while somebody is in a meeting, where the browser can. */

/** @type {WakeLockSentinel | null} */
let lock = null;
let wanted = false;

async function take() {
  if (!wanted || document.hidden || lock !== null || !("wakeLock" in navigator)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => {
      lock = null;
    });
  } catch {
    lock = null; // Low battery, or not allowed: the meeting goes on all the same.
  }
}

document.addEventListener("visibilitychange", () => void take());

/** @param {boolean} on */
export function stayAwake(on) {
  wanted = on;
  if (on) void take();
  else void lock?.release();
}
