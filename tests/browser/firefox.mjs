// Drives Firefox over WebDriver BiDi for tests/browser/firefox.py: one JSON order a line in, one JSON answer a line out.
import { createInterface } from "node:readline";
import puppeteer from "../../frontend/node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js";

const [executablePath, prepared] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  extraPrefsFirefox: {
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true,
    "media.peerconnection.ice.loopback": true,
    "media.autoplay.default": 0,
    "intl.accept_languages": "sv-SE, sv",
  },
});
const page = await browser.newPage();
page.setDefaultTimeout(30_000);
await page.evaluateOnNewDocument(`(${prepared})()`);

const orders = {
  open: ({ address }) => page.goto(address).then(() => null),
  press: ({ selector }) => page.waitForSelector(selector, { visible: true }).then((found) => found.click()),
  tell: ({ code }) => page.evaluate(`(${code})()`),
};

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
answer({ value: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    answer({ value: (await orders[order.do](order)) ?? null });
  } catch (error) {
    answer({ error: String(error) });
  }
}
await browser.close();
