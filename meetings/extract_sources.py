"""How the rows of the meetings' tables stand in a person's extract (`identity.extract`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from identity import extract
from identity.extract import Source

SOURCES: Mapping[str, Source] = {
    "meetings.Meeting": Source(
        title=_("Möten"),
        paths=("booking__resident",),
        words={
            "started_at": _("Började"),
            "ended_at": _("Slutade"),
            "interruptions": _("Avbrott"),
            "interrupted_at": _("Senaste avbrottet"),
            "code_compared": _("Kontrollkoden jämfördes"),
        },
    ),
    "meetings.Participant": Source(
        title=_("När du var med"),
        paths=("party__person",),
        words={
            "state": _("Läge"),
            "ident": _("Hur det kontrollerades vem du är"),
            "waiting_since": _("Kom till väntrummet"),
            "admitted_at": _("Blev insläppt"),
            "left_at": _("Lämnade"),
            "lost_at": _("Tappade anslutningen"),
            "denied_at": _("Nekades"),
            "denials": _("Gånger nekad"),
        },
        said={
            "ident": {
                "eid": _("e-legitimation"),
                "eid_foreign": _("utländsk e-legitimation"),
                "staff": _("legitimerad personal"),
                "vouched": _("legitimation visad för handläggaren"),
                "code": _("inträdeskod"),
            },
            "state": {
                "expected": _("Väntas"),
                "waiting": _("I väntrummet"),
                "admitted": _("Inne"),
                "aside": _("Enskilt"),
                "left": _("Har lämnat"),
                "lost": _("Tappade anslutningen"),
                "denied": _("Nekad"),
                "removed": _("Borttagen"),
            },
        },
    ),
}


def register() -> None:
    """Say it; called once when the package starts."""
    extract.register(SOURCES)
