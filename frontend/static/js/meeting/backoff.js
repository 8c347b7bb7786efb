/** How long to wait before the next try to connect. */

const STEPS_MS = [0, 250, 500, 1000, 2000, 3000];
const SPREAD = 0.2;

/**
 * Milliseconds before try number `attempt` (0 is the first), spread by a fifth either way so that not all come at once.
 * @param {number} attempt
 * @param {number} random from 0 up to 1
 * @returns {number}
 */
export function backoff(attempt, random) {
  const step = STEPS_MS[Math.min(attempt, STEPS_MS.length - 1)] ?? 0;
  return step * (1 - SPREAD + 2 * SPREAD * random);
}
