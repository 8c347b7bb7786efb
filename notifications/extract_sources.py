"""How the rows of the outbox stand in a person's extract (`identity.extract`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from identity import extract
from identity.extract import Source, Words
from identity.extract_sources import LANGUAGES

STATES: Mapping[str, Words] = {
    "waiting": _("Väntar"),
    "sent": _("Skickat"),
    "dropped": _("Skickas inte"),
    "failed": _("Gick inte att skicka"),
    "unknown": _("Osäkert om det kom fram"),
}
SOURCES: Mapping[str, Source] = {
    "notifications.Message": Source(
        title=_("Meddelanden till dig"),
        paths=("recipient",),
        words={
            "kind": _("Sort"),
            "sender": _("Hur"),
            "address": _("Till"),
            "invitation": _("Kalenderinbjudan"),
            "language": _("Språk"),
            "state": _("Läge"),
            "created_at": _("Skapat"),
            "send_at": _("Skickas"),
            "done_at": _("Klart"),
        },
        said={
            "kind": {
                "confirmed": _("Bekräftelse"),
                "moved": _("Ny tid"),
                "cancelled": _("Avbokning"),
            },
            "sender": {"email": _("E-post")},
            "language": LANGUAGES,
            "state": STATES,
        },
        in_file=frozenset({"invitation"}),
    ),
    "notifications.Delivery": Source(
        title=_("Försök att skicka"),
        paths=("message__recipient",),
        words={"at": _("När"), "outcome": _("Hur det gick"), "code": _("Mejlserverns svar")},
        said={"outcome": {**STATES, "retry": _("Gick inte att skicka. Vi försöker igen.")}},
    ),
}


def register() -> None:
    """Say it; called once when the package starts."""
    extract.register(SOURCES)
