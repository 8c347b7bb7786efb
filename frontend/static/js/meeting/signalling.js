/**
 * The socket of a meeting: opens it, keeps it, takes it up again, and hands on what comes. What it carries is described
 * in docs/protocol.md. Losing it does not touch running media.
 */

import { backoff } from "./backoff.js";
import { Repair } from "./repair.js";
import { fetchTicket, NoTicket } from "./ticket.js";
import {
  CLOSE,
  CONNECT_MS,
  FLOOD_PAUSE_MS,
  isPairFrame,
  RESUME_MS,
  readFrame,
  SILENT_MS,
  SUBPROTOCOL,
} from "./wire.js";

/** @typedef {import("./wire.js").ServerFrame} ServerFrame */
/** @typedef {{ phase: "out" | "ended", reason: string, anew?: boolean }} Ending `anew`: the page itself knows why */

/**
 * @typedef {object} Handlers
 * @property {(frame: import("./wire.js").Welcome) => void} welcome
 * @property {(frame: import("./wire.js").Lobby) => void} lobby
 * @property {(frame: import("./wire.js").State) => void} state
 * @property {(frame: import("./wire.js").Ice) => void} ice
 * @property {(frame: import("./wire.js").PairFrame) => void} pair
 * @property {(id: string) => void} overflow
 * @property {(up: boolean) => void} link
 * @property {(ending: Ending) => void} over
 */

/**
 * @typedef {object} Place
 * @property {string} ticketUrl
 * @property {string} socketPath
 * @property {string} csrf
 */

/** A command was refused (`code` as in the protocol) or its answer was lost with the socket (`lost`). */
export class Refused extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @type {Record<number, Ending>} */
const ENDINGS = {
  [CLOSE.malformed]: { phase: "out", reason: "reload" },
  [CLOSE.tooLarge]: { phase: "out", reason: "reload" },
  [CLOSE.removed]: { phase: "out", reason: "removed" },
  [CLOSE.replaced]: { phase: "out", reason: "replaced" },
  [CLOSE.ended]: { phase: "ended", reason: "ended" },
};

export class Signalling {
  #place;
  #handlers;
  #repair;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {string | null} */
  #token = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Map<number, { resolve: () => void, reject: (error: Refused) => void }>} */
  #pending = new Map();
  #up = false;
  #over = true;
  #takeover = false;
  #resuming = false;
  #refusals = 0;
  #attempt = 0;
  #number = 0;
  #version = 0;
  #heardAt = 0;
  #bye = "";

