/** What only the host's page has: who waits, who is inside, locking, starting and ending. */

import { copyOf, fill, one, onPress, reconcile, show } from "./dom.js";

/** @typedef {import("./wire.js").WaitingPerson} WaitingPerson */
/** @typedef {import("./wire.js").Member} Member */

const MINUTE_MS = 60_000;
const STARTABLE = ["ready", "waiting"];

export class HostPanel {
  #page;
  #call;
  #words;
  #title = document.title;
  #waited = 0;
  /** @type {(key: string, values?: Record<string, string>) => void} */
  #say;

  /**
   * @param {HTMLElement} page
   * @param {import("./call.js").Call} call
   * @param {import("./words.js").Words} words
   * @param {(key: string, values?: Record<string, string>) => void} say
   */
  constructor(page, call, words, say) {
    this.#page = page;
    this.#call = call;
    this.#words = words;
    this.#say = say;
    const waiting = one(page, "[data-waiting]");
    const people = one(page, "[data-people]");
    onPress(waiting, "[data-admit]", (button) => this.#give("admit", { who: idOf(button) }));
    onPress(waiting, "[data-deny]", (button) => this.#give("deny", { who: idOf(button), why: "not_now" }));
    onPress(waiting, "[data-tell]", (button) => this.#tell(button));
    onPress(people, "[data-aside]", (button) =>
      this.#give("aside", { who: idOf(button), on: button.dataset.aside === "on" }),
    );
    onPress(people, "[data-remove]", (button) => this.#askRemove(button));
    onPress(page, "[data-admit-all]", () => this.#admitAll());
    onPress(page, "[data-remove-now]", (button) => this.#removeNow(button));
    onPress(page, "[data-lock]", (button) =>
      this.#give("lock", { on: button.getAttribute("aria-checked") !== "true" }),
    );
    onPress(page, "[data-unpause]", () => this.#give("unpause"));
    onPress(page, "[data-confirm]", () => this.#give("end"));
    one(page, "[data-start-form]").addEventListener("submit", (event) => void this.#start(event));
  }

  render() {
    const { state } = this.#call;
    const waiting = state?.waiting ?? [];
    this.#renderWaiting(waiting);
    this.#renderPeople(this.#call.others);
    show(this.#page, "[data-admit-all]", this.#returning.length > 0);
    one(this.#page, "[data-lock]").setAttribute("aria-checked", String(state?.meeting.locked ?? false));
    fill(this.#page, "[data-lock] .st", this.#words.say(state?.meeting.locked ? "on" : "off"));
    show(this.#page, "[data-start-form]", STARTABLE.includes(state?.meeting.state ?? ""));
    show(this.#page, "[data-started]", state?.meeting.state === "in_progress");
    if (waiting.length > this.#waited) this.#say("knocks", { roll: this.#roleOf(waiting.at(-1)) });
    this.#waited = waiting.length;
    document.title = waiting.length > 0 ? `(${waiting.length}) ${this.#title}` : this.#title;
  }

  /** Whom a host who has come back, on this page or another, and is alone inside finds outside again. */
  get #returning() {
    const { state, others, you } = this.#call;
    const back = (you?.gen ?? 0) > 1;
    return back && others.length === 0 ? (state?.waiting ?? []) : [];
  }

  #admitAll() {
    for (const person of this.#returning) this.#give("admit", { who: person.id });
  }

  /** @param {WaitingPerson[]} waiting */
  #renderWaiting(waiting) {
    show(this.#page, "[data-nobody-waits]", waiting.length === 0);
    reconcile(one(this.#page, "[data-waiting]"), waiting, {
      key: (person) => person.id,
      make: () => copyOf(this.#page, "template[data-waiting-item]"),
      update: (item, person) => this.#updateWaiting(item, person),
    });
  }

  /**
   * @param {HTMLElement} item
   * @param {WaitingPerson} person
   */
  #updateWaiting(item, person) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(person.since)) / MINUTE_MS));
    fill(item, "[data-name]", person.name);
    fill(item, "[data-wants-in]", this.#words.say("wants-in", { roll: this.#roleOf(person) }));
    fill(item, "[data-ident]", this.#words.say(`ident-${person.ident}`));
    fill(item, "[data-since]", this.#words.say("waited", { minuter: String(minutes) }));
    fill(item, "[data-equipment]", this.#words.say(`devices-${person.ready?.devices ?? "untested"}`));
    fill(item, "[data-other-device]", person.other_device ? this.#words.say("other-device") : "");
  }

  /** @param {Member[]} others */
  #renderPeople(others) {
    reconcile(one(this.#page, "[data-people]"), others, {
      key: (member) => member.id,
      make: () => copyOf(this.#page, "template[data-person]"),
      update: (item, member) => this.#updatePerson(item, member),
    });
  }

  /**
   * @param {HTMLElement} item
   * @param {Member} member
   */
  #updatePerson(item, member) {
    fill(item, "[data-name]", member.name);
    fill(item, "[data-role-name]", this.#words.say(`role-${member.role}`));
    fill(item, "[data-ident]", this.#words.say(`ident-${member.ident}`));
    const aside = one(item, "[data-aside]");
    aside.dataset.aside = member.aside ? "off" : "on";
    fill(
      item,
      "[data-aside]",
      this.#words.say(member.aside ? "bring-in" : "keep-aside", { namn: member.name }),
    );
    fill(item, "[data-remove]", this.#words.say("remove", { namn: member.name }));
  }

  /** @param {HTMLElement} button */
  #tell(button) {
    const select = button.closest("[data-id]")?.querySelector("[data-phrase]");
    if (!(select instanceof HTMLSelectElement)) return;
    const sent = this.#call.signalling.command("tell", { who: idOf(button), phrase: select.value });
    this.#settle(sent.then(() => this.#say("told")));
  }

  /** @param {HTMLElement} button */
  #askRemove(button) {
    const dialog = one(this.#page, "[data-remove-dialog]");
    one(dialog, "[data-remove-now]").dataset.who = idOf(button);
    fill(dialog, "[data-name]", button.closest("[data-id]")?.querySelector("[data-name]")?.textContent ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  }

  /** @param {HTMLElement} button */
  #removeNow(button) {
    button.closest("dialog")?.close();
    this.#settle(this.#call.remove(button.dataset.who ?? ""));
  }

  /**
   * Starts the talk without leaving the page.
   * @param {Event} event
   */
  async #start(event) {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      redirect: "manual",
      credentials: "same-origin",
    }).catch(() => null);
    const done = response?.ok || response?.type === "opaqueredirect";
    this.#settle(done ? Promise.resolve(this.#say("started")) : Promise.reject(null));
  }

  /**
   * @param {string} command
   * @param {object} [fields]
   */
  #give(command, fields) {
    this.#settle(this.#call.signalling.command(command, fields));
  }

  /**
   * What was in the way stands there until something has gone well.
   * @param {Promise<void>} given
   */
  #settle(given) {
    given.then(() => this.#done()).catch((error) => this.#refused(error));
  }

  /** The button may have gone with its item: the reader's place is then the list that it was in. */
  #done() {
    show(this.#page, "[data-host-problem]", false);
    requestAnimationFrame(() => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && this.#call.state) one(this.#page, "#lobby-title").focus();
    });
  }

  /** @param {{ code?: string } | null} error */
  #refused(error) {
    const key = `error-${error?.code ?? "failed"}`;
    const words = this.#words.say(key) || this.#words.say("error-failed");
    fill(this.#page, "[data-host-problem] [data-text]", words);
    show(this.#page, "[data-host-problem]", true);
    this.#say(this.#words.say(key) ? key : "error-failed");
  }

  /** @param {WaitingPerson | undefined} person */
  #roleOf(person) {
    return person ? this.#words.say(`role-${person.role}`) : "";
  }
}

/**
 * Whom the item that a button stands in is about.
 * @param {HTMLElement} button
 */
function idOf(button) {
  return button.closest("[data-id]")?.getAttribute("data-id") ?? "";
}
