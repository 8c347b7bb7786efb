/** Which of the page's phases it is in; the element's `data-phase`. Pure. */

/** @typedef {"lobby" | "joining" | "connected" | "reconnecting" | "paused" | "aside" | "ended" | "out"} Phase */

/**
 * @typedef {object} Facts
 * @property {import("./signalling.js").Ending | null} over
 * @property {import("./wire.js").ServerPhase} place where the server says that we are
 * @property {boolean} paused
 * @property {Iterable<import("./liveness.js").Link>} links one for each other person inside
 * @property {boolean} pictured whether anything has come from anybody
 */

/**
 * @param {Facts} facts
 * @returns {Phase}
 */
export function phaseOf({ over, place, paused, links, pictured }) {
  if (over) return over.phase;
  if (place !== "inside" && place !== "aside") return "lobby";
  if (paused) return "paused";
  if (place === "aside") return "aside";
  const all = [...links];
  if (all.includes("connected") && pictured) return "connected";
  return all.includes("reconnecting") ? "reconnecting" : "joining";
}
