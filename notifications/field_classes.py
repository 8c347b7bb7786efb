"""What the fields of the outbox hold (`identity.data_classes`)."""

from __future__ import annotations

from collections.abc import Mapping

from identity import data_classes
from identity.data_classes import DataClass, table

_MESSAGE, _CONTACT, _TECHNICAL = DataClass.MESSAGE, DataClass.CONTACT, DataClass.TECHNICAL

FIELDS: Mapping[str, Mapping[str, DataClass]] = {
    "notifications.Message": table(
        _MESSAGE, "kind", "sender", "language", "state", "send_at", "created_at", "done_at",
        address=_CONTACT, invitation=_CONTACT, booking=_TECHNICAL, recipient=_TECHNICAL, sequence=_TECHNICAL,
        method=_TECHNICAL, leased_until=_TECHNICAL, attempts=_TECHNICAL,
    ),
    "notifications.Delivery": table(_MESSAGE, "at", "outcome", "code", message=_TECHNICAL),
}  # fmt: skip


def register() -> None:
    """Say it; called once when the package starts."""
    data_classes.register(FIELDS)