  /**
   * @param {Place} place
   * @param {Handlers} handlers
   */
  constructor(place, handlers) {
    this.#place = place;
    this.#handlers = handlers;
    this.#repair = new Repair({
      send: (frame) => this.#send(frame),
      deliver: (frame) => handlers.pair(frame),
      stranger: () => this.#tell("sync"),
      overflow: (id) => handlers.overflow(id),
    });
  }

  get up() {
    return this.#up;
  }

  /**
   * Knocks. Everything further comes by the handlers.
   * @param {boolean} [takeover] whether another page of the same person is to be replaced
   */
  enter(takeover = false) {
    this.#over = false;
    this.#takeover = takeover;
    this.#refusals = 0;
    this.#retry(true);
  }

  /**
   * Gives a command; done when the server says so.
   * @param {string} t
   * @param {object} [fields]
   * @returns {Promise<void>}
   * @throws {Refused}
   */
  command(t, fields = {}) {
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      if (!this.#up) return reject(new Refused("lost"));
      this.#pending.set(id, { resolve, reject });
      this.#send({ t, id, ...fields });
    });
  }

  /**
   * A message to one other page; arrives once and in order, or never if that page goes.
   * @param {{ id: string, gen: number }} to
   * @param {object} message
   */
  post(to, message) {
    this.#repair.post(to.id, to.gen, message);
  }

  /** @param {import("./wire.js").Member[]} others */
  keep(others) {
    this.#repair.keep(others);
  }

  /** Leaves: the server is told, and nothing is tried again. */
  async leave() {
    const told = this.command("leave").catch(() => {});
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, CONNECT_MS))]);
    this.#finish({ phase: "out", reason: "left" });
  }

  /**
   * Whether the socket answers within two seconds; if not, it is opened again.
   * @returns {Promise<boolean>}
   */
  async alive() {
    if (!this.#up) return false;
    const socket = this.#socket;
    const answer = this.command("sync").then(
      () => true,
      (error) => error.code !== "lost",
    );
    const silence = new Promise((resolve) => setTimeout(() => resolve(false), CONNECT_MS));
    const alive = Boolean(await Promise.race([answer, silence]));
    if (!alive && socket !== null && socket === this.#socket) this.#abandon(socket);
    return alive;
  }

  /** Once a second, and when the network or the page comes back. */
  tick() {
    const silent = performance.now() - this.#heardAt > SILENT_MS;
    if (this.#up && silent && this.#socket) this.#abandon(this.#socket);
  }

  /** The network is back: no reason to wait any longer. */
  nudge() {
    if (!this.#over && !this.#up && this.#socket === null) this.#retry(true);
  }

  /** @param {boolean} [atOnce] */
  #retry(atOnce = false) {
    clearTimeout(this.#timer);
    if (this.#over) return;
    if (atOnce) this.#attempt = 0;
    this.#timer = setTimeout(() => void this.#connect(), backoff(this.#attempt++, Math.random()));
  }

  async #connect() {
    const first = await this.#firstFrame();
    if (first === null || this.#over || this.#socket !== null) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.#place.socketPath}`, SUBPROTOCOL);
    this.#socket = socket;
    this.#bye = "";
    this.#timer = setTimeout(() => this.#abandon(socket), CONNECT_MS);
    socket.onopen = () => socket.send(JSON.stringify(first));
    socket.onmessage = (event) => this.#receive(readFrame(event.data));
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  /** The frame that opens a connection, or null when there is none now (what then happens is arranged for). */
  async #firstFrame() {
    this.#resuming = this.#token !== null && performance.now() - this.#heardAt < RESUME_MS;
    if (this.#resuming) return { t: "resume", id: ++this.#number, token: this.#token };
    try {
      const ticket = await fetchTicket(this.#place.ticketUrl, this.#place.csrf, this.#takeover);
      return { t: "hello", id: ++this.#number, ticket };
    } catch (error) {
      if (error instanceof NoTicket) this.#finish({ phase: "out", reason: "not_accepted", anew: true });
      else this.#retry();
      return null;
    }
  }

  /** @param {ServerFrame | null} frame */
  #receive(frame) {
    this.#heardAt = performance.now();
    if (frame === null) return;
    if (isPairFrame(frame)) this.#repair.receive(frame);
    else if (frame.t === "welcome") this.#welcomed(frame);
    else if (frame.t === "state") this.#stated(frame);
    else if (frame.t === "lobby") this.#handlers.lobby(frame);
    else if (frame.t === "ice") this.#handlers.ice(frame);
    else if (frame.t === "ping") this.#pinged(frame);
    else if (frame.t === "bye") this.#bye = frame.why;
    else if (frame.t === "ok") this.#answered(frame.re, null);
    else if (frame.t === "error") this.#answered(frame.re ?? 0, frame.code);
  }

  /** @param {import("./wire.js").Welcome} frame */
  #welcomed(frame) {
    clearTimeout(this.#timer);
    this.#token = frame.token;
    this.#up = true;
    this.#attempt = 0;
    this.#refusals = 0;
    this.#takeover = false;
    if (!this.#resuming) {
      this.#repair.clear();
      this.#version = 0;
    }
    this.#handlers.welcome(frame);
    this.#handlers.link(true);
    if (this.#resuming) this.#repair.resumed();
  }

  /** @param {import("./wire.js").State} frame */
  #stated(frame) {
    if (frame.v < this.#version) return;
    this.#version = frame.v;
    this.#handlers.state(frame);
  }

  /** @param {import("./wire.js").Ping} frame */
  #pinged(frame) {
    this.#tell("pong", { k: frame.k });
    if (frame.v <= this.#version) return;
    this.#version = frame.v;
    this.#tell("sync");
  }

  /**
   * A command whose answer nobody waits for.
   * @param {string} t
   * @param {object} [fields]
   */
  #tell(t, fields) {
    this.command(t, fields).catch(() => {});
  }

  /**
   * @param {number} id
   * @param {string | null} code
   */
  #answered(id, code) {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if (code === null) waiting?.resolve();
    else waiting?.reject(new Refused(code));
  }

  /** @param {object} frame */
  #send(frame) {
    if (this.#up && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** @param {WebSocket} socket */
  #abandon(socket) {
    socket.onclose = null;
    socket.onmessage = null;
    socket.onopen = null;
    socket.close();
    this.#closed(socket, 0);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    const was = this.#up;
    this.#drop();
    if (was) this.#handlers.link(false);
    const ending = ENDINGS[code];
    if (ending)
      this.#finish({ ...ending, reason: code === CLOSE.removed && this.#bye ? this.#bye : ending.reason });
    else if (this.#bye === "left") this.#finish({ phase: "out", reason: "left" });
    else if (code === CLOSE.notAccepted) this.#refused();
    else if (code === CLOSE.flooding) this.#timer = setTimeout(() => this.#retry(true), FLOOD_PAUSE_MS);
    else this.#retry(was || code === CLOSE.restarting);
  }

  /** Ticket or token was not accepted: one more ticket, then no more. */
  #refused() {
    this.#token = null;
    if (this.#refusals++ > 0) this.#finish({ phase: "out", reason: "not_accepted" });
    else this.#retry(true);
  }

  /** Forgets the socket; nobody will answer what was asked on it. */
  #drop() {
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#up = false;
    this.#number = 0;
    for (const waiting of this.#pending.values()) waiting.reject(new Refused("lost"));
    this.#pending.clear();
  }

  /** @param {Ending} ending */
  #finish(ending) {
    if (this.#over) return;
    this.#over = true;
    const socket = this.#socket;
    this.#drop();
    this.#token = null;
    this.#repair.clear();
    socket?.close();
    this.#handlers.over(ending);
  }
}
