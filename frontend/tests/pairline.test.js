import assert from "node:assert/strict";
import { test } from "node:test";
import { Inbox, Outbox } from "../static/js/meeting/pairline.js";

const numbers = (messages) => messages.map((message) => message.n);

test("messages are numbered from one and rise by one", () => {
  const outbox = new Outbox();
  assert.deepEqual([outbox.add({}, 0)?.n, outbox.add({}, 0)?.n, outbox.add({}, 0)?.n], [1, 2, 3]);
});

test("what is acknowledged is not sent again, the rest is, from the oldest", () => {
  const outbox = new Outbox();
  for (const t of ["a", "b", "c"]) outbox.add({ t }, 0);
  outbox.acknowledge(1, 10);
  assert.deepEqual(numbers(outbox.again(20)), [2, 3]);
  outbox.acknowledge(3, 30);
  assert.deepEqual([outbox.again(40), outbox.empty], [[], true]);
});

test("without progress all is sent again after 1, 2, 4 and 4 seconds", () => {
  const outbox = new Outbox();
  outbox.add({}, 0);
  const sentAt = [];
  for (let now = 0; now <= 16_000; now += 500) if (outbox.due(now).length > 0) sentAt.push(now);
  assert.deepEqual(sentAt, [1000, 3000, 7000, 11_000, 15_000]);
});

test("progress makes the wait short again", () => {
  const outbox = new Outbox();
  outbox.add({}, 0);
  outbox.add({}, 0);
  outbox.due(1000);
  outbox.acknowledge(1, 1500);
  assert.deepEqual([numbers(outbox.due(2400)), numbers(outbox.due(2500))], [[], [2]]);
});

test("a message after a quiet time waits its own second", () => {
  const outbox = new Outbox();
  outbox.add({}, 0);
  outbox.acknowledge(1, 10);
  outbox.add({}, 5000);
  assert.deepEqual([outbox.due(5900).length, outbox.due(6000).length], [0, 1]);
});

test("no more than 256 messages are kept", () => {
  const outbox = new Outbox();
  for (let count = 0; count < 256; count++) assert.notEqual(outbox.add({}, 0), null);
  assert.equal(outbox.add({}, 0), null);
  outbox.acknowledge(1, 0);
  assert.equal(outbox.add({}, 0)?.n, 257);
});

test("only the next number is handled", () => {
  const inbox = new Inbox();
  assert.deepEqual(
    [2, 1, 1, 3, 2, 3, 5, 4, 5].map((n) => inbox.take(n)),
    [false, true, false, false, true, true, false, true, true],
  );
});

test("a duplicate is acknowledged again, a gap is not", () => {
  const inbox = new Inbox();
  inbox.take(1);
  assert.equal(inbox.acknowledgement(0), 1);
  inbox.take(3);
  assert.equal(inbox.acknowledgement(1000), null);
  inbox.take(1);
  assert.equal(inbox.acknowledgement(2000), 1);
});

test("acknowledgements are at least 150 ms apart", () => {
  const inbox = new Inbox();
  const sent = [];
  for (let now = 0; now < 600; now += 50) {
    inbox.take(now / 50 + 1);
    if (inbox.acknowledgement(now) !== null) sent.push(now);
  }
  assert.deepEqual(sent, [0, 150, 300, 450]);
});
