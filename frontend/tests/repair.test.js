import assert from "node:assert/strict";
import { test } from "node:test";
import { Repair } from "../static/js/meeting/repair.js";

const ANNA = { id: "anna", gen: 1 };
const BO = { id: "bo", gen: 2 };

/** Two pages and a relay between them that loses, doubles and delays what it likes. */
function pair(network) {
  const clock = { now: 0 };
  const got = [];
  const wires = [];
  const page = (own, deliver) =>
    new Repair(
      {
        send: (frame) => wires.push({ from: own, frame }),
        deliver,
        stranger: () => {},
        overflow: () => {},
      },
      () => clock.now,
    );
  const anna = page(ANNA, () => {});
  const bo = page(BO, (frame) => got.push(frame.what));
  const pages = { anna, bo };
  const carry = () => {
    for (const { from, frame } of network(wires.splice(0))) {
      const { to, to_gen: _gen, ...rest } = frame;
      pages[to].receive({ ...rest, from: from.id, from_gen: from.gen });
    }
  };
  return { anna, bo, clock, got, carry };
}

test("whatever the relay loses, doubles or turns round, all arrives once and in order", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const network = (frames) =>
    frames
      .filter(() => random() > 0.4)
      .flatMap((each) => (random() < 0.2 ? [each, each] : [each]))
      .sort(() => random() - 0.5);
  const { anna, bo, clock, got, carry } = pair(network);
  anna.keep([BO]);
  bo.keep([ANNA]);
  const sent = Array.from({ length: 60 }, (_, n) => n);
  for (const what of sent) anna.post(BO.id, BO.gen, { t: "restart", what });
  for (let step = 0; step < 2000 && got.length < sent.length; step++) {
    clock.now += 150;
    t.mock.timers.tick(150);
    carry();
  }
  assert.deepEqual(got, sent);
});

test("what comes before the roster names the sender waits for it", () => {
  const { anna, bo, got, carry } = pair((frames) => frames);
  anna.keep([BO]);
  for (const what of ["first", "second"]) anna.post(BO.id, BO.gen, { t: "restart", what });
  carry();
  assert.deepEqual(got, []);
  bo.keep([ANNA]);
  assert.deepEqual(got, ["first", "second"]);
  bo.clear();
  anna.clear();
});

test("a page with a new generation starts from one again", () => {
  const { anna, bo, got, carry } = pair((frames) => frames);
  bo.keep([ANNA]);
  anna.keep([BO]);
  anna.post(BO.id, BO.gen, { t: "restart", what: "old" });
  carry();
  anna.clear();
  anna.keep([BO]);
  bo.keep([]);
  bo.keep([ANNA]);
  anna.post(BO.id, BO.gen, { t: "restart", what: "new" });
  carry();
  assert.deepEqual(got, ["old", "new"]);
  bo.clear();
  anna.clear();
});

test("after a resumed socket everything unacknowledged is sent at once", () => {
  const lost = { all: true };
  const { anna, bo, got, carry } = pair((frames) => (lost.all ? [] : frames));
  anna.keep([BO]);
  bo.keep([ANNA]);
  for (const what of [1, 2, 3]) anna.post(BO.id, BO.gen, { t: "restart", what });
  carry();
  lost.all = false;
  anna.resumed();
  carry();
  assert.deepEqual(got, [1, 2, 3]);
  bo.clear();
  anna.clear();
});

test("a full buffer is told of once room is there again", () => {
  const told = [];
  const repair = new Repair(
    { send: () => {}, deliver: () => {}, stranger: () => {}, overflow: (id) => told.push(id) },
    () => 0,
  );
  for (let count = 0; count < 257; count++) repair.post(BO.id, BO.gen, { t: "restart" });
  assert.deepEqual(told, []);
  repair.receive({ t: "received", from: BO.id, from_gen: BO.gen, upto: 256 });
  assert.deepEqual(told, ["bo"]);
  repair.clear();
});
