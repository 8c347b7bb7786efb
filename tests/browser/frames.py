"""Whether a person in a meeting sees the others: asked of the browser's own decoder."""

from __future__ import annotations

import json
import time
from typing import Any, Protocol

from tests.trial import manage

PATIENCE = 45
# Before any script of the page: its connections, which the modules keep to themselves.
REMEMBER_CONNECTIONS = """() => {
  window.connections = [];
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...given) {
      super(...given);
      window.connections.push(this);
    }
  };
}"""
_DECODED = """async () => {
  let frames = 0;
  for (const connection of window.connections) {
    for (const [, about] of await connection.getStats()) {
      if (about.type === "inbound-rtp" && about.kind === "video") frames += about.framesDecoded ?? 0;
    }
  }
  return frames;
}"""
_SHOWN = """() => [...document.querySelectorAll("[data-participant] video")].map((video) => video.videoWidth)"""
_PHASE = """() => document.querySelector("[data-meeting]")?.dataset.phase"""


class Person(Protocol):
    """Somebody at a browser, whichever it is."""

    def open(self, address: str) -> None:
        """Go to a whole address."""

    def press(self, selector: str) -> None:
        """Press what the selector names, once it is shown."""

    def tell(self, code: str) -> Any:  # noqa: ANN401 - whatever the page says
        """What a function without arguments returns in the page."""


def demo_meeting(env: dict[str, str], participants: int = 2) -> dict[str, Any]:
    """Links of the host and the guests of a meeting that starts now, made by a command with this environment."""
    made = manage(env, "demo_meeting", "--participants", str(participants), "--json")
    assert made.returncode == 0, made.stderr
    links: dict[str, Any] = json.loads(made.stdout)
    return links


def goes_in(person: Person, link: str) -> None:
    """Open the link and press the button that asks for camera and microphone."""
    person.open(link)
    person.press("[data-enter]")


def is_in(person: Person, phase: str) -> None:
    """Wait until the page shows this phase."""
    seen = None
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        seen = person.tell(_PHASE)
        if seen == phase:
            return
        time.sleep(0.1)
    raise AssertionError(f"the page is still in phase {seen}, not {phase}")


def sees(person: Person, people: int = 1) -> None:
    """Every other person's picture is shown, and frames keep being decoded."""
    is_in(person, "connected")
    first = person.tell(_DECODED)
    until = time.monotonic() + PATIENCE
    decoded, shown = first, []
    while time.monotonic() < until:
        decoded, shown = person.tell(_DECODED), person.tell(_SHOWN)
        if decoded >= first + 20 and len(shown) == people and all(shown):
            return
        time.sleep(0.2)
    raise AssertionError(f"frames {first} -> {decoded}, pictures' widths {shown}")


def meet(host: Person, guest: Person, links: dict[str, Any]) -> None:
    """Host and first guest go in, the host admits, and each sees the other."""
    goes_in(host, links["host"])
    is_in(host, "joining")
    goes_in(guest, links["guests"][0])
    host.press("[data-admit]")
    sees(guest)
    sees(host)


def end_for_all(host: Person, guest: Person) -> None:
    """The host ends the meeting; both see it."""
    host.press("[data-end-for-all]")
    host.press("[data-confirm]")
    is_in(host, "ended")
    is_in(guest, "ended")
