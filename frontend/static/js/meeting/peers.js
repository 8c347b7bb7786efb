/**
 * The mesh: one Pair for each other person inside. This is the `Transport` that the page knows; another topology would
 * take its place with the same methods.
 *
 * @typedef {object} TransportEvents
 * @property {(id: string, kind: Kind, track: MediaStreamTrack) => void} track
 * @property {(id: string, state: Link) => void} link
 * @property {(id: string, message: CtlMessage) => void} ctl
 * @property {(id: string) => void} refused
 */

import { KINDS, prepare } from "./fitting.js";
import { Liveness } from "./liveness.js";
import { Pair } from "./pair.js";

/** @typedef {import("./fitting.js").Kind} Kind */
/** @typedef {import("./liveness.js").Link} Link */
/** @typedef {import("./pair.js").CtlMessage} CtlMessage */
/** @typedef {import("./wire.js").Member} Member */

/**
 * What the mesh needs of the socket.
 * @typedef {object} Courier
 * @property {(to: { id: string, gen: number }, message: object) => void} post
 * @property {() => Promise<boolean>} alive
 * @property {() => Promise<RTCIceServer[]>} ice asks for fresh credentials
 */

/**
 * @typedef {object} Peer
 * @property {Pair} pair
 * @property {Liveness} liveness
 * @property {number} bytes
 * @property {boolean} mending
 */

export class Peers {
  /** @type {Map<string, Peer>} */
  #peers = new Map();
  /** @type {Set<string>} ids with generation that were put out; nothing is built to them again */
  #dropped = new Set();
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  #tracks = { audio: null, camera: null, screen: null };
  #courier;
  #events;
  #certificate;
  /** @type {import("./fitting.js").Fitted | null} */
  #spare = null;

  /**
   * @param {Promise<RTCCertificate>} certificate one for each page load, made before anybody is let in
   * @param {Courier} courier
   * @param {TransportEvents} events
   */
  constructor(certificate, courier, events) {
    this.#certificate = certificate;
    this.#courier = courier;
    this.#events = events;
  }

