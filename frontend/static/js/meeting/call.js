/**
 * One person's part in a meeting, without a page: the socket, the connections and the devices together. What it knows is
 * in `facts`; `changed` is called when that is another.
 */

import { HostWatch } from "./hostwatch.js";
import { DEVICES, Media } from "./media.js";
import { Peers } from "./peers.js";
import { phaseOf } from "./phase.js";
import { Signalling } from "./signalling.js";

const ICE_PATIENCE_MS = 2000;
const OWN_PAUSE_MS = 5000;
const CUT_OFF_MS = 1500;

/** @typedef {import("./liveness.js").Link} Link */
/** @typedef {import("./fitting.js").Kind} Kind */
/** @typedef {import("./wire.js").State} State */
/** @typedef {import("./wire.js").Member} Member */

/**
 * @typedef {object} CallEvents
 * @property {() => void} changed
 * @property {(id: string, kind: Kind, track: MediaStreamTrack) => void} track
 * @property {(id: string, what: "mic" | "cam", on: boolean) => void} device somebody else turned something on or off
 * @property {(id: string) => void} refused a connection that is not to be trusted was closed
 */

export class Call {
  /** @type {import("./wire.js").Welcome["you"] | null} */
  you = null;
  /** @type {State | null} */
  state = null;
  /** @type {import("./wire.js").Lobby | null} */
  lobby = null;
  /** @type {import("./signalling.js").Ending | null} */
  over = null;
  /** @type {Map<string, Link>} */
  links = new Map();
  entered = false;
  /** @type {import("./wire.js").ServerPhase} */
  #place = "new";
  /** @type {RTCIceServer[] | null} */
  #servers = null;
  /** @type {((servers: RTCIceServer[]) => void)[]} */
  #askedForIce = [];
  /** @type {Set<string>} */
  #pictured = new Set();
  #pausedAt = Number.NEGATIVE_INFINITY;
  #ownPause = false;
  #host = new HostWatch();
  #downAt = Number.POSITIVE_INFINITY;
  #events;

  /**
   * @param {import("./signalling.js").Place} place
   * @param {CallEvents} events
   */
  constructor(place, events) {
    this.#events = events;
    this.media = new Media((device) => this.#sends(device));
    this.signalling = new Signalling(place, {
      welcome: (frame) => this.#welcomed(frame),
      lobby: (frame) => this.#waits(frame),
      state: (frame) => void this.#stated(frame),
      ice: (frame) => void this.#gotIce(frame),
      pair: (frame) => this.peers.receive(frame),
      overflow: (id) => this.peers.rebuild(id),
      link: (up) => this.#reached(up),
      over: (ending) => this.#ended(ending),
    });
    // Made here, in the lobby: at the door only what needs the network is left to do.
    const algorithm = /** @type {AlgorithmIdentifier} */ ({ name: "ECDSA", namedCurve: "P-256" });
    this.peers = new Peers(RTCPeerConnection.generateCertificate(algorithm), this.#courier(), {
      track: (id, kind, track) => this.#came(id, kind, track),
      link: (id, link) => this.#linked(id, link),
      ctl: (id, message) => this.#told(id, message),
      refused: (id) => events.refused(id),
    });
  }

  /** @returns {import("./phase.js").Phase} */
  get phase() {
    return phaseOf({
      over: this.over,
      place: this.#place,
      paused: this.quiet,
      links: this.links.values(),
      pictured: this.#pictured.size > 0,
    });
  }

  get paused() {
    return this.#ownPause || Boolean(this.state?.meeting.paused);
  }

  /** Whether nothing is to be turned on here: paused, or the host is lost. */
  get quiet() {
    return this.paused || this.#host.away;
  }

  get hostAway() {
    return this.#host.away;
  }

  /** Whether the server has been out of reach for longer than it takes to connect. */
  get cutOff() {
    return this.entered && !this.over && performance.now() - this.#downAt >= CUT_OFF_MS;
  }

  get waiting() {
    return this.#place === "waiting";
  }

  /** @returns {Member[]} */
  get others() {
    return this.state?.roster.filter((member) => member.id !== this.you?.id) ?? [];
  }

  /** @param {boolean} [takeover] */
  enter(takeover = false) {
    this.entered = true;
    this.over = null;
    this.#reached(false);
    this.signalling.enter(takeover);
    void this.peers.warm();
  }

  /** Everything off on this side first, then the others are told: by each other's connection, and by the server. */
  pause() {
    this.#hold();
    this.peers.tell({ t: "pause" });
    this.signalling.command("pause", { why: "privacy" }).catch(() => {});
  }

  async leave() {
    this.media.stop();
    this.peers.close();
    await this.signalling.leave();
  }

  /**
   * Puts somebody out for good: the server is told, and everybody's page by the host's own connections.
   * @param {string} id
   */
  remove(id) {
    this.peers.tell({ t: "removed", id });
    this.peers.drop(id);
    return this.signalling.command("remove", { who: id });
  }

  tick() {
    this.signalling.tick();
    this.peers.restart();
    this.#watchHost();
  }

  wake() {
    this.signalling.nudge();
    this.tick();
  }

