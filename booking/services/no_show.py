"""The resident did not come: the rest of the time is free, somebody rings, and it can be undone the same day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from booking import access, idempotency, signals, transitions
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.models import Booking, Calendar, TaskKind
from booking.search import Claimed
from booking.services import claims, tasks_of
from booking.services.filling import as_it_stands, offered
from booking.services.standing import Standing
from booking.states import Event, Guard, Role
from booking.timeline import TICK_MINUTES, Tick, ceil_tick
from identity.actors import Actor

Call = Literal["tried", "no_number"]
_WAITED = timedelta(minutes=10)
_DAY = timedelta(days=1)


@tried_twice
def mark_no_show(*, actor: Actor, booking: UUID, key: str, call: Call) -> Booking:
    """The officer says that the resident did not come, from 10 minutes after the start.

    `call`: they were rung in vain, or there is no number. What is left of the time is free at once, and a task says to
    ring or offer a new time. Nobody is punished for it. Raises `TooSoon`, `WrongState`, `NotAllowed`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        missed, around = access.fetch_with(actor, "booking.no_show", booking)
        asked = {"use": "mark_no_show", "booking": booking, "call": call}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return missed
        lock_calendars(claims.calendars_of(missed))
        access.reread(missed)
        facts = {
            Guard.TEN_MINUTES_AFTER_START: now >= missed.starts_at + _WAITED,
            Guard.RESIDENT_ABSENT: True,  # who has come is in a meeting that has begun, from where no such step leads
            Guard.CALL_TRIED: call in ("tried", "no_number"),
        }
        step = transitions.check(missed.state, Event.MARK_NO_SHOW, access.role_in(actor, missed, around), facts)
        claims.free_rest(missed, ceil_tick(now))
        tasks_of.ask(TaskKind.NEW_TIME, missed, now + _DAY, now)
        transitions.take(missed, step, actor=actor, now=now, reason=call)
        signals.booking_missed.send(sender=Booking, booking=missed, actor=actor)
        return missed


@tried_twice
def undo_no_show(*, actor: Actor, booking: UUID, key: str) -> Booking:
    """It was a mistake: the time is claimed again, on the same local day, if the rest of it is still free.

    Raises `WrongState` on another day, `SlotTaken` when somebody has the rest of the time by now.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        missed, around = access.fetch_with(actor, "booking.no_show", booking)
        asked = {"use": "undo_no_show", "booking": booking}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return missed
        lock_calendars(claims.calendars_of(missed))
        access.reread(missed)
        claims.let_expired_go(claims.calendars_of(missed))
        whole = _whole(missed)
        facts = {
            Guard.SAME_LOCAL_DAY: _same_day(missed, now),
            Guard.SLOT_FREE: all(claims.is_free(one.calendar, (one.block_from, one.block_to), missed) for one in whole),
        }
        step = transitions.check(missed.state, Event.UNDO_NO_SHOW, access.role_in(actor, missed, around), facts)
        claims.replace(missed, whole)
        tasks_of.close(missed, [TaskKind.NEW_TIME], now, actor.person_id)
        transitions.take(missed, step, actor=actor, now=now)
        signals.booking_came.send(sender=Booking, booking=missed, actor=actor)
        return missed


def _same_day(missed: Booking, now: datetime) -> bool:
    zone = ZoneInfo(missed.calendar.zone)
    return now.astimezone(zone).date() == missed.starts_at.astimezone(zone).date()


def _whole(missed: Booking) -> list[Claimed]:
    """The claims as they were before the rest was freed: what was cut beside the officer's ends with the meeting."""
    now = claims.live(missed.id)
    if not now or now[0].to_tick == missed.to_tick:
        return now
    whose = Standing(missed.resident_id or missed.id, Role.OFFICER, None)
    after = offered(as_it_stands(missed, now[:1]), whose).demand.after
    known = Calendar.objects.in_bulk([one.calendar for one in now])
    return [
        _until(one, missed.to_tick, after if one.role == claims.OFFICER else _after(known[one.calendar]))
        if one.to_tick == now[0].to_tick
        else one
        for one in now
    ]


def _until(one: Claimed, end: Tick, after: int) -> Claimed:
    return replace(one, to_tick=end, block_to=end + after)


def _after(calendar: Calendar) -> int:
    return calendar.buffer_after // TICK_MINUTES
