"""What the fields of the meetings' tables hold (`identity.data_classes`)."""

from __future__ import annotations

from collections.abc import Mapping

from identity import data_classes
from identity.data_classes import DataClass, table

_BOOKING, _CREDENTIAL, _TECHNICAL = DataClass.BOOKING, DataClass.CREDENTIAL, DataClass.TECHNICAL

FIELDS: Mapping[str, Mapping[str, DataClass]] = {
    "meetings.Meeting": table(
        _TECHNICAL, "booking", "version", "epoch", "last_join", "locked", "paused_why", "paused_by", "topology",
        "ice_policy", "host",
        started_at=_BOOKING, ended_at=_BOOKING, interruptions=_BOOKING, interrupted_at=_BOOKING, code_compared=_BOOKING,
    ),
    "meetings.Participant": table(
        _BOOKING, "state", "ident", "waiting_since", "admitted_at", "left_at", "denied_at", "denials", "lost_at",
        **dict.fromkeys(
            ("meeting", "party", "gen", "join", "ready", "test", "phrase", "aside", "other_device", "seen_at"),
            _TECHNICAL,
        ),
        **dict.fromkeys(
            ("ticket_hash", "ticket_session", "ticket_takeover", "ticket_expires_at", "socket_session",
             "admitted_session", "resume_hash"),
            _CREDENTIAL,
        ),
    ),
}  # fmt: skip


def register() -> None:
    """Say it; called once when the package starts."""
    data_classes.register(FIELDS)
