import assert from "node:assert/strict";
import { test } from "node:test";
import { BadDescription, fingerprintOf } from "../static/js/meeting/sdp.js";

const PRINT = Array.from({ length: 32 }, () => "ab").join(":");
const OTHER = Array.from({ length: 32 }, () => "cd").join(":");
const MEDIA = ["audio", "video", "video", "application"];

/** A description with these media lines, each followed by these fingerprint lines. */
function described(media, ...prints) {
  return ["v=0", ...media.flatMap((kind) => [`m=${kind} 9 X 0`, ...prints])].join("\r\n");
}

test("the one fingerprint is found, repeated or not, in either case", () => {
  const line = `a=fingerprint:sha-256 ${PRINT}`;
  assert.equal(fingerprintOf(described(MEDIA, line)), PRINT.toUpperCase());
  assert.equal(
    fingerprintOf(described(MEDIA, line, line.toUpperCase().replace("A=FINGERPRINT", "a=fingerprint"))),
    PRINT.toUpperCase(),
  );
  assert.equal(fingerprintOf(`v=0\n${line}\n${described(MEDIA)}`), PRINT.toUpperCase());
});

test("any other description is refused", () => {
  const line = `a=fingerprint:sha-256 ${PRINT}`;
  const bad = [
    described(MEDIA),
    described(MEDIA, line, `a=fingerprint:sha-256 ${OTHER}`),
    described(MEDIA, `a=fingerprint:sha-1 ${PRINT}`),
    described(MEDIA, line, `a=fingerprint:sha-512 ${PRINT}`),
    described(MEDIA, "a=fingerprint:sha-256 ab:cd"),
    described([...MEDIA, "video"], line),
    described(["video", "audio", "video", "application"], line),
    described(["audio", "video"], line),
    "",
  ];
  for (const sdp of bad) assert.throws(() => fingerprintOf(sdp), BadDescription);
});
