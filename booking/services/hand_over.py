"""Hand a booking over to a colleague: illness, or a conflict of interest. No reason is asked for or shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from booking import access, idempotency, search, signals
from booking.calendars import events
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import SlotTaken, Stale, WrongState
from booking.models import Booking, BookingChange, PartyRole, Task
from booking.search import Filling
from booking.services import claims, parties, readiness
from booking.services.filling import all_of, offered, same
from booking.services.move import To, change_officer, standing_of, wanted_of
from booking.signals import PreviousTime
from booking.states import Role, State
from identity import access_log
from identity.actors import Actor

EVENT = "hand_over"
_UPCOMING = (State.CONFIRMED, State.READY)


@tried_twice
def hand_over(*, actor: Actor, booking: UUID, calendar: UUID, sequence: int, key: str) -> Booking:
    """Give a booking to a colleague who offers its type and is free then; its time, link and calendar entry stay.

    The former officer's access ends with the commit, and their tasks about it are closed; it must be ready anew.
    Raises `SlotTaken` when the colleague is not free, `NotOffered` when they do not offer it, `Stale`, `WrongState`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        handed = access.fetch(actor, "booking.hand_over", booking)
        asked = {"use": EVENT, "booking": booking, "calendar": calendar, "sequence": sequence}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return handed
        chosen = _way(handed, calendar, now)
        lock_calendars(claims.calendars_of(handed) | (all_of(chosen) if chosen else set()))
        access.reread(handed)
        if handed.sequence != sequence:
            raise Stale
        if handed.state not in _UPCOMING:
            raise WrongState(f"{EVENT} in {handed.state}")
        claims.let_expired_go(all_of(chosen) if chosen else ())
        found = _way(handed, calendar, now, chosen)
        if found is None or found.officer == handed.calendar_id:
            raise SlotTaken
        return _give(actor, handed, found, now)


def _way(handed: Booking, calendar: UUID, now: datetime, before: Filling | None = None) -> Filling | None:
    """The colleague with the same others, else with others of the kind; `before`: only among what is locked."""
    whose = standing_of(handed, Role.OFFICER)
    to = To(handed.from_tick, handed.sequence, calendar=calendar)
    for wanted in wanted_of(handed, to):
        found = search.fillings(offered(wanted, whose), handed.from_tick, now=now, but=handed.id, lead=False)
        filling = same(found, before) if before else next(iter(found), None)
        if filling is not None:
            return filling
    return None


def _give(actor: Actor, handed: Booking, found: Filling, now: datetime) -> Booking:
    previous = PreviousTime(handed.from_tick, handed.to_tick, handed.calendar_id)
    former, unit = handed.calendar.person_id, handed.calendar.unit_id
    claims.replace(handed, found.claims)
    change_officer(handed, found.officer)
    handed.sequence += 1
    handed.changed_at = now
    handed.save(update_fields=["calendar", "sequence", "changed_at"])
    _tasks(handed, former, now)
    readiness.reopen(handed, now=now)
    BookingChange.objects.create(
        booking=handed,
        at=now,
        by_id=actor.person_id,
        event=EVENT,
        state_before=handed.state,
        state_after=handed.state,
        from_tick_before=handed.from_tick,
        from_tick_after=handed.from_tick,
    )
    access_log.record(actor=actor, action=f"booking.{EVENT}", kind="booking", objects=[handed.id], unit=unit)
    signals.booking_moved.send(sender=Booking, booking=handed, actor=actor, previous=previous)
    events.stamp(handed, left=previous.calendar_id)
    return handed


def _tasks(handed: Booking, former: UUID | None, now: datetime) -> None:
    """The former officer has nothing more to do with it; what is unanswered is asked of the new one."""
    if former is not None:
        Task.objects.filter(booking=handed, person=former, done_at=None).update(done_at=now, done_by=None)
    if handed.parties.filter(role=PartyRole.COMPANION, officer_said="").exists():
        parties.ask_officer(handed, now)
