/** What we demand of a session description before the browser sees it. Pure. */

const LINES = ["audio", "video", "video", "application"];
const FINGERPRINT = /^a=fingerprint:(\S+) +(\S+)$/i;
const SHA256 = /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/i;

/** A description that no honest page of ours would send. */
export class BadDescription extends Error {}

/**
 * The one fingerprint of a description, in upper case. Throws BadDescription for other media lines than ours, more than
 * one fingerprint, or one that is not SHA-256.
 * @param {string} sdp
 * @returns {string}
 */
export function fingerprintOf(sdp) {
  const lines = sdp.split(/\r?\n/);
  const media = lines.filter((line) => line.startsWith("m=")).map((line) => line.slice(2).split(" ")[0]);
  if (media.join() !== LINES.join()) throw new BadDescription("media");
  const found = new Set(lines.filter((line) => line.startsWith("a=fingerprint:")).map(readFingerprint));
  const [only] = found;
  if (found.size !== 1 || only === undefined) throw new BadDescription("fingerprint");
  return only;
}

/**
 * @param {string} line
 * @returns {string}
 */
function readFingerprint(line) {
  const [, hash, value] = FINGERPRINT.exec(line) ?? [];
  if (hash?.toLowerCase() !== "sha-256" || !value || !SHA256.test(value))
    throw new BadDescription("fingerprint");
  return value.toUpperCase();
}
