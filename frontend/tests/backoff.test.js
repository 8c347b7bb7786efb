import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../static/js/meeting/backoff.js";

test("waits grow from nothing to three seconds and no further", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 100].map((attempt) => Math.round(backoff(attempt, 0.5)));
  assert.deepEqual(waits, [0, 250, 500, 1000, 2000, 3000, 3000, 3000]);
});

test("waits are spread by a fifth either way", () => {
  assert.deepEqual([Math.round(backoff(3, 0)), Math.round(backoff(3, 1))], [800, 1200]);
});
