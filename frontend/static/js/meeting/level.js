/** Shows in the lobby that we hear the person: a row of marks, and words for those who do not see it. */

import { all, fill, one } from "./dom.js";

const FRAME_MS = 100;
const HEARD = 2;
const MARKS = 10;

export class Level {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #meter;
  #words;

  /**
   * @param {HTMLElement} page
   * @param {import("./words.js").Words} words
   */
  constructor(page, words) {
    this.#meter = one(page, "[data-level]");
    this.#meter.replaceChildren(...Array.from({ length: MARKS }, () => document.createElement("span")));
    this.#words = words;
  }

  /**
   * Measures this track until told otherwise; null stops.
   * @param {MediaStreamTrack | null} track
   */
  follow(track) {
    this.stop();
    if (!track) return;
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 512;
    this.#context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.#draw(loudness(samples));
    }, FRAME_MS);
  }

  stop() {
    clearInterval(this.#timer);
    void this.#context?.close();
    this.#context = null;
    this.#draw(0);
  }

  /** @param {number} level from 0 to 1 */
  #draw(level) {
    const marks = all(this.#meter, "span");
    const lit = Math.round(level * marks.length);
    for (const [place, mark] of marks.entries()) mark.classList.toggle("on", place < lit);
    const heard = this.#context !== null && lit >= HEARD;
    if (heard) fill(this.#meter.parentElement ?? this.#meter, "[data-heard]", this.#words.say("heard"));
  }
}

/**
 * How loud samples are, from 0 (silence) to 1, on a scale that suits speech.
 * @param {Float32Array} samples
 * @returns {number}
 */
function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-10);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
