/**
 * When a connection counts as lost, and when to try what about it. Pure; times are milliseconds handed in. A dead link
 * is noticed by silence, long before the browser says so.
 */

const SILENCE_MS = 3000;
const FIRST_CONNECT_MS = 10_000;
const PATIENCE_OF_THE_NEWER_MS = 4000;
const BETWEEN_TRIES_MS = 5000;
const RESTARTS_BEFORE_REBUILD = 3;

/** @typedef {"connecting" | "connected" | "reconnecting"} Link */
/** @typedef {"restart" | "rebuild" | null} Remedy */

export class Liveness {
  /** @type {Link} */
  link = "connecting";
  #newer;
  #heardAt;
  #tryAt = Number.POSITIVE_INFINITY;
  #tries = 0;

  /**
   * @param {boolean} newer
   * @param {number} now
   */
  constructor(newer, now) {
    this.#newer = newer;
    this.#heardAt = now;
  }

  /** Whether it is quiet enough to look whether any bytes come in. */
  suspicious(/** @type {number} */ now) {
    return now - this.#heardAt > SILENCE_MS / 2;
  }

  /** A beat or packets have come. */
  heard(/** @type {number} */ now) {
    this.#heardAt = now;
    this.link = "connected";
    this.#tryAt = Number.POSITIVE_INFINITY;
    this.#tries = 0;
  }

  /** The browser itself gave up: no waiting. */
  failed(/** @type {number} */ now) {
    this.link = "reconnecting";
    this.#tryAt = Math.min(this.#tryAt, this.#tries === 0 ? now : this.#tryAt);
  }

  /**
   * What to do now, if anything.
   * @param {number} now
   * @returns {Remedy}
   */
  judge(now) {
    const patience = this.link === "connecting" ? FIRST_CONNECT_MS : SILENCE_MS;
    const silence = now - this.#heardAt;
    if (this.link !== "reconnecting" && silence >= patience) {
      this.link = "reconnecting";
      this.#tryAt = this.#newer ? this.#heardAt + Math.max(patience, PATIENCE_OF_THE_NEWER_MS) : now;
    }
    if (this.link !== "reconnecting" || now < this.#tryAt) return null;
    this.#tryAt = now + BETWEEN_TRIES_MS;
    return ++this.#tries > RESTARTS_BEFORE_REBUILD ? "rebuild" : "restart";
  }
}
