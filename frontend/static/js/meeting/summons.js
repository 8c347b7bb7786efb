/** Calls back somebody who waits, when they are let in: one soft tone, and a word in the title of a page not in sight. */

const AFTER_MS = 400;
const TONE_S = 0.6;
const PITCH_HZ = 587;
const LOUDNESS = 0.08;

/** @param {string} word put before the title until the page is looked at */
export function summon(word) {
  setTimeout(chime, AFTER_MS); // After the first picture: the door is not held up by it.
  if (!document.hidden) return;
  const title = document.title;
  document.title = `(${word}) ${title}`;
  document.addEventListener(
    "visibilitychange",
    () => {
      document.title = title;
    },
    { once: true },
  );
}

function chime() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const gain = context.createGain();
  const now = context.currentTime;
  tone.frequency.value = PITCH_HZ;
  gain.gain.setValueAtTime(0, now);
  gain.gain.linearRampToValueAtTime(LOUDNESS, now + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.0001, now + TONE_S);
  tone.connect(gain).connect(context.destination);
  tone.onended = () => void context.close();
  tone.start(now);
  tone.stop(now + TONE_S);
}
