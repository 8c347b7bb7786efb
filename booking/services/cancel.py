"""Cancel a booking; the time is free at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from booking import access, idempotency, transitions
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.models import Booking, TaskKind
from booking.services import claims, needs, tasks_of
from booking.signals import PreviousTime
from booking.states import Event, Guard, Role, State
from identity.actors import Actor

_CANCELLED = frozenset({State.CANCELLED_BY_RESIDENT, State.CANCELLED_BY_OFFICER})
_OF_US = frozenset({Role.OFFICER, Role.UNIT_MANAGER})
_NEAR = timedelta(hours=24)


@tried_twice
def cancel(*, actor: Actor, booking: UUID, key: str, reason: str = "", by_resident: bool = False) -> Booking:
    """Cancel a booking. Cancelling twice answers the same as once.

    The resident gives no reason; an officer does (`reason`, a code), unless the resident rang and asked for it
    (`by_resident`). Within 24 hours of the start an officer's cancelling leaves a task to ring. Raises `TooLate` after
    the start, `WrongState`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        booked, around = access.fetch_with(actor, "booking.cancel", booking)
        asked: dict[str, object] = {"use": "cancel", "booking": booking}
        asked |= {"by_resident": True} if by_resident else {}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return booked
        lock_calendars(claims.calendars_of(booked))
        access.reread(booked)
        if State(booked.state) in _CANCELLED:
            return booked
        role = access.role_in(actor, booked, around, as_staff=bool(reason) or by_resident)
        return cancel_one(actor, booked, role, now, reason=reason, by_resident=by_resident)


def cancel_one(
    actor: Actor, booked: Booking, role: Role, now: datetime, *, reason: str = "", by_resident: bool = False
) -> Booking:
    """Cancel in the open transaction, under the locks of the booking's calendars."""
    by_us = role in _OF_US and not by_resident
    event = Event.CANCEL_BY_OFFICER if by_us else Event.CANCEL_BY_RESIDENT
    facts = {
        Guard.BEFORE_START: now < booked.starts_at,
        Guard.REASON_GIVEN: bool(reason),
        Guard.RESIDENT_CALLED: by_resident,
    }
    step = transitions.check(booked.state, event, role, facts)
    claims.let_go(booked)
    booked.sequence += 1
    previous = PreviousTime(booked.from_tick, booked.to_tick, booked.calendar_id)
    _tasks(actor, booked, now, ring=by_us and booked.starts_at - now < _NEAR)
    transitions.take(
        booked, step, actor=actor, now=now, previous=previous, reason=reason, fields=("sequence",), stamp=True
    )
    return booked


def _tasks(actor: Actor, booked: Booking, now: datetime, *, ring: bool) -> None:
    """What was to be done is done with; an order outside must be cancelled there, and who is near is rung."""
    tasks_of.close_all(booked, now, actor.person_id)
    if needs.withdraw_all(booked, now):
        tasks_of.ask(TaskKind.ORDER_INTERPRETER, booked, now, now, to_officer=False)
    if ring:
        tasks_of.ask(TaskKind.CALL, booked, now, now)