  #courier() {
    return {
      post: (/** @type {{ id: string, gen: number }} */ to, /** @type {object} */ message) =>
        this.signalling.post(to, message),
      alive: () => this.signalling.alive(),
      ice: () => this.#freshIce(),
    };
  }

  /** @returns {Promise<RTCIceServer[]>} fresh servers, or those we have if none come in time */
  #freshIce() {
    return new Promise((resolve) => {
      const old = () => resolve(this.#servers ?? []);
      this.#askedForIce.push(resolve);
      setTimeout(old, ICE_PATIENCE_MS);
      this.signalling.command("ice").catch(old);
    });
  }

  /** @param {boolean} up */
  #reached(up) {
    this.#downAt = up ? Number.POSITIVE_INFINITY : performance.now();
    this.#events.changed();
  }

  /** @param {import("./wire.js").Welcome} frame */
  #welcomed(frame) {
    if (this.you?.gen !== frame.you.gen) this.#forget(); // The others begin anew with us, so do we.
    this.you = frame.you;
    this.#place = frame.phase;
    this.#events.changed();
  }

  /** @param {import("./wire.js").Lobby} frame */
  #waits(frame) {
    this.#place = "waiting";
    this.lobby = frame;
    this.#forget();
    this.#events.changed();
  }

  /** @param {State} frame */
  async #stated(frame) {
    const before = this.state;
    this.state = frame;
    this.#place = frame.you.phase;
    const ids = new Set(this.others.map((member) => member.id));
    for (const id of this.links.keys()) {
      if (!ids.has(id) || generation(before, id) !== generation(frame, id)) this.#lost(id);
    }
    for (const id of ids) if (!this.links.has(id)) this.links.set(id, "connecting");
    this.#followPause(frame, before);
    const opened = this.#open(); // First what takes time, then the page.
    this.#events.changed();
    await opened;
  }

  /** @param {import("./wire.js").Ice} frame */
  async #gotIce(frame) {
    this.#servers = frame.servers;
    for (const resolve of this.#askedForIce.splice(0)) resolve(frame.servers);
    await this.#open();
  }

  async #open() {
    if (!this.state || !this.#servers || !this.you) return;
    const others = this.others;
    await this.peers.open(this.state, this.#servers, this.you.id);
    if (this.state) this.signalling.keep(others);
  }

  /**
   * @param {State} frame
   * @param {State | null} before
   */
  #followPause(frame, before) {
    const paused = Boolean(frame.meeting.paused);
    if (paused && !before?.meeting.paused) this.#hold();
    if (paused || performance.now() - this.#pausedAt > OWN_PAUSE_MS) this.#ownPause = false;
    if (before?.meeting.paused && !this.paused) this.#sendAll();
  }

  #hold() {
    if (!this.paused) this.#pausedAt = performance.now();
    this.#ownPause = true;
    this.media.stop();
    this.#events.changed();
  }

  /**
   * @param {string} id
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   */
  #came(id, kind, track) {
    this.#pictured.add(id);
    this.#events.track(id, kind, track);
    this.#events.changed();
  }

  /**
   * @param {string} id
   * @param {Link} link
   */
  #linked(id, link) {
    this.links.set(id, link);
    if (link === "connected") for (const device of DEVICES) this.#tellDevice(device);
    this.#events.changed();
  }

  /**
   * @param {string} id
   * @param {import("./pair.js").CtlMessage} message
   */
  #told(id, message) {
    const host = this.others.some((member) => member.id === id && member.host);
    if (message.t === "pause") this.#hold();
    else if (message.t === "removed" && host && message.id) this.peers.drop(message.id);
    else if (message.t === "mic" || message.t === "cam")
      this.#events.device(id, message.t, message.on === true);
  }

  /** Guests are never left alone together: without the host, what we send stops until the host is back. */
  #watchHost() {
    const host = this.others.find((member) => member.host);
    const dead = host !== undefined && this.links.get(host.id) === "reconnecting";
    if (!this.#host.judge(dead, this.signalling.up, performance.now())) return;
    if (this.#host.away) this.media.stop();
    this.#sendAll();
    this.#events.changed();
  }

  /** Takes up, or stops, sending as the switches and the meeting say now. */
  #sendAll() {
    for (const device of DEVICES) this.#sends(device);
  }

  /** @param {import("./media.js").Device} device */
  #sends(device) {
    this.peers?.send(device, this.#host.lost || this.paused ? null : this.media.outgoing(device));
    this.#tellDevice(device);
    this.#events.changed();
  }

  /** @param {import("./media.js").Device} device */
  #tellDevice(device) {
    this.peers?.tell({ t: device === "audio" ? "mic" : "cam", on: this.media.isOn(device) });
  }

  /** @param {string} id */
  #lost(id) {
    this.links.delete(id);
    this.#pictured.delete(id);
  }

  #forget() {
    this.peers.close();
    this.state = null;
    this.#servers = null;
    this.#ownPause = false;
    this.#host.forget();
    this.links.clear();
    this.#pictured.clear();
    this.signalling.keep([]);
  }

  /** @param {import("./signalling.js").Ending} ending */
  #ended(ending) {
    this.over = ending;
    this.#place = "new";
    this.#forget();
    this.media.stop();
    this.#events.changed();
  }
}

/**
 * @param {State | null} state
 * @param {string} id
 */
function generation(state, id) {
  return state?.roster.find((member) => member.id === id)?.gen;
}
