/** Whether the meeting still has its host. Guests are never left alone together. Pure; times are milliseconds handed in. */

/** Twenty seconds without a sign of life: a link counts as dead after the first three of them (liveness.js). */
const PATIENCE_MS = 17_000;

export class HostWatch {
  /** The link to the host has been dead for so long that nothing is sent until it is back. */
  lost = false;
  /** The same, and it is not our own network that is down: this side pauses, and says why. */
  away = false;
  #since = Number.POSITIVE_INFINITY;

  /**
   * @param {boolean} dead whether the link to the host is dead now
   * @param {boolean} reachable whether the server is reached from here
   * @param {number} now
   * @returns {boolean} whether what it knows is another than before
   */
  judge(dead, reachable, now) {
    const { lost, away } = this;
    this.#since = dead ? Math.min(this.#since, now) : Number.POSITIVE_INFINITY;
    this.lost = now - this.#since >= PATIENCE_MS;
    this.away = this.lost && reachable;
    return lost !== this.lost || away !== this.away;
  }

  forget() {
    this.judge(false, false, 0);
  }
}
