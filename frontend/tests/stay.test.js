import assert from "node:assert/strict";
import { test } from "node:test";
import { firstLook, shown } from "../static/js/stay.js";

const words = "Du loggas ut kl. 14.32.";

test("the first question comes before the warning can be due", () => {
  assert.equal(firstLook(900), 720);
  assert.equal(firstLook(60), 0);
});

test("while there is time nothing is said, and the next question is due two minutes before the end", () => {
  assert.deepEqual(shown({ left: 900, more: true, words }), {
    words: "",
    button: false,
    link: false,
    wait: 780,
  });
});

test("within two minutes of the end there is a line and a button", () => {
  assert.deepEqual(shown({ left: 120, more: true, words }), { words, button: true, link: false, wait: 121 });
});

test("a sign-in that cannot last longer has no button that says so", () => {
  assert.equal(shown({ left: 30, more: false, words }).button, false);
});

test("when it has ended the line leads to signing in, and nothing more is asked", () => {
  assert.deepEqual(shown({ left: 0, more: false, words: "Du är utloggad." }), {
    words: "Du är utloggad.",
    button: false,
    link: true,
    wait: null,
  });
});
