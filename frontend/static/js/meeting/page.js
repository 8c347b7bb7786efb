/**
 * The meeting's page: lobby, meeting and end in one document. It shows what the call knows, and hands presses to it.
 * `data-phase` on the element is for style, tests and support; `data-reason` says why somebody is out.
 */

import { Announcer } from "./announcer.js";
import { stayAwake } from "./awake.js";
import { Call } from "./call.js";
import { Devices } from "./devices.js";
import { all, fill, one, onPress, show } from "./dom.js";
import { HostPanel } from "./host.js";
import { Level } from "./level.js";
import { Stage } from "./stage.js";
import { summon } from "./summons.js";
import { Views } from "./views.js";
import { watch } from "./watch.js";
import { Words } from "./words.js";

/** @typedef {import("./phase.js").Phase} Phase */

/** @type {Record<Phase, "lobby" | "meeting" | "over">} */
const VIEWS = {
  lobby: "lobby",
  joining: "meeting",
  connected: "meeting",
  reconnecting: "meeting",
  paused: "meeting",
  aside: "meeting",
  ended: "over",
  out: "over",
};
const COVERED = ["paused", "aside", "reconnecting"];

class Page {
  /** @type {HostPanel | null} */
  #host = null;
  /** @type {MediaStreamTrack | null} */
  #measured = null;
  #drawing = false;
  #told = "";
  #wasPaused = false;
  #waited = false;
  #cutOff = false;
  #element;
  #call;
  #devices;
  #level;
  #stage;
  #announcer;
  #views;
  #words;

