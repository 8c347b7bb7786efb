import assert from "node:assert/strict";
import { test } from "node:test";
import { inTime, warnAfter } from "../static/js/hold-warning.js";

test("the warning is due two minutes before the hold ends", () => {
  assert.equal(warnAfter("2026-12-01T10:10:00+00:00", "2026-12-01T10:00:00+00:00"), 480_000);
  assert.equal(warnAfter("2026-12-01T11:10:00.500000+01:00", "2026-12-01T10:00:00+00:00"), 480_500);
});

test("a page that is made within the last two minutes warns of nothing", () => {
  assert.equal(warnAfter("2026-12-01T10:02:00+00:00", "2026-12-01T10:00:00+00:00"), null);
  assert.equal(warnAfter("2026-12-01T09:00:00+00:00", "2026-12-01T10:00:00+00:00"), null);
});

test("what is no time warns of nothing", () => {
  assert.equal(warnAfter("", ""), null);
});

test("a timer that rings much too late says nothing that is no longer true", () => {
  assert.equal(inTime(1_000_000, 1_000_020), true);
  assert.equal(inTime(1_000_000, 1_100_000), false);
});
