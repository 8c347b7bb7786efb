/**
 * The connection to one other person: one RTCPeerConnection at a time, three fixed transceivers, two data channels.
 * The newer of the two makes the first offer and is polite; the older waits for it (docs/protocol.md section 8).
 */

import { bare, fitForOffer, fitToOffer, KINDS, serve } from "./fitting.js";
import { fingerprintOf } from "./sdp.js";

/** @typedef {import("./fitting.js").Kind} Kind */
/** @typedef {import("./fitting.js").Tracks} Tracks */
/** @typedef {import("./fitting.js").Fitted} Fitted */
/** @typedef {import("./fitting.js").Settings} Settings */
/** @typedef {import("./wire.js").Member} Member */
/** @typedef {import("./wire.js").PairFrame} PairFrame */
/** @typedef {{ t: string, id?: string, on?: boolean }} CtlMessage */

const MAX_CTL = 4096;
const MAX_AUDIO_BITRATE = 32_000;

/**
 * @typedef {object} PairHandlers
 * @property {(message: object) => void} post
 * @property {(kind: Kind, track: MediaStreamTrack) => void} track
 * @property {(state: RTCPeerConnectionState) => void} state
 * @property {(message: CtlMessage) => void} ctl
 * @property {() => void} refused the other side sent a description that is not to be trusted
 */

export class Pair {
  /** @type {Tracks} */
  #tracks = { audio: null, camera: null, screen: null };
  #queue = Promise.resolve();
  #making = false;
  #ignoring = false;
  #answering = false;
  #number = 1;
  #fingerprint = "";
  #hushed = false;
  #closed = false;
  /** @type {Fitted} */
  #fitted;
  #settings;
  #handlers;

  /**
   * @param {Member} member
   * @param {boolean} newer whether we came after the other person
   * @param {Settings} settings
   * @param {PairHandlers} handlers
   * @param {Fitted | null} [spare] one that was made ready beforehand, for the newer side
   */
  constructor(member, newer, settings, handlers, spare = null) {
    this.id = member.id;
    this.gen = member.gen;
    this.newer = newer;
    this.#settings = settings;
    this.#handlers = handlers;
    this.#fitted = this.#listen(spare ?? bare(settings));
    if (spare) serve(spare.pc, settings.servers, settings.policy);
  }

