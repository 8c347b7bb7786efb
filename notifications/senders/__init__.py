"""How messages leave: one protocol, one module for each way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to leave. The same row always gives the same `id`, `made_at` and `invitation`.

    `sender` is the name and address that it comes from; `host` names the sending system in the Message-ID.
    """

    id: UUID
    to: str
    sender: tuple[str, str]
    host: str
    made_at: datetime
    subject: str
    text: str
    html: str
    language: str = "sv"
    method: str = ""
    invitation: bytes = b""


class SendFailed(Exception):
    """An attempt failed. `code` is short and stable, and never text from outside.

    `permanent`: trying again is pointless. `recipient`: it is about this address; others may still be reached.
    """

    def __init__(self, code: str, *, permanent: bool = False, recipient: bool = False) -> None:
        """See the class."""
        super().__init__(code)
        self.code, self.permanent, self.recipient = code, permanent, recipient


class Sender(Protocol):
    """Sends one message, or raises `SendFailed`. Returns when the next system has accepted it."""

    def send(self, outgoing: Outgoing) -> None:
        """Hand it over."""
