"""What an officer's day page reads: own bookings from this morning on, and how many times are left to book today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Max, Q

from booking import own_calendar, wording
from booking.models import Booking, BusyFeed, Calendar, MeetingType
from booking.patterns import MINUTES_PER_DAY
from booking.search import Query, find
from booking.slots import Demand
from booking.states import Event, State
from booking.timeline import TICKS_PER_DAY, Span, Tick
from booking.walltime import ticks_of
from identity import access_log
from identity.actors import Actor

COMING_DAYS = 14
_NOT_LISTED = (State.HELD, State.PURGED)


def bookings(actor: Actor, *, now: datetime) -> list[Booking]:
    """The officer's own bookings of today and the next 14 days, by start; needs an open scope. The read is logged.

    Each carries `waiting_since`, when somebody last came to the lobby, and `meeting_key`, the id of its meeting.
    """
    first, last = day_span(now)[0], day_span(now + timedelta(days=COMING_DAYS))[1]
    rows: list[Booking] = list(
        Booking.objects.visible_to(actor)
        .filter(calendar__in=Calendar.objects.visible_to(actor), from_tick__lt=last, to_tick__gt=first)
        .exclude(state__in=_NOT_LISTED)
        .select_related("resident", "meeting_type__service")
        .annotate(waiting_since=Max("changes__at", filter=Q(changes__event=Event.ENTER_LOBBY)))
        # The floor above hangs a meeting on every booking; its key is all that a link needs.
        .annotate(meeting_key=F("meeting__id"))
        .order_by("from_tick", "id")
    )
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=[row.id for row in rows])
    return rows


def stale_calendars(actor: Actor) -> int:
    """How many of the officer's incoming calendars could not be read lately; needs an open scope."""
    return BusyFeed.objects.filter(calendar__in=Calendar.objects.visible_to(actor), state="stale").count()


def free_today(actor: Actor, *, now: datetime) -> int:
    """How many more meetings residents could book today, one after another, of the type that most fit in."""
    calendar = own_calendar.find(actor)
    if calendar is None:
        return 0
    types = MeetingType.objects.filter(offers__calendar=calendar, published=True, internal=False)
    return max((_left(one, calendar, now) for one in types), default=0)


def day_span(now: datetime) -> Span:
    """The ticks of the local day of `now`."""
    return ticks_of(wording.local_date(now), 0, MINUTES_PER_DAY, wording.ZONE)


def _left(meeting_type: MeetingType, calendar: Calendar, now: datetime) -> int:
    demand = Demand.of_minutes(meeting_type.duration, meeting_type.buffer_before, meeting_type.buffer_after)
    starts: set[Tick] = set()
    for form in meeting_type.forms:
        query = Query(meeting_type.id, form, n=TICKS_PER_DAY, until_tick=day_span(now)[1], calendar=calendar.uuid)
        starts |= {offer.tick for offer in find(query, now=now).offers}
    return fitting(starts, demand.reach)


def fitting(starts: Iterable[Tick], reach: int) -> int:
    """How many meetings fit one after another, each from one of the starts and `reach` ticks long."""
    count, free_from = 0, None
    for start in sorted(starts):
        if free_from is None or start >= free_from:
            count, free_from = count + 1, start + reach
    return count
