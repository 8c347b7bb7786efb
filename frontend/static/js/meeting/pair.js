/**
 * The connection to one other person: one RTCPeerConnection at a time, three fixed transceivers, two data channels.
 * The newer of the two makes the first offer and is polite; the older waits for it (docs/protocol.md section 8).
 */

import { fingerprintOf } from "./sdp.js";

/** @typedef {"audio" | "camera" | "screen"} Kind */
/** @typedef {"connecting" | "connected" | "reconnecting"} Link */
/** @typedef {import("./wire.js").Member} Member */
/** @typedef {import("./wire.js").PairFrame} PairFrame */
/** @typedef {{ t: string, id?: string, on?: boolean }} CtlMessage */

/** @type {readonly Kind[]} */
export const KINDS = Object.freeze(["audio", "camera", "screen"]);
const MAX_CTL = 4096;
const MAX_AUDIO_BITRATE = 32_000;

/**
 * @typedef {object} Settings
 * @property {RTCCertificate} certificate
 * @property {RTCIceServer[]} servers
 * @property {RTCIceTransportPolicy} policy
 */

/**
 * @typedef {object} PairHandlers
 * @property {(message: object) => void} post
 * @property {(kind: Kind, track: MediaStreamTrack) => void} track
 * @property {(state: RTCPeerConnectionState) => void} state
 * @property {(message: CtlMessage) => void} ctl
 * @property {() => void} refused the other side sent a description that is not to be trusted
 */

export class Pair {
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  #tracks = { audio: null, camera: null, screen: null };
  /** @type {RTCRtpTransceiver[]} */
  #fitted = [];
  /** @type {RTCDataChannel | null} */
  #ctl = null;
  #queue = Promise.resolve();
  #making = false;
  #ignoring = false;
  #answering = false;
  #number = 1;
  #fingerprint = "";
  #hushed = false;
  #closed = false;
  #pc;
  #settings;
  #handlers;

  /**
   * @param {Member} member
   * @param {boolean} newer whether we came after the other person
   * @param {Settings} settings
   * @param {PairHandlers} handlers
   */
  constructor(member, newer, settings, handlers) {
    this.id = member.id;
    this.gen = member.gen;
    this.newer = newer;
    this.#settings = settings;
    this.#handlers = handlers;
    this.#pc = this.#connection();
  }

  get pc() {
    return this.#pc;
  }

  /**
   * Starts with these tracks; the newer one offers at once.
   * @param {Record<Kind, MediaStreamTrack | null>} tracks
   * @param {boolean} hushed whether nothing may be sent for the moment
   */
  start(tracks, hushed) {
    this.#tracks = { ...tracks };
    this.#hushed = hushed;
    if (this.newer) this.#fitAsNewer();
  }

