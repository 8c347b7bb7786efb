"""Move and cancel a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from booking import access, idempotency, pool, search, transitions
from booking.calendars import events
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import SlotTaken, Stale
from booking.models import Booking
from booking.search import Query
from booking.services import claims
from booking.services.hold import local_text
from booking.signals import PreviousTime
from booking.slots import Slot
from booking.states import Event, Guard, Role, State
from booking.timeline import Tick
from identity import scope
from identity.actors import Actor

_CANCELLED = frozenset({State.CANCELLED_BY_RESIDENT, State.CANCELLED_BY_OFFICER})
_OF_US = frozenset({Role.OFFICER, Role.UNIT_MANAGER})


@tried_twice
def move(*, actor: Actor, booking: UUID, start: Tick, sequence: int, key: str, agreed: bool = False) -> Booking:
    """Move a booking to another start on the same calendar, claiming the new time before the old is let go.

    `sequence`: the booking's as the caller saw it; `agreed`: the resident said yes to an officer. Raises `SlotTaken`
    with the three nearest, `Stale`, `TooLate`, and `WrongState` for an officer without the resident's yes.
    """
    now = timezone.now()
    try:
        return _move(actor, booking, _To(start, sequence, agreed), key, now)
    except SlotTaken:
        raise SlotTaken(alternatives=nearest_for(actor, booking, start, now)) from None


@dataclass(frozen=True)
class _To:
    """Where to, as the caller saw it."""

    start: Tick
    sequence: int
    agreed: bool


def _move(actor: Actor, booking: UUID, to: _To, key: str, now: datetime) -> Booking:
    with deciding(actor.municipality_id):
        moved = access.fetch(actor, "booking.move", booking)
        asked = {"use": "move", "booking": booking, "start": to.start, "sequence": to.sequence}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return moved
        lock_calendars([moved.calendar_id])
        access.reread(moved)
        if moved.sequence != to.sequence:
            raise Stale
        claims.let_expired_go([moved.calendar_id])
        chosen = pool.load(moved.meeting_type_id, moved.form, moved.calendar.uuid)
        role = access.role_in(actor, moved)
        step = transitions.check(moved.state, Event.MOVE, role, _move_facts(moved, chosen, to, now))
        previous = _claim_new_time(moved, chosen, to.start)
        transitions.take(moved, step, actor=actor, now=now, previous=previous)
        events.stamp(moved)
        return moved


def _move_facts(moved: Booking, chosen: pool.Pool, to: _To, now: datetime) -> dict[Guard, bool]:
    free = search.free_calendars(chosen, to.start, now=now, but=moved.id)
    limit = timedelta(minutes=moved.meeting_type.move_limit_minutes)
    return {
        Guard.SLOT_FREE: moved.calendar_id in free and to.start != moved.from_tick,
        Guard.FORM_ALLOWED: moved.form in moved.meeting_type.forms,
        Guard.WITHIN_MOVE_LIMIT: now <= moved.starts_at - limit,
        Guard.RESIDENT_AGREED: to.agreed,
    }


def _claim_new_time(moved: Booking, chosen: pool.Pool, start: Tick) -> PreviousTime:
    previous = PreviousTime(moved.from_tick, moved.to_tick, moved.calendar_id)
    moved.from_tick, moved.to_tick = start, start + chosen.demand.duration
    moved.local_start = local_text(start, chosen)
    moved.sequence += 1
    claims.replace(moved, chosen.demand)
    moved.save(update_fields=["from_tick", "to_tick", "local_start", "sequence"])
    return previous


def nearest_for(actor: Actor, booking: UUID, wanted: Tick, now: datetime) -> tuple[Slot, ...]:
    """The three nearest free starts on the booking's own calendar."""
    with scope.transaction(actor.municipality_id):
        seen = access.fetch(actor, "booking.move", booking)
        query = Query(seen.meeting_type_id, seen.form, calendar=seen.calendar.uuid)
        return search.nearest_free(query, wanted, now=now)


@tried_twice
def cancel(*, actor: Actor, booking: UUID, key: str, reason: str = "") -> Booking:
    """Cancel a booking; the time is free at once. Cancelling twice answers the same as once.

    The resident gives no reason; an officer does (`reason`, a code). Raises `TooLate` after the start, `WrongState`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        booked = access.fetch(actor, "booking.cancel", booking)
        asked = {"use": "cancel", "booking": booking}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return booked
        lock_calendars([booked.calendar_id])
        access.reread(booked)
        if State(booked.state) in _CANCELLED:
            return booked
        role = access.role_in(actor, booked)
        event = Event.CANCEL_BY_OFFICER if role in _OF_US else Event.CANCEL_BY_RESIDENT
        facts = {Guard.BEFORE_START: now < booked.starts_at, Guard.REASON_GIVEN: bool(reason)}
        step = transitions.check(booked.state, event, role, facts)
        claims.let_go(booked)
        booked.sequence += 1
        booked.save(update_fields=["sequence"])
        previous = PreviousTime(booked.from_tick, booked.to_tick, booked.calendar_id)
        transitions.take(booked, step, actor=actor, now=now, previous=previous, reason=reason)
        events.stamp(booked)
        return booked
