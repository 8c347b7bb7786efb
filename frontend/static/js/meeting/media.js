/**
 * The own camera and microphone. What is sent is changed by `replaceTrack` alone, so nothing is negotiated anew; turning
 * the camera off ends its capture, so that its light agrees with what the page says.
 */

/** @typedef {"audio" | "camera"} Device */
/** @typedef {"denied" | "busy" | "missing" | "unsupported"} Problem */
/** @typedef {Record<Device, Problem | null>} Problems */

/** @type {readonly Device[]} */
export const DEVICES = Object.freeze(["audio", "camera"]);

/** @type {Record<Device, MediaTrackConstraints>} */
const WISHES = {
  audio: {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: { ideal: 1 },
  },
  camera: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 25 } },
};

/** @type {Record<string, Problem>} */
const PROBLEMS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export class Media {
  /** @type {Record<Device, MediaStreamTrack | null>} */
  #tracks = { audio: null, camera: null };
  /** @type {Record<Device, string>} */
  #chosen = { audio: "", camera: "" };
  /** @type {Record<Device, boolean>} */
  #on = { audio: false, camera: false };
  /** @type {Record<Device, number>} raised by all that makes an answer of the browser one that came too late */
  #asked = { audio: 0, camera: 0 };
  #changed;

  /** @param {(device: Device) => void} changed called whenever what is to be sent is another */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * Asks for both at once; where that fails, for each alone, so that one without the other still works.
   * @returns {Promise<Problems>}
   */
  async start() {
    const asked = { audio: ++this.#asked.audio, camera: ++this.#asked.camera };
    try {
      const stream = await this.#capture({ audio: this.#wish("audio"), video: this.#wish("camera") });
      this.#take("audio", stream.getAudioTracks()[0], asked.audio);
      this.#take("camera", stream.getVideoTracks()[0], asked.camera);
      return { audio: null, camera: null };
    } catch {
      const audio = asked.audio === this.#asked.audio ? await this.#get("audio") : null;
      const camera = asked.camera === this.#asked.camera ? await this.#get("camera") : null;
      return { audio, camera };
    }
  }

  /**
   * Turns one on or off.
   * @param {Device} device
   * @param {boolean} on
   * @returns {Promise<Problem | null>} what was in the way
   */
  async turn(device, on) {
    if (on && this.#tracks[device] === null) return this.#get(device);
    this.#asked[device]++;
    this.#on[device] = on;
    if (!on && device === "camera") this.#drop(device);
    this.#changed(device);
    return null;
  }

  /**
   * Takes another camera or microphone.
   * @param {Device} device
   * @param {string} id as from `choices`
   * @returns {Promise<Problem | null>}
   */
  async use(device, id) {
    this.#chosen[device] = id;
    if (this.#tracks[device] === null) return null;
    return this.#get(device, this.#on[device]);
  }

  /** Ends all capture: the lights go out, and what was asked for before is not taken when it comes. */
  stop() {
    for (const device of DEVICES) {
      this.#asked[device]++;
      this.#drop(device);
      this.#on[device] = false;
      this.#changed(device);
    }
  }

  /**
   * Whether it is on.
   * @param {Device} device
   */
  isOn(device) {
    return this.#on[device] && this.#tracks[device] !== null;
  }

  /**
   * What is to be sent: a track, or null while it is off.
   * @param {Device} device
   */
  outgoing(device) {
    return this.#on[device] ? this.#tracks[device] : null;
  }

  /**
   * The cameras and microphones that there are.
   * @param {Device} device
   * @returns {Promise<MediaDeviceInfo[]>}
   */
  async choices(device) {
    const kind = device === "audio" ? "audioinput" : "videoinput";
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return all.filter((found) => found.kind === kind && found.deviceId !== "");
  }

  /**
   * Which of them is in use.
   * @param {Device} device
   */
  inUse(device) {
    return this.#tracks[device]?.getSettings().deviceId ?? this.#chosen[device];
  }

  /**
   * @param {Device} device
   * @param {boolean} [on] whether it is to be sent, once it is there
   * @returns {Promise<Problem | null>}
   */
  async #get(device, on = true) {
    const asked = ++this.#asked[device];
    try {
      const stream = await this.#capture({ [device === "audio" ? "audio" : "video"]: this.#wish(device) });
      this.#take(device, stream.getTracks()[0], asked, on);
      return null;
    } catch (error) {
      return asked === this.#asked[device] ? problemOf(error) : null;
    }
  }

  /** @param {MediaStreamConstraints} constraints */
  #capture(constraints) {
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotSupportedError");
    return navigator.mediaDevices.getUserMedia(constraints);
  }

  /** @param {Device} device */
  #wish(device) {
    const id = this.#chosen[device];
    return id ? { ...WISHES[device], deviceId: { exact: id } } : WISHES[device];
  }

  /**
   * Takes a track into use, or ends it at once where something else was asked for while the browser made up its mind:
   * a prompt can stand open across the end of a meeting.
   * @param {Device} device
   * @param {MediaStreamTrack | undefined} track
   * @param {number} asked
   * @param {boolean} [on]
   */
  #take(device, track, asked, on = true) {
    if (asked !== this.#asked[device]) {
      track?.stop();
      return;
    }
    this.#drop(device);
    this.#tracks[device] = track ?? null;
    this.#on[device] = on && track !== undefined;
    if (track) track.onended = () => void this.#lost(device);
    this.#changed(device);
  }

  /**
   * Unplugged, or taken by the telephone: tried once more, then off.
   * @param {Device} device
   */
  async #lost(device) {
    const on = this.#on[device];
    this.#tracks[device] = null;
    this.#chosen[device] = "";
    if ((await this.#get(device, on)) === null) return;
    this.#on[device] = false;
    this.#changed(device);
  }

  /** @param {Device} device */
  #drop(device) {
    const track = this.#tracks[device];
    if (!track) return;
    track.onended = null;
    track.stop();
    this.#tracks[device] = null;
  }
}

/**
 * What is in the way, as a key for words.
 * @param {unknown} error
 * @returns {Problem}
 */
export function problemOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return PROBLEMS[name] ?? "unsupported";
}