  get #pc() {
    return this.#fitted.pc;
  }

  /**
   * Starts with these tracks; the newer one offers at once.
   * @param {Tracks} tracks
   * @param {boolean} hushed whether nothing may be sent for the moment
   */
  start(tracks, hushed) {
    this.#tracks = { ...tracks };
    this.#hushed = hushed;
    if (this.newer) this.#first();
  }

  /** Now that it is connected: what was not worth a moment's wait at the door. Sound is small and goes first. */
  settle() {
    const sender = this.#fitted.transceivers[0]?.sender;
    const parameters = sender?.getParameters();
    const [encoding] = parameters?.encodings ?? [];
    if (!sender || !parameters || !encoding) return;
    encoding.maxBitrate = MAX_AUDIO_BITRATE;
    encoding.priority = "high";
    sender.setParameters(parameters).catch(() => {}); // A browser that takes no such wish still sends.
  }

  /**
   * Sends this track, or nothing, from now on. Negotiates nothing.
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  send(kind, track) {
    this.#tracks[kind] = track;
    void this.#put(kind);
  }

  /**
   * Stops or takes up all sending, without forgetting what is to be sent.
   * @param {boolean} hushed
   */
  hush(hushed) {
    if (hushed === this.#hushed) return;
    this.#hushed = hushed;
    for (const kind of KINDS) void this.#put(kind);
  }

  /** @param {PairFrame} frame */
  receive(frame) {
    this.#queue = this.#queue.then(() => this.#handle(frame)).catch(() => this.#failed());
  }

  /** @param {CtlMessage} message */
  tell(message) {
    const { ctl } = this.#fitted;
    if (ctl?.readyState === "open") ctl.send(JSON.stringify(message));
  }

  /**
   * Fresh credentials first, then new candidates.
   * @param {RTCIceServer[]} servers
   */
  restart(servers) {
    this.#settings = { ...this.#settings, servers };
    if (this.#pc.signalingState === "closed") return this.rebuild();
    serve(this.#pc, servers);
    if (this.#fitted.transceivers.length > 0) this.#pc.restartIce();
  }

  /** A new connection object in place of one that cannot be saved. Only the newer side decides it. */
  rebuild() {
    if (this.newer) {
      this.#replace(this.#number + 1);
      this.#first();
    } else {
      this.#handlers.post({ t: "restart", pc: this.#number, rebuild: true });
    }
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

  /** @param {Fitted} fitted */
  #listen(fitted) {
    const { pc } = fitted;
    pc.onnegotiationneeded = () => void this.#offer(pc);
    pc.onicecandidate = (event) => this.#found(event.candidate);
    pc.onconnectionstatechange = () => this.#handlers.state(pc.connectionState);
    pc.ontrack = (event) => this.#came(pc, event.transceiver);
    this.#listenTo(fitted.ctl);
    return fitted;
  }

  /** @param {RTCDataChannel | null} ctl */
  #listenTo(ctl) {
    if (!ctl) return;
    ctl.onmessage = (event) => this.#heard(event.data);
    ctl.onopen = () => this.#handlers.state(this.#pc.connectionState);
  }

  #letGo() {
    const pc = this.#pc;
    pc.onconnectionstatechange = null;
    pc.onnegotiationneeded = null;
    pc.onicecandidate = null;
    pc.ontrack = null;
    pc.close();
  }

  /** @param {number} number */
  #replace(number) {
    this.#letGo();
    this.#number = number;
    this.#making = this.#ignoring = this.#answering = false;
    this.#fitted = this.#listen(bare(this.#settings));
  }

  /** The first offer. Waiting for `negotiationneeded` would cost time; it does not come on top of this. */
  #first() {
    if (this.#fitted.transceivers.length === 0) {
      fitForOffer(this.#fitted);
      this.#listenTo(this.#fitted.ctl);
    }
    for (const kind of KINDS) void this.#put(kind);
    void this.#say(this.#pc, "offer");
  }

  /** @param {Kind} kind */
  #put(kind) {
    const sender = this.#fitted.transceivers[KINDS.indexOf(kind)]?.sender;
    const track = this.#hushed ? null : this.#tracks[kind];
    if (sender && sender.track !== track) return sender.replaceTrack(track).catch(() => {});
  }

  /** @param {RTCPeerConnection} pc */
  async #offer(pc) {
    if (this.#making || this.#fitted.transceivers.length === 0) return;
    await this.#say(pc, "offer");
  }

  /**
   * Makes a description, sends it, and only then takes it into use: the other side works on it meanwhile. What is
   * found by taking it into use follows as candidates.
   * @param {RTCPeerConnection} pc
   * @param {"offer" | "answer"} kind
   */
  async #say(pc, kind) {
    if (pc !== this.#pc) return;
    this.#making = kind === "offer";
    try {
      const description = await this.#made(pc, kind);
      if (pc !== this.#pc) return;
      this.#handlers.post({ t: "description", pc: this.#number, kind, sdp: description.sdp });
      await pc.setLocalDescription(description);
    } catch {
      if (pc === this.#pc) this.#failed();
    } finally {
      this.#making = false;
    }
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {"offer" | "answer"} kind
   */
  async #made(pc, kind) {
    if (kind === "answer") return pc.createAnswer();
    const { offer } = this.#fitted;
    this.#fitted.offer = null;
    return offer ?? pc.createOffer();
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
    if (!frame.rebuild) this.restart(this.#settings.servers);
    else if (this.newer) this.rebuild();
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
    if (frame.kind === "offer") await this.#answer(pc);
  }

  /** @param {RTCPeerConnection} pc */
  async #answer(pc) {
    if (this.#fitted.transceivers.length === 0) {
      fitToOffer(this.#fitted);
      this.#listenTo(this.#fitted.ctl);
      for (const kind of KINDS) void this.#put(kind);
    }
    await this.#say(pc, "answer");
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
