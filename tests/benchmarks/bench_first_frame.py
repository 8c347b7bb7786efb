"""From the press on "Släpp in" to the first remote picture, two Chromium in a meeting of the running trial.

Beside it two bare peers in one page, with the same capture size and the same ICE policy, from the first line of their
negotiation to the first picture. Goal: the median at most twice the bare one.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.crowd import Meeting, demo_meetings
from tests.benchmarks.trial import Trial, running

RUNS = 30
_PATIENCE_MS = 30_000
_CHROMIUM = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)

# Wall-clock milliseconds, comparable between two pages of one machine.
_NOTE_FIRST_FRAME = """() => {
  window.firstFrame = new Promise((resolve) => {
    const wait = (video) => video.requestVideoFrameCallback(() => resolve(performance.timeOrigin + performance.now()));
    const look = () => {
      const video = document.querySelector("[data-participant] video");
      if (!video) return false;
      wait(video);
      return true;
    };
    if (!look()) {
      const watch = new MutationObserver(() => look() && watch.disconnect());
      watch.observe(document.body, { childList: true, subtree: true });
    }
  });
}"""
_NOTE_PRESS = """() => {
  addEventListener("click", (event) => {
    if (event.target.closest("[data-admit]")) window.pressed = performance.timeOrigin + performance.now();
  }, true);
}"""
_BARE = """async () => {
  const size = { width: 640, height: 360 };
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: size });
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  const began = performance.now();
  const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
  from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
  to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate);
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now() - began)));
  to.ontrack = ({ track, streams }) => {
    if (track.kind === "video") { video.srcObject = streams[0]; video.play(); }
  };
  for (const track of media.getTracks()) { from.addTrack(track, media); to.addTrack(track, media); }
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription);
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription);
  const spent = await shown;
  from.close(); to.close();
  for (const track of media.getTracks()) track.stop();
  video.remove();
  return spent;
}"""


class _Blank(BaseHTTPRequestHandler):
    """An empty page on localhost: a secure context, without our headers."""

    def do_GET(self) -> None:
        """Answer with nothing but a body."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>bare</title><body></body>")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _blank_page() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()


def _meet(host: Page, guest: Page, trial: Trial, meeting: Meeting) -> tuple[float, float]:
    """Milliseconds from the press to the first remote picture, at the guest and at the host."""
    host.goto(f"{trial.origin}/moten/{meeting.id}/lett/")
    host.click("[data-enter]")
    host.wait_for_selector("main[data-phase=joining]", timeout=_PATIENCE_MS)
    guest.goto(f"{trial.origin}/moten/{meeting.id}/")
    guest.click("[data-enter]")
    host.wait_for_selector("[data-admit]", timeout=_PATIENCE_MS)
    guest.wait_for_function("() => [...document.querySelectorAll('video[data-own]')].some((one) => one.videoWidth)")
    host.evaluate(_NOTE_PRESS)
    host.evaluate(_NOTE_FIRST_FRAME)
    guest.evaluate(_NOTE_FIRST_FRAME)
    host.wait_for_timeout(300)
    host.click("[data-admit]")
    shown = [float(page.evaluate("() => window.firstFrame")) for page in (guest, host)]
    pressed = float(host.evaluate("() => window.pressed"))
    return shown[0] - pressed, shown[1] - pressed


def _person(browser: Browser, trial: Trial, name: str) -> Page:
    """One of the cast, signed in, in a context of their own."""
    page = browser.new_context(permissions=["camera", "microphone"]).new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(f"{trial.origin}/prova/in/{name}/")
    return page


def _bare(browser: Browser, runs: int) -> list[float]:
    with _blank_page() as address:
        page = browser.new_context(permissions=["camera", "microphone"]).new_page()
        page.goto(address)
        return [float(page.evaluate(_BARE)) for _ in range(runs + 1)][1:]


def main(runs: int = RUNS) -> None:
    """Print the medians and the ratio."""
    trial = running()
    made = demo_meetings(number=runs + 1, participants=2)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_CHROMIUM))
        bare = _bare(browser, runs)
        host, guest = _person(browser, trial, made[0].names[0]), _person(browser, trial, made[0].names[1])
        spent = [_meet(host, guest, trial, meeting) for meeting in made][1:]
        browser.close()
    ours = [statistics.median(values) for values in zip(*spent, strict=True)]
    floor = statistics.median(bare)
    p95 = sorted(guest for guest, _ in spent)[int(len(spent) * 0.95)]
    print(f"press to first remote picture: guest {ours[0]:.0f} ms (p95 {p95:.0f}), host {ours[1]:.0f} ms ({runs} runs)")
    print(f"two bare peers: {floor:.0f} ms; ratio {ours[0] / floor:.1f} guest, {ours[1] / floor:.1f} host (goal 2)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
