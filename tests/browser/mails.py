"""Mails as a mail server received them: octets, parsed as a mail program would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from icalendar import Calendar

_PATIENCE = 60


@dataclass(frozen=True)
class Invitation:
    """What one mail says to a calendar program, and the words around it."""

    to: str
    subject: str
    text: str
    html: str
    method: str
    uid: str
    sequence: int
    start: str

    @classmethod
    def of(cls, octets: bytes) -> Invitation:
        """Parse one mail, and hold that its parts stand as calendar programs need them."""
        mail = message_from_bytes(octets, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        assert mail.get_content_type() == "multipart/mixed"
        words, attached = mail.iter_parts()
        plain, html, inline = words.iter_parts()
        kinds = [part.get_content_type() for part in (words, plain, html, inline, attached)]
        assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"]
        entry = inline.get_payload(decode=True)
        assert entry == attached.get_payload(decode=True), "both copies of the invitation are the same octets"
        assert isinstance(entry, bytes)
        calendar = Calendar.from_ical(entry)
        assert str(calendar["METHOD"]) == inline.get_param("method")
        (event,) = calendar.events
        return cls(
            to=str(mail["To"]),
            subject=str(mail["Subject"]),
            text=plain.get_content(),
            html=html.get_content(),
            method=str(calendar["METHOD"]),
            uid=str(event["UID"]),
            sequence=int(str(event["SEQUENCE"])),
            start=event.start.isoformat(),
        )


def to(address: str, mails: Callable[[], Iterable[bytes]], number: int) -> list[Invitation]:
    """The first `number` mails to this address, oldest first, once they have come."""
    until = time.monotonic() + _PATIENCE
    found: list[bytes] = []
    while time.monotonic() < until:
        found = [
            octets for octets in mails() if address.encode() in octets.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
        ]
        if len(found) >= number:
            return [Invitation.of(octets) for octets in found]
        time.sleep(0.2)
    raise AssertionError(f"{len(found)} of {number} mails came")
