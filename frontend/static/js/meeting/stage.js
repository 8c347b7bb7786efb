/** The pictures: one tile for each other person, in the order they came, never moved about. */

import { copyOf, fill, one, reconcile, show } from "./dom.js";

/** @typedef {import("./wire.js").Member} Member */

export class Stage {
  /** @type {Map<string, MediaStream>} */
  #streams = new Map();
  /** @type {Map<string, { mic: boolean, cam: boolean }>} */
  #devices = new Map();
  #page;
  #list;
  #words;

  /**
   * @param {HTMLElement} page
   * @param {import("./words.js").Words} words
   */
  constructor(page, words) {
    this.#page = page;
    this.#list = one(page, "[data-tiles]");
    this.#words = words;
    one(page, "[data-sound-on]").addEventListener("click", () => this.#playAll());
  }

  /**
   * @param {Member[]} others
   * @param {Map<string, import("./liveness.js").Link>} links
   * @param {boolean} silent whether nothing may be seen or heard just now
   */
  render(others, links, silent) {
    const ids = new Set(others.map((member) => member.id));
    for (const id of this.#streams.keys()) if (!ids.has(id)) this.#forget(id);
    this.#list.dataset.count = String(others.length);
    reconcile(this.#list, others, {
      key: (member) => member.id,
      make: () => this.#tile(),
      update: (tile, member) => this.#update(tile, member, links.get(member.id), silent),
    });
  }

  /**
   * Something to see or hear from somebody.
   * @param {string} id
   * @param {MediaStreamTrack} track
   */
  add(id, track) {
    const stream = this.#stream(id);
    for (const old of stream.getTracks()) if (old.kind === track.kind) stream.removeTrack(old);
    stream.addTrack(track);
    this.#show(id);
  }

  /**
   * @param {string} id
   * @param {"mic" | "cam"} what
   * @param {boolean} on
   */
  device(id, what, on) {
    this.#devices.set(id, { ...(this.#devices.get(id) ?? { mic: true, cam: true }), [what]: on });
  }

  #tile() {
    return copyOf(this.#page, "template[data-tile]");
  }

  /**
   * @param {HTMLElement} tile
   * @param {Member} member
   * @param {import("./liveness.js").Link | undefined} link
   * @param {boolean} silent
   */
  #update(tile, member, link, silent) {
    const devices = this.#devices.get(member.id) ?? { mic: true, cam: true };
    fill(tile, "[data-name]", member.name);
    fill(tile, "[data-role-name]", this.#words.say(`role-${member.role}`));
    fill(tile, "[data-status]", this.#status(member, link, devices));
    tile.dataset.link = link ?? "connecting";
    tile.dataset.camera = devices.cam ? "on" : "off";
    const video = one(tile, "video");
    if (!(video instanceof HTMLVideoElement)) return;
    video.setAttribute("aria-label", member.name);
    video.muted = silent || member.aside;
    video.hidden = member.aside || !devices.cam;
    if (video.srcObject === null && this.#streams.has(member.id)) this.#show(member.id);
  }

  /**
   * @param {Member} member
   * @param {import("./liveness.js").Link | undefined} link
   * @param {{ mic: boolean, cam: boolean }} devices
   */
  #status(member, link, devices) {
    if (member.aside) return this.#words.say("is-aside");
    if (link === "reconnecting" || member.link === "reconnecting") return this.#words.say("is-reconnecting");
    if (link !== "connected") return this.#words.say("is-connecting");
    const off = [
      devices.mic ? "" : this.#words.say("mic-off"),
      devices.cam ? "" : this.#words.say("cam-off"),
    ];
    return off.filter((words) => words !== "").join(", ");
  }

  /** @param {string} id */
  #show(id) {
    const video = this.#list.querySelector(`[data-id="${CSS.escape(id)}"] video`);
    if (!(video instanceof HTMLVideoElement)) return;
    if (video.srcObject === null) video.srcObject = this.#stream(id);
    video.play().catch((error) => {
      if (error.name === "NotAllowedError") show(this.#page, "[data-sound-on]", true);
    });
  }

  #playAll() {
    show(this.#page, "[data-sound-on]", false);
    for (const id of this.#streams.keys()) this.#show(id);
  }

  /** @param {string} id */
  #stream(id) {
    let stream = this.#streams.get(id);
    if (!stream) {
      stream = new MediaStream();
      this.#streams.set(id, stream);
    }
    return stream;
  }

  /** @param {string} id */
  #forget(id) {
    this.#streams.delete(id);
    this.#devices.delete(id);
  }
}
