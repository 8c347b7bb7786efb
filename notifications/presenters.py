"""A received mail as the trial's mailbox page shows it: parsed from its octets, by nobody who knows what was sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from booking import wording


@dataclass(frozen=True, slots=True)
class ShownInvitation:
    """The calendar part's facts. `same_twice`: the attachment holds the same octets."""

    method: str
    uid: str
    sequence: int
    start: str
    same_twice: bool


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One mail; `anchor` is its place on the page."""

    anchor: str
    subject: str
    sender: str
    to: str
    text: str
    invitation: ShownInvitation | None


def mail(octets: bytes) -> ShownMail:
    """Parse one mail."""
    parsed = message_from_bytes(octets, policy=policy.default)
    return ShownMail(
        anchor=hashlib.sha256(octets).hexdigest()[:12],
        subject=str(parsed["subject"] or ""),
        sender=str(parsed["from"] or ""),
        to=str(parsed["to"] or ""),
        text=_text(parsed),
        invitation=_invitation(parsed),
    )


def _text(parsed: EmailMessage) -> str:
    part = parsed.get_body(("plain",))
    try:
        return str(part.get_content()) if part else ""
    except LookupError:  # an encoding that nobody knows
        return ""


def _invitation(parsed: EmailMessage) -> ShownInvitation | None:
    """The facts of the calendar part; None without one, or when it cannot be read."""
    inline = _octets(parsed, "text/calendar")
    if inline is None:
        return None
    try:
        calendar: Any = Calendar.from_ical(inline)
        event = calendar.walk("VEVENT")[0]
        method, uid, sequence, start = calendar["METHOD"], event["UID"], event["SEQUENCE"], event["DTSTART"].dt
    except (ValueError, LookupError):
        return None
    same_twice = inline == _octets(parsed, "application/ics")
    return ShownInvitation(str(method), str(uid), int(sequence), wording.day_and_time(start), same_twice)


def _octets(parsed: EmailMessage, kind: str) -> bytes | None:
    for part in parsed.walk():
        if part.get_content_type() == kind:
            octets: Any = part.get_payload(decode=True)
            return bytes(octets)
    return None
