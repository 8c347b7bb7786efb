"""A real SMTP server for the tests: aiosmtpd, with switches for misbehaviour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings
from icalendar import Calendar

from notifications.mailbox import Listening


@dataclass
class Post:
    """What arrived, and how the server answers: `refuse` is its answer to RCPT, `fail` to DATA."""

    octets: list[bytes] = field(default_factory=list)
    refuse: str = ""
    fail: str = ""

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, parsed."""
        return [message_from_bytes(octets, policy=policy.default) for octets in self.octets]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept or refuse one recipient."""
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the octets, or fail."""
        if self.fail:
            return self.fail
        self.octets.append(envelope.original_content or b"")
        return "250 OK"


@contextmanager
def office() -> Iterator[Post]:
    """A post office on a free port, named in the settings while it is open."""
    post = Post()
    server = Listening(post)
    server.start()
    try:
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port, EMAIL_USE_TLS=False):
            yield post
    finally:
        server.stop()


def part(mail: EmailMessage, kind: str) -> bytes:
    """The decoded octets of the first part of a type; none if there is no such part."""
    for candidate in mail.walk():
        if candidate.get_content_type() == kind:
            payload: Any = candidate.get_payload(decode=True)
            return bytes(payload)
    return b""


def text_of(mail: EmailMessage) -> str:
    """The plain text."""
    return part(mail, "text/plain").decode()


def event_of(mail: EmailMessage) -> Any:  # noqa: ANN401 - icalendar's untyped values
    """The one VEVENT of the calendar part."""
    return calendar_of(mail).walk("VEVENT")[0]


def calendar_of(mail: EmailMessage) -> Any:  # noqa: ANN401 - icalendar's untyped values
    """The calendar part, parsed."""
    return Calendar.from_ical(part(mail, "text/calendar"))
