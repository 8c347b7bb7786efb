import assert from "node:assert/strict";
import { test } from "node:test";
import { HostWatch } from "../static/js/meeting/hostwatch.js";

test("a link to the host with no sign of life for twenty seconds is lost, said once", () => {
  const watch = new HostWatch();
  assert.equal(watch.judge(true, true, 1000), false);
  assert.equal(watch.judge(true, true, 17_999), false);
  assert.equal(watch.judge(true, true, 18_000), true);
  assert.deepEqual([watch.lost, watch.away], [true, true]);
  assert.equal(watch.judge(true, true, 22_000), false);
});

test("a host who is back is not lost, and has as long again", () => {
  const watch = new HostWatch();
  watch.judge(true, true, 0);
  watch.judge(true, true, 17_000);
  assert.equal(watch.judge(false, true, 21_000), true);
  assert.equal(watch.lost, false);
  watch.judge(true, true, 22_000);
  watch.judge(true, true, 38_000);
  assert.equal(watch.lost, false);
});

test("who is off the network does not blame the host", () => {
  const watch = new HostWatch();
  watch.judge(true, false, 0);
  watch.judge(true, false, 30_000);
  assert.deepEqual([watch.lost, watch.away], [true, false]);
  assert.equal(watch.judge(true, true, 31_000), true);
  assert.equal(watch.away, true);
  watch.forget();
  assert.deepEqual([watch.lost, watch.away], [false, false]);
});