  /** In the lobby: makes one connection object ready, so that the door opens at once. Nothing leaves this device. */
  async warm() {
    if (this.#spare) return;
    this.#spare = await prepare(await this.#certificate).catch(() => null);
    for (const kind of KINDS) this.#dress(kind);
  }

  /**
   * Makes the connections that the roster asks for, and ends those that it does not.
   * @param {import("./wire.js").State} state
   * @param {RTCIceServer[]} servers
   * @param {string} me
   */
  async open(state, servers, me) {
    const certificate = await this.#certificate;
    const own = state.roster.find((member) => member.id === me);
    const others = own ? state.roster.filter((member) => member.id !== me) : [];
    const wanted = new Map(others.map((member) => [member.id, member.gen]));
    for (const [id, peer] of this.#peers) {
      if (wanted.get(id) !== peer.pair.gen) this.#end(id);
    }
    if (!own) return;
    const settings = { certificate, servers, policy: state.meeting.ice_policy };
    for (const member of others) this.#meet(member, own, settings);
  }

  /**
   * Sends a track of this kind, or nothing, to everybody or to one.
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   * @param {string} [toWhom]
   */
  send(kind, track, toWhom) {
    if (toWhom === undefined) this.#tracks[kind] = track;
    this.#dress(kind);
    for (const [id, { pair }] of this.#peers) {
      if (toWhom === undefined || toWhom === id) pair.send(kind, track);
    }
  }

  /** @param {CtlMessage} message */
  tell(message) {
    for (const { pair } of this.#peers.values()) pair.tell(message);
  }

  /** @param {import("./wire.js").PairFrame} frame */
  receive(frame) {
    const peer = this.#peers.get(frame.from);
    if (peer?.pair.gen === frame.from_gen) peer.pair.receive(frame);
  }

  /**
   * Ends the connection to somebody who was put out, for as long as they have this page.
   * @param {string} id
   */
  drop(id) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    this.#dropped.add(`${id}:${peer.pair.gen}`);
    this.#end(id);
  }

  /**
   * Builds the connection to one person anew.
   * @param {string} id
   */
  rebuild(id) {
    this.#peers.get(id)?.pair.rebuild();
  }

  /** Looks after every connection; called once a second and when the network or the page comes back. */
  restart() {
    const now = performance.now();
    for (const [id, peer] of this.#peers) void this.#watch(id, peer, now);
  }

  /** @returns {Promise<Record<string, number>>} bytes received from each person */
  async stats() {
    const counted = [...this.#peers].map(async ([id, { pair }]) => [id, await pair.received()]);
    return Object.fromEntries(await Promise.all(counted));
  }

  close() {
    for (const id of [...this.#peers.keys()]) this.#end(id);
  }

  /**
   * @param {Member} member
   * @param {Member} own
   * @param {import("./fitting.js").Settings} settings
   */
  #meet(member, own, settings) {
    if (this.#dropped.has(`${member.id}:${member.gen}`)) return;
    const hushed = member.aside || own.aside;
    const known = this.#peers.get(member.id);
    if (known) {
      known.pair.hush(hushed);
      return;
    }
    const newer = own.join > member.join;
    const spare = newer ? this.#spare : null;
    if (spare) this.#spare = null;
    const pair = new Pair(member, newer, settings, this.#handlers(member), spare);
    this.#peers.set(member.id, {
      pair,
      liveness: new Liveness(newer, performance.now()),
      bytes: 0,
      mending: false,
    });
    pair.start(this.#tracks, hushed);
  }

  /**
   * @param {Member} member
   * @returns {import("./pair.js").PairHandlers}
   */
  #handlers(member) {
    return {
      post: (message) => this.#courier.post(member, message),
      track: (kind, track) => this.#events.track(member.id, kind, track),
      ctl: (message) => this.#heard(member.id, message),
      state: (state) => this.#changed(member.id, state),
      refused: () => {
        this.drop(member.id);
        this.#events.refused(member.id);
      },
    };
  }

  /**
   * @param {string} id
   * @param {RTCPeerConnectionState} state
   */
  #changed(id, state) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    if (state === "connected") {
      peer.pair.settle();
      this.#alive(id, peer);
    }
    if (state !== "failed") return;
    peer.liveness.failed(performance.now());
    this.#events.link(id, peer.liveness.link);
    void this.#watch(id, peer, performance.now());
  }

  /**
   * @param {string} id
   * @param {CtlMessage} message
   */
  #heard(id, message) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    this.#alive(id, peer);
    if (message.t !== "beat") this.#events.ctl(id, message);
  }

  /**
   * @param {string} id
   * @param {Peer} peer
   */
  #alive(id, peer) {
    const was = peer.liveness.link;
    peer.liveness.heard(performance.now());
    if (was !== "connected") this.#events.link(id, "connected");
  }

  /**
   * @param {string} id
   * @param {Peer} peer
   * @param {number} now
   */
  async #watch(id, peer, now) {
    peer.pair.tell({ t: "beat" });
    if (peer.liveness.suspicious(now) && (await this.#flows(peer))) this.#alive(id, peer);
    const was = peer.liveness.link;
    const remedy = peer.liveness.judge(now);
    if (was !== peer.liveness.link) this.#events.link(id, peer.liveness.link);
    if (remedy && !peer.mending) await this.#mend(peer, remedy);
  }

  /**
   * Whether bytes have come in since the last look.
   * @param {Peer} peer
   */
  async #flows(peer) {
    const bytes = await peer.pair.received();
    const flows = bytes > peer.bytes && peer.bytes > 0;
    peer.bytes = bytes;
    return flows;
  }

  /**
   * The socket first, then fresh credentials, then new candidates.
   * @param {Peer} peer
   * @param {"restart" | "rebuild"} remedy
   */
  async #mend(peer, remedy) {
    peer.mending = true;
    try {
      if (!(await this.#courier.alive())) return;
      const servers = await this.#courier.ice();
      if (this.#peers.get(peer.pair.id) !== peer) return;
      if (remedy === "rebuild") peer.pair.rebuild();
      else peer.pair.restart(servers);
    } finally {
      peer.mending = false;
    }
  }

  /** The spare one carries what is to be sent already. @param {Kind} kind */
  #dress(kind) {
    const sender = this.#spare?.transceivers[KINDS.indexOf(kind)]?.sender;
    if (sender && sender.track !== this.#tracks[kind])
      sender.replaceTrack(this.#tracks[kind]).catch(() => {});
  }

  /** @param {string} id */
  #end(id) {
    this.#peers.get(id)?.pair.close();
    this.#peers.delete(id);
  }
}
