"""The words of openings: why somebody opened, and what became of a request."""

from __future__ import annotations

from django.utils.translation import gettext

from identity.openings import REASONS


def reasons() -> tuple[tuple[str, str], ...]:
    """Every reason that can be chosen: code and words, in the order of the page."""
    return tuple((code, reason_words(code)) for code in REASONS)


def reason_words(code: str) -> str:
    """The words of one reason; a code that is no longer in the list is shown as it stands."""
    words = {
        "prepare": gettext("Förbereda ett möte"),
        "meeting": gettext("Hålla ett möte"),
        "call": gettext("Personen har ringt eller hört av sig"),
        "change": gettext("Flytta eller avboka en tid"),
        "mandate": gettext("Kontrollera en företrädare"),
        "acute": gettext("Det är bråttom, någon kan fara illa"),
        "review": gettext("Utreda vem som har öppnat"),
        "technical": gettext("Rätta ett tekniskt fel"),
    }
    return words.get(code, code)
