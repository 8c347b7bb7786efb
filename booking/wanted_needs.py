"""Needs as an answer on the way to a booking: text in the session, values for the use cases, minutes for the search."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from booking.languages import SIGN_LANGUAGE
from booking.models import NeedKind, Occupancy
from booking.services import Wanted, WantedNeed
from booking.services.needs import SPOKEN, options


def text_of(kinds: Iterable[str], language: str) -> str:
    """`interpreter:ar,pauses`: an interpreter with the language, a sign language interpreter with Sweden's."""
    known = {NeedKind.INTERPRETER: language, NeedKind.SIGN: SIGN_LANGUAGE}
    return ",".join(f"{kind}:{known[kind]}" if known.get(kind) else kind for kind in map(NeedKind, kinds))


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Kind and language of each need."""
    parts = (part.partition(":") for part in text.split(",") if part)
    return tuple((kind, language) for kind, _, language in parts)


def wanted(text: str) -> tuple[WantedNeed, ...]:
    """The needs as the use cases take them."""
    return tuple(WantedNeed(kind, language) for kind, language in pairs(text))


def spoken(text: str) -> str:
    """The part that decides how long the meeting is and who is in it; empty without an interpreter."""
    return ",".join(f"{kind}:{language}" for kind, language in pairs(text) if kind in SPOKEN)


def minutes(meeting_type: UUID, form: str, text: str) -> int | None:
    """How long the meeting is with these needs, in minutes; None: as long as without. In an open scope."""
    if not spoken(text):
        return None
    return options(Wanted(meeting_type, form, 0), wanted(text))[-1].duration


def ours_is_held(booking: UUID) -> bool:
    """Whether one of our own interpreters is claimed with a time. In an open scope."""
    return Occupancy.objects.filter(booking=booking, live=True, role="interpreter").exists()
