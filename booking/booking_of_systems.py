"""Another system books: what it says beside the time, and the information that it showed the resident."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from booking import access, idempotency
from booking.errors import Stale
from booking.guidance import texts
from booking.models import Booking, MeetingType, StepText
from booking.services import Contact, Wanted, WantedNeed, book, book_directly
from identity import access_log, scope
from identity.actors import Actor
from identity.errors import NotAllowed


@dataclass(frozen=True)
class Filled:
    """What is filled in: how the resident is told, needs, who comes along by name, and the version of the information
    that they were shown; None: none was, and the booking waits with being ready until it is read."""

    contact: Contact
    needs: tuple[WantedNeed, ...] = ()
    companions: tuple[str, ...] = ()
    version: int | None = None


def book_now(*, actor: Actor, wanted: Wanted, filled: Filled, key: str) -> Booking:
    """Book a free time. Raises what `book_directly` does, and `Stale` when another version of the text is in force."""
    if filled.version is not None:
        with scope.transaction(actor.municipality_id):
            if not _done_before(actor, key):
                _in_force(MeetingType.objects.filter(id=wanted.meeting_type).first(), filled.version)
    return book_directly(
        actor=actor,
        wanted=wanted,
        contact=filled.contact,
        key=key,
        read_aloud=filled.version is not None,
        needs=filled.needs,
        companions=filled.companions,
    )


def book_held(*, actor: Actor, hold: UUID, filled: Filled, key: str) -> Booking:
    """Book what is held. Raises what `book` does, and `Stale` when another version of the text is in force."""
    shown = _noted(actor, hold, filled.version, key) if filled.version is not None else None
    return book(
        actor=actor,
        booking=hold,
        contact=filled.contact,
        shown=shown,
        key=key,
        needs=filled.needs,
        companions=filled.companions,
    )


def _noted(actor: Actor, hold: UUID, version: int, key: str) -> UUID | None:
    """Write down which text the resident was shown; the id of the row."""
    try:
        with scope.transaction(actor.municipality_id):
            held = access.fetch(actor, "booking.answer", hold)
            if _done_before(actor, key):
                return None
            text = _in_force(held.meeting_type, version)
            shown = texts.record_shown(booking=held, text=text, role="resident")
            texts.mark_read(booking=held, shown=shown.id, now=timezone.now())
            return shown.id
    except NotAllowed as error:
        access_log.record_refusal(error)
        raise


def _done_before(actor: Actor, key: str) -> bool:
    """Whether the key has its answer: which text is in force now does not matter any more. Raises `KeyReused`."""
    return idempotency.earlier(actor=actor, key=key, asked={}) is not None


def _in_force(meeting_type: MeetingType | None, version: int) -> StepText:
    if meeting_type is None:
        raise NotAllowed("booking.book_for")
    text = texts.text_for(meeting_type.legal_profile.information_key, "sv", meeting_type=meeting_type)
    if text.version != version:
        raise Stale("another version of the information is in force")
    return text
