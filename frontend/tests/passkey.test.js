import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, bytesOf, optionsOf, textOf } from "../static/js/passkey.js";

test("bytes survive the way to text and back, whatever they are", () => {
  for (const length of [0, 1, 2, 3, 64, 255]) {
    const bytes = Uint8Array.from({ length }, (_, place) => (place * 37 + 251) % 256);
    assert.deepEqual(bytesOf(textOf(bytes)), bytes);
  }
});

test("text is base64url without padding", () => {
  assert.equal(textOf(Uint8Array.of(251, 255)), "-_8");
  assert.deepEqual(bytesOf("-_8"), Uint8Array.of(251, 255));
});

test("what is no base64url is refused", () => {
  assert.throws(() => bytesOf("å"));
});

test("options get bytes where the server sent text, and nothing that it left empty", () => {
  const options = optionsOf({
    challenge: "AAEC",
    timeout: null,
    user: { id: "AwQ", name: "Anna", displayName: "Anna" },
    excludeCredentials: [{ id: "BQ", type: "public-key" }],
    rp: { name: "Exempelkommun", id: "localhost" },
  });
  assert.deepEqual(options.challenge, Uint8Array.of(0, 1, 2));
  assert.deepEqual(options.user.id, Uint8Array.of(3, 4));
  assert.deepEqual(options.excludeCredentials[0], { id: Uint8Array.of(5), type: "public-key" });
  assert.deepEqual(options.rp, { name: "Exempelkommun", id: "localhost" });
  assert.ok(!("timeout" in options));
  assert.ok(!("allowCredentials" in options));
});

test("an answer has the bytes that the browser gave, and only those", () => {
  const bytes = Uint8Array.of(1, 2, 3).buffer;
  const response = { clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, userHandle: null };
  const answer = answerOf({ id: "AQID", rawId: bytes, type: "public-key", response });
  assert.deepEqual(answer, {
    id: "AQID",
    rawId: "AQID",
    type: "public-key",
    response: { clientDataJSON: "AQID", authenticatorData: "AQID", signature: "AQID" },
  });
});
