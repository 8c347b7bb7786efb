"""One calendar's week as the officers' pages show it: open time, meetings, absences, what other calendars block.

Of a meeting nothing but when and how it is held, and whether an interpreter comes; nobody is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from booking import own_calendar, week_pieces
from booking.models import Calendar, CalendarKind
from booking.patterns import MINUTES_PER_DAY
from booking.timeline import Tick, Window
from booking.walltime import ticks_of
from booking.week_grid import blocks
from booking.week_pieces import Day, Meeting
from identity import access_log, policies, scope
from identity.actors import Actor
from identity.errors import NotAllowed

_DAYS = 7


@dataclass(frozen=True, slots=True)
class Week:
    """The week of a calendar. `free`: how many more meetings fit into an open block, by its first tick.

    `own`: it is the reader's calendar; `edits`: the reader may change when it is open.
    """

    calendar: Calendar
    monday: date
    days: tuple[Day, ...]
    free: dict[Tick, int]
    own: bool
    edits: bool


def calendar_of(actor: Actor, calendar: UUID | None) -> Calendar | None:
    """The calendar to show: the actor's own (None when there is none), or one of a unit that the actor coordinates.

    Needs an open scope. Raises `NotAllowed` for a calendar that is not there, and for one that is not for the actor.
    """
    if calendar is None:
        return own_calendar.find(actor)
    rows = Calendar.objects.filter(uuid=calendar, active=True).select_related("person__staff_account", "unit")
    row: Calendar | None = rows.first()
    if row is None or not policies.may(actor, "calendar.see_week", _facts(row)):
        raise NotAllowed("calendar.see_week")
    return row


def see(actor: Actor, calendar: Calendar, monday: date, *, now: datetime) -> Week:
    """The week from a Monday on, local dates of the calendar. Needs an open scope; the read is one entry."""
    policies.require(actor, "calendar.see_week", _facts(calendar))
    zone = ZoneInfo(calendar.zone)
    spans = [ticks_of(monday + timedelta(days=n), 0, MINUTES_PER_DAY, zone) for n in range(_DAYS)]
    window = Window.between(spans[0][0], spans[-1][1])
    meetings = list(week_pieces.meetings(actor, calendar, window, now))
    around = week_pieces.around(calendar, window)
    pieces = [*around.pieces, *meetings]
    days = tuple(Day(monday + timedelta(days=n), span, blocks(span, pieces)) for n, span in enumerate(spans))
    shown = [one.about.key for one in meetings if isinstance(one.about, Meeting)]
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=shown, unit=calendar.unit_id)
    return Week(
        calendar=calendar,
        monday=monday,
        days=days,
        free=week_pieces.free(calendar, days, around, meetings, now),
        own=calendar.person_id == actor.person_id,
        edits=policies.may(actor, "calendar.edit", _facts(calendar)),
    )


def _facts(calendar: Calendar) -> policies.Facts:
    officer = calendar.person_id if calendar.kind == CalendarKind.OFFICER else None
    return policies.Facts(scope.current(), unit=calendar.unit_id, officer=officer)
