import assert from "node:assert/strict";
import { test } from "node:test";
import { phaseOf } from "../static/js/meeting/phase.js";

const facts = (changed) => ({
  over: null,
  place: "inside",
  paused: false,
  links: [],
  pictured: false,
  ...changed,
});

test("who is not inside is in the lobby", () => {
  for (const place of ["new", "waiting", "gone"]) assert.equal(phaseOf(facts({ place })), "lobby");
});

test("inside without a picture is joining, alone too", () => {
  assert.equal(phaseOf(facts({})), "joining");
  assert.equal(phaseOf(facts({ links: ["connecting"], pictured: true })), "joining");
});

test("one picture from a live connection is connected, whatever the others do", () => {
  assert.equal(phaseOf(facts({ links: ["reconnecting", "connected"], pictured: true })), "connected");
});

test("only lost connections are reconnecting", () => {
  assert.equal(phaseOf(facts({ links: ["reconnecting", "connecting"], pictured: true })), "reconnecting");
});

test("a pause covers aside, and the end covers all", () => {
  assert.equal(phaseOf(facts({ place: "aside" })), "aside");
  assert.equal(phaseOf(facts({ place: "aside", paused: true })), "paused");
  const over = { phase: "ended", reason: "ended" };
  assert.equal(phaseOf(facts({ over, paused: true })), "ended");
});
