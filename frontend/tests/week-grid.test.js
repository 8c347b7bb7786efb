import assert from "node:assert/strict";
import { test } from "node:test";
import { goesTo } from "../static/js/week-grid.js";

const PLACES = [
  { day: 0, minute: 480 },
  { day: 0, minute: 600 },
  { day: 0, minute: 780 },
  { day: 2, minute: 495 },
  { day: 2, minute: 790 },
];

test("up and down stay in the day", () => {
  assert.equal(goesTo(PLACES, 1, "ArrowUp"), 0);
  assert.equal(goesTo(PLACES, 1, "ArrowDown"), 2);
  assert.equal(goesTo(PLACES, 2, "ArrowDown"), 2);
  assert.equal(goesTo(PLACES, 0, "ArrowUp"), 0);
});

test("left and right skip empty days and keep the time", () => {
  assert.equal(goesTo(PLACES, 2, "ArrowRight"), 4);
  assert.equal(goesTo(PLACES, 0, "ArrowRight"), 3);
  assert.equal(goesTo(PLACES, 4, "ArrowLeft"), 2);
  assert.equal(goesTo(PLACES, 4, "ArrowRight"), 4);
});

test("a page read from right to left turns the arrows", () => {
  assert.equal(goesTo(PLACES, 0, "ArrowLeft", true), 3);
});

test("Home and End are the day's first and last; other keys do nothing", () => {
  assert.equal(goesTo(PLACES, 1, "Home"), 0);
  assert.equal(goesTo(PLACES, 1, "End"), 2);
  assert.equal(goesTo(PLACES, 1, "a"), 1);
  assert.equal(goesTo(PLACES, -1, "Home"), -1);
});