  /**
   * Sends this track, or nothing, from now on. Negotiates nothing.
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  send(kind, track) {
    this.#tracks[kind] = track;
    this.#put(kind);
  }

  /**
   * Stops or takes up all sending, without forgetting what is to be sent.
   * @param {boolean} hushed
   */
  hush(hushed) {
    if (hushed === this.#hushed) return;
    this.#hushed = hushed;
    for (const kind of KINDS) this.#put(kind);
  }

  /** @param {PairFrame} frame */
  receive(frame) {
    this.#queue = this.#queue.then(() => this.#handle(frame)).catch(() => this.#failed());
  }

  /** @param {CtlMessage} message */
  tell(message) {
    if (this.#ctl?.readyState === "open") this.#ctl.send(JSON.stringify(message));
  }

  /**
   * Fresh credentials first, then new candidates.
   * @param {RTCIceServer[]} servers
   */
  restart(servers) {
    this.#settings = { ...this.#settings, servers };
    this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers: servers });
    if (this.#fitted.length > 0) this.#pc.restartIce();
  }

  /** A new connection object in place of one that cannot be saved. Only the newer side decides it. */
  rebuild() {
    if (!this.newer) {
      this.#handlers.post({ t: "restart", pc: this.#number, rebuild: true });
      return;
    }
    this.#replace(this.#number + 1);
    this.#fitAsNewer();
  }

  /** Bytes that have come in, over all kinds of media and data. */
  async received() {
    let bytes = 0;
    for (const report of (await this.#pc.getStats()).values()) {
      if (report.type === "transport") bytes += report.bytesReceived ?? 0;
      if (report.type === "inbound-rtp") bytes += report.bytesReceived ?? 0;
    }
    return bytes;
  }

  close() {
    this.#closed = true;
    this.#letGo();
  }

  #connection() {
    const pc = new RTCPeerConnection({
      certificates: [this.#settings.certificate],
      iceServers: this.#settings.servers,
      iceTransportPolicy: this.#settings.policy,
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
      iceCandidatePoolSize: 0,
    });
    pc.onnegotiationneeded = () => void this.#offer(pc);
    pc.onicecandidate = (event) => this.#found(event.candidate);
    pc.onconnectionstatechange = () => this.#handlers.state(pc.connectionState);
    pc.ontrack = (event) => this.#came(pc, event.transceiver);
    return pc;
  }

  #letGo() {
    this.#pc.onconnectionstatechange = null;
    this.#pc.onnegotiationneeded = null;
    this.#pc.onicecandidate = null;
    this.#pc.ontrack = null;
    this.#pc.close();
    this.#fitted = [];
  }

  /** @param {number} number */
  #replace(number) {
    this.#letGo();
    this.#number = number;
    this.#making = this.#ignoring = this.#answering = false;
    this.#pc = this.#connection();
  }

