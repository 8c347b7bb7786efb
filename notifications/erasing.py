"""What the outbox destroys of an erased person: what was not sent, and where and what the rest was."""

from __future__ import annotations

from uuid import UUID

from identity.erasure import Above, register
from notifications.models import Message


def register_above() -> None:
    """Called once when the package starts."""
    register(Above(destroy=_destroy))


def _destroy(person: UUID) -> None:
    mine = Message.objects.filter(recipient=person)
    mine.filter(state="waiting").delete()
    mine.update(address=b"", invitation=b"", language="sv")
