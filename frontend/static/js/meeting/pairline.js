/**
 * Exactly once and in order, between one page and another: numbering, acknowledging and sending again. Pure; times are
 * milliseconds handed in.
 */

const MAX_KEPT = 256;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 4000;
const ACK_EVERY_MS = 150;

/**
 * What we have sent to one page and it has not acknowledged yet.
 * @template {object} Message
 */
export class Outbox {
  /** @type {(Message & { n: number })[]} */
  #kept = [];
  #next = 1;
  #movedAt = 0;
  #wait = FIRST_WAIT_MS;

  get full() {
    return this.#kept.length >= MAX_KEPT;
  }

  get empty() {
    return this.#kept.length === 0;
  }

  /**
   * Numbers a message and keeps it until it is acknowledged; null when too many are kept already.
   * @param {Message} message
   * @param {number} now
   * @returns {(Message & { n: number }) | null}
   */
  add(message, now) {
    if (this.full) return null;
    if (this.empty) this.#restart(now);
    const numbered = { ...message, n: this.#next++ };
    this.#kept.push(numbered);
    return numbered;
  }

  /**
   * Everything up to `upto` has arrived.
   * @param {number} upto
   * @param {number} now
   */
  acknowledge(upto, now) {
    const before = this.#kept.length;
    this.#kept = this.#kept.filter((message) => message.n > upto);
    if (this.#kept.length < before) this.#restart(now);
  }

  /**
   * What must be sent again now: all of it after a while without progress, with ever longer whiles.
   * @param {number} now
   * @returns {(Message & { n: number })[]}
   */
  due(now) {
    if (this.empty || now - this.#movedAt < this.#wait) return [];
    this.#movedAt = now;
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    return [...this.#kept];
  }

  /**
   * Everything that is kept, to be sent again at once (the connection is a new one).
   * @param {number} now
   * @returns {(Message & { n: number })[]}
   */
  again(now) {
    this.#restart(now);
    return [...this.#kept];
  }

  /** @param {number} now */
  #restart(now) {
    this.#movedAt = now;
    this.#wait = FIRST_WAIT_MS;
  }
}

/** What has come from one page. */
export class Inbox {
  #last = 0;
  #owed = false;
  #acknowledgedAt = Number.NEGATIVE_INFINITY;

  get owed() {
    return this.#owed;
  }

  /**
   * Whether message number `n` is the next one and is to be handled. Duplicates are acknowledged again, gaps are not.
   * @param {number} n
   * @returns {boolean}
   */
  take(n) {
    if (n > this.#last + 1) return false;
    this.#owed = true;
    if (n <= this.#last) return false;
    this.#last = n;
    return true;
  }

  /**
   * The number to acknowledge, or null when nothing is owed or the last time was a moment ago.
   * @param {number} now
   * @returns {number | null}
   */
  acknowledgement(now) {
    if (!this.#owed || now - this.#acknowledgedAt < ACK_EVERY_MS) return null;
    this.#owed = false;
    this.#acknowledgedAt = now;
    return this.#last;
  }
}