  #fitAsNewer() {
    const face = new MediaStream();
    this.#channels();
    for (const kind of KINDS) {
      const media = kind === "audio" ? "audio" : "video";
      const streams = kind === "screen" ? [] : [face];
      this.#fitted.push(
        this.#pc.addTransceiver(this.#outgoing(kind) ?? media, { direction: "sendrecv", streams }),
      );
    }
    this.#tune();
  }

  /** The older side takes the transceivers that the first offer made. */
  async #fitAsOlder() {
    const face = new MediaStream();
    this.#fitted = this.#pc.getTransceivers();
    const media = this.#fitted.map((transceiver) => transceiver.receiver.track.kind).join();
    if (media !== "audio,video,video") throw new TypeError("unexpected media");
    this.#channels();
    for (const [place, transceiver] of this.#fitted.entries()) {
      transceiver.direction = "sendrecv";
      if (place < 2) transceiver.sender.setStreams(face);
    }
    await Promise.all(KINDS.map((kind) => this.#put(kind)));
    this.#tune();
  }

  /** Sound is small and goes first. A browser that takes no such wish still sends. */
  #tune() {
    const sender = this.#fitted[0]?.sender;
    const parameters = sender?.getParameters();
    const [encoding] = parameters?.encodings ?? [];
    if (!sender || !parameters || !encoding) return;
    encoding.maxBitrate = MAX_AUDIO_BITRATE;
    encoding.priority = "high";
    sender.setParameters(parameters).catch(() => {});
  }

  #channels() {
    const ctl = this.#pc.createDataChannel("ctl", { negotiated: true, id: 0 });
    this.#pc.createDataChannel("text", { negotiated: true, id: 1 });
    ctl.onmessage = (event) => this.#heard(event.data);
    ctl.onopen = () => this.#handlers.state(this.#pc.connectionState);
    this.#ctl = ctl;
  }

  /** @param {Kind} kind */
  #outgoing(kind) {
    return this.#hushed ? null : this.#tracks[kind];
  }

  /** @param {Kind} kind */
  async #put(kind) {
    const sender = this.#fitted[KINDS.indexOf(kind)]?.sender;
    if (sender && sender.track !== this.#outgoing(kind)) await sender.replaceTrack(this.#outgoing(kind));
  }

  /** @param {RTCPeerConnection} pc */
  async #offer(pc) {
    if (pc !== this.#pc || this.#fitted.length === 0) return;
    this.#making = true;
    try {
      await pc.setLocalDescription();
      if (pc === this.#pc) this.#describe(pc);
    } catch {
      if (pc === this.#pc) this.#failed();
    } finally {
      this.#making = false;
    }
  }

  /** @param {RTCPeerConnection} pc */
  #describe(pc) {
    const description = pc.localDescription;
    if (!description) return;
    this.#handlers.post({
      t: "description",
      pc: this.#number,
      kind: description.type,
      sdp: description.sdp,
    });
  }

  /** @param {RTCIceCandidate | null} candidate */
  #found(candidate) {
    if (candidate?.candidate === "") return;
    this.#handlers.post({
      t: "candidate",
      pc: this.#number,
      candidate: candidate?.candidate ?? "",
      mid: candidate?.sdpMid ?? null,
      line: candidate?.sdpMLineIndex ?? null,
      ufrag: candidate?.usernameFragment ?? null,
    });
  }

  /** @param {PairFrame} frame */
  async #handle(frame) {
    if (this.#closed || frame.pc < this.#number) return;
    if (frame.t === "restart") return this.#asked(frame);
    if (frame.pc > this.#number) {
      if (this.newer) return;
      this.#replace(frame.pc);
    }
    if (frame.t === "description") await this.#described(frame);
    else if (frame.t === "candidate") await this.#add(frame);
  }

  /** @param {PairFrame} frame */
  #asked(frame) {
    if (frame.rebuild && this.newer) this.rebuild();
    else if (!frame.rebuild) this.restart(this.#settings.servers);
  }

  /** @param {PairFrame} frame */
  async #described(frame) {
    const pc = this.#pc;
    if (!this.#trusts(frame.sdp)) return;
    const ready = !this.#making && (pc.signalingState === "stable" || this.#answering);
    const collision = frame.kind === "offer" && !ready;
    this.#ignoring = !this.newer && collision;
    if (this.#ignoring) return;
    this.#answering = frame.kind === "answer";
    await pc.setRemoteDescription({ type: frame.kind, sdp: frame.sdp });
    this.#answering = false;
    if (frame.kind !== "offer") return;
    if (this.#fitted.length === 0) await this.#fitAsOlder();
    await pc.setLocalDescription();
    this.#describe(pc);
  }

  /** @param {string} sdp */
  #trusts(sdp) {
    try {
      const fingerprint = fingerprintOf(sdp);
      if (this.#fingerprint === "") this.#fingerprint = fingerprint;
      if (this.#fingerprint === fingerprint) return true;
    } catch {
      // Falls through: what we cannot read we do not trust either.
    }
    this.close();
    this.#handlers.refused();
    return false;
  }

  /** @param {PairFrame} frame */
  async #add(frame) {
    if (frame.candidate === "") return;
    const { candidate, mid, line, ufrag } = frame;
    try {
      await this.#pc.addIceCandidate({
        candidate,
        sdpMid: mid,
        sdpMLineIndex: line,
        usernameFragment: ufrag,
      });
    } catch (error) {
      if (!this.#ignoring) throw error;
    }
  }

  /** Negotiation broke: say so as a lost connection, which is then mended like any other. */
  #failed() {
    this.#making = this.#answering = false;
    if (!this.#closed) this.#handlers.state("failed");
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {RTCRtpTransceiver} transceiver
   */
  #came(pc, transceiver) {
    const kind = KINDS[pc.getTransceivers().indexOf(transceiver)];
    if (pc === this.#pc && kind) this.#handlers.track(kind, transceiver.receiver.track);
  }

  /** @param {unknown} data */
  #heard(data) {
    if (typeof data !== "string" || data.length > MAX_CTL) return;
    try {
      const message = JSON.parse(data);
      if (typeof message?.t === "string") this.#handlers.ctl(message);
    } catch {
      // Not ours: unknown words on the channel are ignored.
    }
  }
}
