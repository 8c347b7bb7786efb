/**
 * Pair messages to and from every other page in the meeting, over a socket that may lose any of them.
 */

import { Inbox, Outbox } from "./pairline.js";

const TICK_MS = 150;
const MAX_EARLY = 64;
const MAX_STRANGERS = 8;

/** @typedef {import("./wire.js").PairFrame} PairFrame */

/**
 * @typedef {object} Line
 * @property {string} id
 * @property {number} gen
 * @property {Outbox<object>} outbox
 * @property {Inbox} inbox
 * @property {boolean} known whether the roster has named this page
 * @property {PairFrame[]} early what came before the roster named it
 * @property {boolean} lost whether a message found the outbox full
 */

/**
 * @typedef {object} RepairHandlers
 * @property {(frame: object) => void} send
 * @property {(frame: PairFrame) => void} deliver
 * @property {() => void} stranger a page that the roster has not named yet has written
 * @property {(id: string) => void} overflow messages to this page were lost for good: build the pair anew
 */

export class Repair {
  /** @type {Map<string, Line>} */
  #lines = new Map();
  #handlers;
  #now;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {RepairHandlers} handlers
   * @param {() => number} [now] milliseconds that never go back
   */
  constructor(handlers, now = () => performance.now()) {
    this.#handlers = handlers;
    this.#now = now;
  }

  /**
   * The roster: lines to pages that are not in it end, messages that came before it are handed on.
   * @param {{ id: string, gen: number }[]} members
   */
  keep(members) {
    const named = new Set(members.map((member) => key(member.id, member.gen)));
    for (const name of this.#lines.keys()) {
      if (!named.has(name)) this.#lines.delete(name);
    }
    for (const member of members) this.#name(this.#line(member.id, member.gen));
  }

  /** Everything is new (our own generation is). */
  clear() {
    this.#lines.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Sends a message that must arrive.
   * @param {string} id
   * @param {number} gen
   * @param {object} message its `t` and further fields
   */
  post(id, gen, message) {
    const line = this.#line(id, gen);
    const numbered = line.outbox.add({ ...message, to: id, to_gen: gen }, this.#now());
    if (numbered) this.#handlers.send(numbered);
    else line.lost = true;
    this.#arm();
  }

  /** @param {PairFrame} frame */
  receive(frame) {
    const line = this.#lines.get(key(frame.from, frame.from_gen)) ?? this.#stranger(frame);
    if (!line) return;
    if (frame.t === "received") this.#acknowledged(line, frame.upto);
    else if (line.known) this.#take(line, frame);
    else if (line.early.length < MAX_EARLY) line.early.push(frame);
    this.#arm();
  }

  /** The socket is a new one: what it may have lost is sent again. */
  resumed() {
    for (const line of this.#lines.values()) this.#sendAll(line.outbox.again(this.#now()));
    this.#arm();
  }

  /** @param {Line} line */
  #name(line) {
    if (line.known) return;
    line.known = true;
    for (const frame of line.early.splice(0)) this.#take(line, frame);
    this.#arm();
  }

  /**
   * @param {Line} line
   * @param {PairFrame} frame
   */
  #take(line, frame) {
    if (line.inbox.take(frame.n)) this.#handlers.deliver(frame);
  }

  /**
   * @param {Line} line
   * @param {number} upto
   */
  #acknowledged(line, upto) {
    line.outbox.acknowledge(upto, this.#now());
    if (!line.lost || line.outbox.full) return;
    line.lost = false;
    this.#handlers.overflow(line.id);
  }

  /** @param {PairFrame} frame */
  #stranger(frame) {
    if (this.#lines.size >= MAX_STRANGERS * 2) return undefined;
    this.#handlers.stranger();
    return this.#line(frame.from, frame.from_gen);
  }

  /**
   * @param {string} id
   * @param {number} gen
   * @returns {Line}
   */
  #line(id, gen) {
    const name = key(id, gen);
    let line = this.#lines.get(name);
    if (!line) {
      line = { id, gen, outbox: new Outbox(), inbox: new Inbox(), known: false, early: [], lost: false };
      this.#lines.set(name, line);
    }
    return line;
  }

  #tick() {
    this.#timer = undefined;
    const now = this.#now();
    for (const line of this.#lines.values()) {
      this.#sendAll(line.outbox.due(now));
      const upto = line.inbox.acknowledgement(now);
      if (upto !== null) this.#handlers.send({ t: "received", to: line.id, to_gen: line.gen, upto });
    }
    this.#arm();
  }

  #arm() {
    const busy = [...this.#lines.values()].some((line) => !line.outbox.empty || line.inbox.owed);
    if (busy && this.#timer === undefined) this.#timer = setTimeout(() => this.#tick(), TICK_MS);
  }

  /** @param {object[]} frames */
  #sendAll(frames) {
    for (const frame of frames) this.#handlers.send(frame);
  }
}

/**
 * @param {string} id
 * @param {number} gen
 */
function key(id, gen) {
  return `${id}:${gen}`;
}