  /** @param {HTMLElement} element */
  constructor(element) {
    const words = new Words(element);
    this.#words = words;
    this.#views = new Views(element);
    this.#element = element;
    this.#stage = new Stage(element, words);
    this.#announcer = new Announcer(words);
    this.#level = new Level(element, words);
    this.#call = new Call(placeOf(element), {
      changed: () => this.#changed(),
      track: (id, kind, track) => kind !== "screen" && this.#stage.add(id, track),
      device: (id, what, on) => {
        this.#stage.device(id, what, on);
        this.#changed();
      },
      refused: () => this.#announcer.say("not-trusted"),
    });
    const mayTurnOn = () => !this.#call.quiet;
    this.#devices = new Devices(element, this.#call.media, words, mayTurnOn, () => this.#changed());
    if (element.hasAttribute("data-host")) {
      const say = this.#announcer.say.bind(this.#announcer);
      this.#host = new HostPanel(element, this.#call, words, say);
    }
  }

  start() {
    const page = this.#element;
    onPress(page, "[data-enter], [data-enter-again]", () => void this.#enter(false));
    onPress(page, "[data-take-over]", () => void this.#enter(true));
    onPress(page, "[data-pause]", () => this.#call.pause());
    onPress(page, "[data-leave-now]", (button) => this.#leave(button));
    onPress(page, "[data-opens]", (button) => dialogOf(page, button)?.showModal());
    onPress(page, "dialog [data-closes], [data-confirm]", (button) => button.closest("dialog")?.close());
    addEventListener("keydown", (event) => this.#pressed(event));
    watch(page.dataset.clockUrl ?? "", { tick: () => this.#tick(), wake: () => this.#call.wake() });
    show(page, "[data-scripted]", true);
    this.#draw();
  }

  /** @param {boolean} takeover */
  async #enter(takeover) {
    if (this.#call.entered && !this.#call.over) return;
    this.#views.pressed();
    this.#call.enter(takeover);
    await this.#devices.start();
  }

  /** @param {HTMLElement} button */
  #leave(button) {
    button.closest("dialog")?.close();
    void this.#call.leave();
  }

  /** Ctrl+Shift+P: somebody came into the room. @param {KeyboardEvent} event */
  #pressed(event) {
    if (!event.ctrlKey || !event.shiftKey || event.key.toLowerCase() !== "p") return;
    if (VIEWS[this.#call.phase] !== "meeting") return;
    event.preventDefault();
    this.#call.pause();
  }

  #tick() {
    this.#call.tick();
    if (this.#call.cutOff !== this.#cutOff || this.#call.state?.waiting?.length) this.#changed();
  }

  /** Drawn once for all that changes in one go, and at once: a hidden page has no animation frames. */
  #changed() {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw() {
    if (this.#call.over?.anew) return location.reload(); // The server says why, better than we could.
    const phase = this.#call.phase;
    this.#drawLobby();
    this.#drawPhase(phase);
    this.#tellReadiness();
    this.#devices.render();
    this.#stage.render(this.#call.others, this.#call.links, phase === "paused" || phase === "aside");
    this.#host?.render();
    this.#drawOthers();
    this.#announce(phase);
    this.#callBack(phase);
    this.#measure(phase);
    stayAwake(VIEWS[phase] === "meeting");
  }

  /** @param {Phase} phase */
  #drawPhase(phase) {
    const page = this.#element;
    page.dataset.phase = phase;
    if (this.#call.over) page.dataset.reason = this.#call.over.reason;
    else delete page.dataset.reason;
    this.#views.show(VIEWS[phase]);
    const covered = this.#call.hostAway ? "host-lost" : phase;
    for (const cover of all(page, "[data-cover]")) cover.hidden = cover.dataset.cover !== covered;
    show(page, "[data-tiles], [data-self]", !COVERED.includes(phase));
    show(page, "[data-alone]", phase === "joining" && this.#call.others.length === 0);
    document.body.classList.toggle("meet", VIEWS[phase] === "meeting");
  }

  #drawLobby() {
    const { entered, lobby, waiting, over } = this.#call;
    const page = this.#element;
    const phrase = lobby?.phrase ?? "";
    show(page, "[data-before]", !entered);
    show(page, "[data-after]", entered);
    show(page, "[data-lobby-message]", waiting && phrase !== "");
    for (const each of all(page, "[data-phrase-text]")) each.hidden = each.dataset.phraseText !== phrase;
    this.#cutOff = this.#call.cutOff;
    show(page, "[data-socket-problem]", this.#cutOff);
    for (const each of all(page, "[data-over-reason]"))
      each.hidden = each.dataset.overReason !== over?.reason;
  }

  /** The host is told of the equipment, once the person waits and the devices have answered. */
  #tellReadiness() {
    const devices = this.#call.waiting ? this.#devices.readiness : "";
    if (devices === this.#told) return;
    this.#told = devices;
    if (devices) this.#call.signalling.command("ready", { devices, test: "none" }).catch(() => {});
  }

  #drawOthers() {
    const names = this.#call.others.map((member) => member.name).join(", ");
    fill(this.#element, "[data-with]", names);
    show(this.#element, "[data-with-line]", names !== "");
  }

  /** @param {Phase} phase */
  #announce(phase) {
    if (this.#call.state) this.#announcer.roster(this.#call.others);
    else this.#announcer.forget();
    const said = this.#wordsOf(phase);
    const inside = this.#wasPaused ? "phase-unpaused" : "phase-in";
    const where = VIEWS[phase] === "meeting" && said === "" ? inside : said;
    this.#wasPaused = phase === "paused" || (this.#wasPaused && VIEWS[phase] === "meeting");
    this.#announcer.change("phase", this.#call.waiting ? "phase-waiting" : where);
    this.#announcer.tell("devices", this.#devices.trouble);
    this.#announcer.change("socket", this.#cutOff ? "error-lost" : "");
    this.#announcer.change("lobby", this.#call.lobby?.phrase ? `phrase-${this.#call.lobby.phrase}` : "");
  }

  /** Key of the words for a phase that has its own. @param {Phase} phase */
  #wordsOf(phase) {
    if (phase === "out") return `out-${this.#call.over?.reason}`;
    if (this.#call.hostAway) return "phase-host-lost";
    return ["paused", "aside", "reconnecting", "ended"].includes(phase) ? `phase-${phase}` : "";
  }

  /** Who has waited, perhaps in another window, is told that the door is open. @param {Phase} phase */
  #callBack(phase) {
    if (this.#waited && VIEWS[phase] === "meeting") summon(this.#words.say("now"));
    this.#waited = this.#call.waiting;
  }

  /** The level is shown in the lobby only. @param {Phase} phase */
  #measure(phase) {
    const track = phase === "lobby" ? this.#call.media.outgoing("audio") : null;
    if (track === this.#measured) return;
    this.#measured = track;
    this.#level.follow(track);
  }
}

/**
 * Where the server says that the meeting is to be reached.
 * @param {HTMLElement} element
 */
function placeOf(element) {
  const token = element.querySelector("input[name=csrfmiddlewaretoken]");
  return {
    ticketUrl: element.dataset.ticketUrl ?? "",
    socketPath: element.dataset.socketPath ?? "",
    csrf: token instanceof HTMLInputElement ? token.value : "",
  };
}

/**
 * @param {HTMLElement} page
 * @param {HTMLElement} button
 */
function dialogOf(page, button) {
  const dialog = one(page, `#${button.dataset.opens}`);
  return dialog instanceof HTMLDialogElement ? dialog : null;
}

/**
 * Takes charge of the meeting's element.
 * @param {HTMLElement} element
 */
export function start(element) {
  new Page(element).start();
}
