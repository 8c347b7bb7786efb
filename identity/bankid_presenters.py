"""What the waiting page shows, and what its module is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.http import urlencode
from django.utils.translation import gettext

from identity.providers.bankid_orders import Outcome
from identity.providers.bankid_words import words

_MOBILE = re.compile(r"Android|iPhone|iPad|iPod|Mobile")

_RATHER_CALL = frozenset({"replaced", "risk", "declined_call"})


@dataclass(frozen=True)
class Waiting:
    """The text, and what stands below it. `link`: opens the app here; `scan`: a code is there to be scanned.

    `button`: leads to the ways to sign in, in words that do not contradict the text; "" where no other try makes sense.
    """

    text: str
    over: bool
    button: str
    other_device: bool
    scan: bool
    link: str
    next_path: str


def waiting(outcome: Outcome, *, phone: str, agent: str) -> Waiting:
    """How it goes, in words. `agent`: the browser's User-Agent, which tells telephones from computers."""
    over = outcome.state == "over"
    link = "" if over or outcome.other_device or outcome.begun else app_link(outcome.autostart, agent)
    scan = outcome.other_device and not outcome.begun and not over
    button = _button(outcome.code) if over else ""
    return Waiting(words(outcome.code, phone), over, button, outcome.other_device, scan, link, outcome.next_path)


def _button(code: str) -> str:
    if code in _RATHER_CALL:
        return ""
    return gettext("Välj ett annat sätt") if code == "certificate" else gettext("Försök igen")


def app_link(autostart: str, agent: str) -> str:
    """The address that opens the app on this device. The app comes back to the order's own return address."""
    start = "https://app.bankid.com/" if _MOBILE.search(agent) else "bankid:///"
    return f"{start}?{urlencode({'autostarttoken': autostart, 'redirect': 'null'})}" if autostart else ""


def answer(now: Waiting) -> dict[str, str | bool]:
    """The same for the page's module."""
    return {"text": now.text, "scan": now.scan, "link": now.link, "go": ""}
