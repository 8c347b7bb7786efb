import assert from "node:assert/strict";
import { test } from "node:test";
import { Liveness } from "../static/js/meeting/liveness.js";

/** What is done at which second, with nothing heard after the start. */
function remedies(newer, until) {
  const liveness = new Liveness(newer, 0);
  liveness.heard(0);
  const done = [];
  for (let now = 1000; now <= until; now += 1000) {
    const remedy = liveness.judge(now);
    if (remedy) done.push([now, remedy]);
  }
  return done;
}

test("three seconds of silence mean reconnecting, two do not", () => {
  const liveness = new Liveness(false, 0);
  liveness.heard(0);
  liveness.judge(2900);
  assert.equal(liveness.link, "connected");
  liveness.judge(3000);
  assert.equal(liveness.link, "reconnecting");
});

test("the older restarts at once, the newer after four seconds of silence", () => {
  assert.deepEqual(remedies(false, 4000), [[3000, "restart"]]);
  assert.deepEqual(remedies(true, 4000), [[4000, "restart"]]);
});

test("after three restarts the connection is built anew", () => {
  assert.deepEqual(
    remedies(false, 20_000).map(([, remedy]) => remedy),
    ["restart", "restart", "restart", "rebuild"],
  );
});

test("a beat ends it, and the count starts again", () => {
  const liveness = new Liveness(false, 0);
  liveness.judge(20_000);
  liveness.heard(21_000);
  assert.equal(liveness.link, "connected");
  assert.deepEqual([liveness.judge(22_000), liveness.judge(24_000)], [null, "restart"]);
});

test("a connection that is being made has ten seconds", () => {
  const liveness = new Liveness(false, 0);
  assert.deepEqual([liveness.judge(9000), liveness.judge(10_000)], [null, "restart"]);
});

test("when the browser gives up nobody waits", () => {
  const liveness = new Liveness(true, 0);
  liveness.heard(0);
  liveness.failed(500);
  assert.deepEqual([liveness.link, liveness.judge(500)], ["reconnecting", "restart"]);
});
