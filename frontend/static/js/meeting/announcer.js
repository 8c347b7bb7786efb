/**
 * Says in the page's one live region what has happened, each thing once. Focus is never moved by what others do.
 */

import { fill } from "./dom.js";

/** @typedef {import("./wire.js").Member} Member */

export class Announcer {
  /** @type {Map<string, Member> | null} null until the first roster, which is not news */
  #known = null;
  /** @type {Set<string>} */
  #gone = new Set();
  /** @type {Map<string, string>} */
  #said = new Map();
  /** @type {string[]} what is to be said together, so that the last does not silence the first */
  #queue = [];
  #words;

  /** @param {import("./words.js").Words} words */
  constructor(words) {
    this.#words = words;
  }

  /**
   * @param {string} key of the words
   * @param {Record<string, string>} [values]
   */
  say(key, values) {
    this.#speak(this.#words.say(key, values));
  }

  /**
   * Says it when the topic's state is another than before.
   * @param {string} topic
   * @param {string} state key of the words; empty says nothing
   */
  change(topic, state) {
    this.tell(topic, state && this.#words.say(state));
  }

  /**
   * The same with the words themselves.
   * @param {string} topic
   * @param {string} words
   */
  tell(topic, words) {
    if ((this.#said.get(topic) ?? "") === words) return;
    this.#said.set(topic, words);
    if (words) this.#speak(words);
  }

  /**
   * Who has come, gone, or was put aside since the last roster.
   * @param {Member[]} others
   */
  roster(others) {
    const now = new Map(others.map((member) => [member.id, member]));
    for (const member of others) this.#compare(member, this.#known?.get(member.id));
    for (const [id, member] of this.#known ?? []) {
      if (now.has(id)) continue;
      this.#gone.add(id);
      this.say("left", { namn: member.name });
    }
    this.#known = now;
  }

  /** Nobody is known any more: the next roster is not news. */
  forget() {
    this.#known = null;
  }

  /** @param {string} words */
  #speak(words) {
    if (this.#queue.push(words) > 1) return;
    queueMicrotask(() => fill(document, "#live", this.#queue.splice(0).join(" ")));
  }

  /**
   * @param {Member} member
   * @param {Member | undefined} before
   */
  #compare(member, before) {
    const values = { namn: member.name, roll: this.#words.say(`role-${member.role}`) };
    if (this.#known === null) return;
    if (!before) this.say(this.#gone.has(member.id) ? "is-back" : "came", values);
    else if (before.gen !== member.gen) this.say("is-back", values);
    else if (before.aside !== member.aside) this.say(member.aside ? "put-aside" : "from-aside", values);
    else if (before.link !== member.link)
      this.say(member.link === "here" ? "link-back" : "link-lost", values);
  }
}
