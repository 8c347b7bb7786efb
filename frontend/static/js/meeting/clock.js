/** Runs as a Worker: a page that is hidden has its own timers slowed down, this one does not. */

setInterval(() => postMessage("tick"), 1000);
