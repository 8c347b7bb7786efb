/** Own picture, switches for camera and microphone, choice of which, and plain words for what is in the way. */

import { all, fill, onPress, show } from "./dom.js";
import { DEVICES } from "./media.js";

/** @typedef {import("./media.js").Device} Device */
/** @typedef {import("./media.js").Problem} Problem */

export class Devices {
  /** @type {Record<Device, Problem | null>} */
  #problems = { audio: null, camera: null };
  #started = false;
  #page;
  #media;
  #words;
  #mayTurnOn;
  #changed;

  /**
   * @param {HTMLElement} page
   * @param {import("./media.js").Media} media
   * @param {import("./words.js").Words} words
   * @param {() => boolean} mayTurnOn nothing is turned on while the meeting is paused
   * @param {() => void} changed called when there is something to render
   */
  constructor(page, media, words, mayTurnOn, changed) {
    this.#page = page;
    this.#media = media;
    this.#words = words;
    this.#mayTurnOn = mayTurnOn;
    this.#changed = changed;
    onPress(page, "[data-switch]", (button) => void this.#toggle(deviceOf(button.dataset.switch)));
    for (const select of all(page, "select[data-choose]")) {
      select.addEventListener("change", () => void this.#choose(select));
    }
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#list());
  }

  /** What the host is told of the equipment; empty before the devices have answered. */
  get readiness() {
    if (!this.#started) return "";
    return this.#problems.audio === null ? "ok" : "listen_only"; // A muted microphone is one that works.
  }

  /** What is in the way, in words; empty when nothing is. */
  get trouble() {
    const words = DEVICES.map(
      (device) => this.#problems[device] && this.#words.say(`${device}-${this.#problems[device]}`),
    );
    return words.filter(Boolean).join(" ");
  }

  /** Asks for camera and microphone. Never fails: who has neither can still listen. */
  async start() {
    this.#problems = await this.#media.start();
    this.#started = true;
    await this.#list();
    this.#changed();
  }

  render() {
    for (const device of DEVICES) this.#renderSwitch(device);
    this.#renderOwnPicture();
    fill(this.#page, "[data-device-problem] [data-text]", this.trouble);
    show(this.#page, "[data-device-problem]", this.trouble !== "");
  }

  /** @param {Device} device */
  #renderSwitch(device) {
    const on = this.#media.isOn(device);
    for (const button of all(this.#page, `[data-switch="${device}"]`)) {
      button.setAttribute("aria-checked", String(on));
      fill(button, ".st", this.#words.say(on ? "on" : "off"));
    }
  }

  #renderOwnPicture() {
    const track = this.#media.outgoing("camera");
    for (const video of all(this.#page, "video[data-own]")) {
      if (!(video instanceof HTMLVideoElement)) continue;
      const seen = video.closest("[data-view][hidden]") ? null : track; // What nobody sees costs nothing.
      const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : null;
      if (seen !== (shown ?? null)) video.srcObject = seen ? new MediaStream([seen]) : null;
      video.hidden = track === null;
    }
    show(this.#page, "[data-own-off]", track === null);
  }

  /** @param {Device} device */
  async #toggle(device) {
    if (!this.#mayTurnOn()) return;
    this.#problems[device] = await this.#media.turn(device, !this.#media.isOn(device));
    await this.#list();
    this.#changed();
  }

  /** @param {HTMLElement} select */
  async #choose(select) {
    if (!(select instanceof HTMLSelectElement)) return;
    const device = deviceOf(select.dataset.choose);
    this.#problems[device] = await this.#media.use(device, select.value);
    await this.#list(); // The same choice stands in the lobby and in the meeting.
    this.#changed();
  }

  async #list() {
    for (const device of DEVICES) {
      const found = await this.#media.choices(device);
      for (const select of all(this.#page, `select[data-choose="${device}"]`)) {
        select.replaceChildren(...found.map((each) => this.#option(each, device)));
      }
    }
  }

  /**
   * @param {MediaDeviceInfo} found
   * @param {Device} device
   */
  #option(found, device) {
    const label = found.label || this.#words.say(`${device}-unnamed`);
    return new Option(label, found.deviceId, false, found.deviceId === this.#media.inUse(device));
  }
}

/**
 * @param {string | undefined} name
 * @returns {Device}
 */
function deviceOf(name) {
  return name === "camera" ? "camera" : "audio";
}
