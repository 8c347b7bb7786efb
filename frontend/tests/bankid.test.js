import assert from "node:assert/strict";
import { test } from "node:test";
import { nonceIn, understood } from "../static/js/bankid.js";

const NONCE = "caLhkQw2T4_abcdefghij-KLMNOPQRSTUV012345678";

test("the nonce stands in the fragment, alone", () => {
  assert.equal(nonceIn(`#nonce=${NONCE}`), NONCE);
  for (const other of [
    "",
    "#",
    `#${NONCE}`,
    `#nonce=${NONCE}&next=/x`,
    "#nonce=short",
    `#nonce=${NONCE}<b>`,
  ]) {
    assert.equal(nonceIn(other), "");
  }
});

test("an answer while it goes on", () => {
  const link = "bankid:///?autostarttoken=x&redirect=null";
  assert.deepEqual(understood({ text: "Vänta", scan: false, link, go: "" }), {
    text: "Vänta",
    scan: false,
    link,
    go: "",
  });
});

test("an answer that leads on", () => {
  assert.equal(understood({ go: "/mina-tider/" })?.go, "/mina-tider/");
});

test("nobody is led to another site, and nothing but the app is opened", () => {
  for (const go of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]) {
    assert.equal(understood({ go }), null);
  }
  for (const link of [
    "javascript:alert(1)",
    "https://app.bankid.com.evil.example/?a",
    "https://evil.example/?bankid:///?",
  ]) {
    assert.equal(understood({ link }), null);
  }
});

test("what is no answer is none", () => {
  for (const other of [null, 1, "x", { text: 1 }, { scan: "yes" }, { link: {} }, { go: ["/"] }]) {
    assert.equal(understood(other), null);
  }
});
