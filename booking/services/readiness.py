"""Whether a booking still waits for something: confirmed <-> ready (process.md section 2, B6-B8).

A booking is ready when every interpreter and aid that must be ordered is confirmed, everybody who comes along has both
answers, and the information is read or read aloud. What an officer has overridden stays ready until something more is
lost.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from booking import access, idempotency, transitions
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.guidance import texts
from booking.models import Booking, Need, NeedState, Party, PartyRole, Said, StepShown
from booking.services import claims
from booking.states import Event, Guard, Role, State
from booking.timeline import floor_tick
from identity import actors, scope
from identity.actors import Actor

_AT_ONCE = 500


def _unanswered(**which: object) -> QuerySet[Party]:
    rows: QuerySet[Party] = Party.objects.filter(role=PartyRole.COMPANION, **which)
    return rows.exclude(Q(resident_said=Said.NO) | Q(officer_said=Said.NO)).exclude(
        resident_said=Said.YES, officer_said=Said.YES
    )


def _open_needs(**which: object) -> QuerySet[Need]:
    rows: QuerySet[Need] = Need.objects.filter(**which)
    return rows.exclude(state=NeedState.CONFIRMED)


def _read(**which: object) -> QuerySet[StepShown]:
    rows: QuerySet[StepShown] = StepShown.objects.filter(marked_at__isnull=False, **which)
    return rows


def missing(booking: Booking) -> frozenset[Guard]:
    """What a booking still waits for, of the guards of `make_ready`. Needs an open scope."""
    facts = {
        Guard.NEEDS_CONFIRMED: not _open_needs(booking=booking).exists(),
        Guard.PARTIES_APPROVED: not _unanswered(booking=booking).exists(),
        Guard.INFORMATION_READ: _read(booking=booking).exists(),
    }
    return frozenset(guard for guard, holds in facts.items() if not holds)


def settle(booking: Booking, *, now: datetime) -> bool:
    """Make a confirmed booking ready if it waits for nothing more; whether it was. Under its calendars' locks."""
    if booking.state != State.CONFIRMED:
        return False
    lacks = missing(booking)
    if lacks:
        return False
    known = {guard: guard not in lacks for guard in (Guard.NEEDS_CONFIRMED, Guard.PARTIES_APPROVED)}
    step = transitions.check(booking.state, Event.MAKE_READY, Role.SYSTEM, {**known, Guard.INFORMATION_READ: True})
    transitions.take(booking, step, actor=actors.system(scope.current()), now=now)
    return True


def reopen(booking: Booking, *, now: datetime) -> bool:
    """Something is lost: a ready booking waits again; whether it did. Under its calendars' locks."""
    if booking.state != State.READY:
        return False
    step = transitions.check(booking.state, Event.REOPEN, Role.SYSTEM, {Guard.READINESS_LOST: True})
    transitions.take(booking, step, actor=actors.system(scope.current()), now=now)
    return True


def settle_due(*, municipality: int, now: datetime) -> int:
    """Make ready every coming booking that waits for nothing more, each in a transaction of its own; how many."""
    with scope.transaction(municipality):
        coming = Booking.objects.filter(state=State.CONFIRMED, to_tick__gt=floor_tick(now))
        done = coming.filter(
            Exists(_read(booking=OuterRef("id"))),
            ~Exists(_open_needs(booking=OuterRef("id"))),
            ~Exists(_unanswered(booking=OuterRef("id"))),
        )
        found = list(done.order_by("from_tick").values_list("id", flat=True)[:_AT_ONCE])
    return sum(_settle_one(municipality, booking, now) for booking in found)


@tried_twice
def _settle_one(municipality: int, booking: UUID, now: datetime) -> bool:
    with deciding(municipality):
        found = access.fetch(actors.system(municipality), "booking.override_ready", booking)
        lock_calendars(claims.calendars_of(found))
        access.reread(found)
        return settle(found, now=now)


@tried_twice
def override_ready(*, actor: Actor, booking: UUID, reason: str, key: str = "") -> Booking:
    """The officer says that the meeting can be held as it is; `reason`: a code. Raises `WrongState`, `NotAllowed`."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        found, facts = access.fetch_with(actor, "booking.override_ready", booking)
        asked = {"use": "override_ready", "booking": booking, "reason": reason}
        if key and idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return found
        lock_calendars(claims.calendars_of(found))
        access.reread(found)
        known = {Guard.REASON_GIVEN: bool(reason)}
        step = transitions.check(found.state, Event.MAKE_READY, access.role_in(actor, found, facts), known)
        transitions.take(found, step, actor=actor, now=now, reason=reason)
        return found


@tried_twice
def read_aloud(*, actor: Actor, booking: UUID) -> Booking:
    """The officer has read out what applies, on the telephone: written down with the text's version (B8)."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        found = access.fetch(actor, "booking.override_ready", booking)
        lock_calendars(claims.calendars_of(found))
        access.reread(found)
        note_read_aloud(found, now)
        settle(found, now=now)
        return found


def note_read_aloud(booking: Booking, now: datetime) -> None:
    """Write down that the officer read the type's text out to the resident."""
    key = booking.meeting_type.legal_profile.information_key
    text = texts.text_for(key, booking.language, meeting_type=booking.meeting_type)
    shown = texts.record_shown(booking=booking, text=text, role=PartyRole.OFFICER)
    texts.mark_read(booking=booking, shown=shown.id, now=now)
