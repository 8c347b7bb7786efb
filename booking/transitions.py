"""Taking one step of the table in `states.py`: check it, write history and log, send the news.

Called inside an open scope, last in a use case, when every other row is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from booking import signals
from booking.calendars import events
from booking.errors import BookingError, HoldExpired, LimitReached, NotOffered, SlotTaken, TooLate, TooSoon, WrongState
from booking.models import Booking, BookingChange
from booking.states import Event, Guard, Role, State, Transition, allowed, unmet
from booking.states import Signal as News
from identity import access_log
from identity.actors import Actor

_NEWS = {
    News.BOOKING_CONFIRMED: signals.booking_confirmed,
    News.BOOKING_MOVED: signals.booking_moved,
    News.BOOKING_CANCELLED: signals.booking_cancelled,
}
_REFUSALS: Mapping[Guard, type[BookingError]] = {
    Guard.HOLD_ALIVE: HoldExpired,
    Guard.SLOT_FREE: SlotTaken,
    Guard.WITHIN_MOVE_LIMIT: TooLate,
    Guard.BEFORE_START: TooLate,
    Guard.FORM_ALLOWED: NotOffered,
    Guard.LOBBY_OPEN: TooSoon,
    Guard.TEN_MINUTES_AFTER_START: TooSoon,
}
_LIMITS = {
    Guard.EXTENSIONS_LEFT: "extension",
    Guard.HOLDS_BELOW_LIMIT: "hold",
    Guard.PARTIES_WITHIN_LIMIT: "party",
}


def check(state: str | None, event: Event, role: Role, facts: Mapping[Guard, bool]) -> Transition:
    """The step, if the table has it and its guards hold. Raises the `BookingError` of the first that does not."""
    step = allowed(State(state) if state else None, event, role)
    for guard in unmet(step, facts):
        if guard in _LIMITS:
            raise LimitReached(limit=_LIMITS[guard])
        raise _REFUSALS.get(guard, WrongState)(f"{event}: {guard}")
    return step


def take(
    booking: Booking,
    step: Transition,
    *,
    actor: Actor,
    now: datetime,
    previous: signals.PreviousTime | None = None,
    reason: str = "",
    fields: Sequence[str] = (),
    stamp: bool = False,
    unit: UUID | None = None,
) -> None:
    """Set the state, append history and access entry, and tell the floors above. `step` comes from `check`.

    `reason`: a code, kept in the entry. `fields`: what the use case has set on the booking, stored with the state in
    one statement; `stamp`: its calendar entry is made anew and stored too. `unit`: whose
    calendar it stands on, if that is known.
    """
    before = booking.state if step.source is not None else ""
    if step.target is not None:
        booking.state = step.target.value
        booking.changed_at = now
    if step.source is not None and step.target is not None:  # a new row was written with its state
        if stamp:
            booking.vevent = events.entry_of(booking)
        booking.save(update_fields=["state", "changed_at", *fields, *(["vevent"] if stamp else [])])
    if step.event not in (Event.HOLD, Event.EXTEND, Event.RELEASE):
        BookingChange.objects.create(
            booking=booking,
            at=now,
            by_id=actor.person_id,
            event=step.event.value,
            state_before=before,
            state_after=booking.state,
            from_tick_before=previous.from_tick if previous else None,
            from_tick_after=booking.from_tick,
        )
    action, unit = f"booking.{step.event.value}", unit or booking.calendar.unit_id
    access_log.record(actor=actor, action=action, kind="booking", objects=[booking.id], reason=reason, unit=unit)
    if step.signal is not None:
        _NEWS[step.signal].send(sender=Booking, booking=booking, actor=actor, previous=previous)
    if stamp:
        events.note_change({booking.calendar_id, previous.calendar_id if previous else booking.calendar_id}, now)
