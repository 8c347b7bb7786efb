"""What a change of opening would do, before it is saved: "what if?".

Starts come from the same code as the search (`rules.opening`, `slots.starts_of`, `day_limits.full_days`), for each
meeting type and form that the calendar offers, over its horizon. A change never cancels a booking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import attrgetter, or_
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from booking.day_limits import Limits, full_days
from booking.models import BookedBy, Calendar, FormTerms, MeetingType
from booking.opening_effect import Booked, outside
from booking.opening_faults import Told
from booking.opening_state import Drawn
from booking.rules import Lead, Opening, Plan, allowed_span, opening
from booking.slots import Demand, starts_of
from booking.timeline import MAX_WINDOW, TICK_MINUTES, Span, Tick, Timeline, Window, floor_tick
from booking.walltime import local_days, ticks_of
from identity import scope

_MARGIN = 288  # a block is at most a day long
_LEAST_DAYS = 60
_CLAIMS = """
SELECT o.calendar_id, o.booking_id, b.form, o.meeting_type_id, o.from_tick, o.to_tick, o.block_from, o.block_to,
       o.state = 'booked'
FROM booking_occupancy o JOIN booking_booking b ON b.municipality_id = o.municipality_id AND b.id = o.booking_id
WHERE o.municipality_id = %(municipality)s AND o.calendar_id = ANY(%(calendars)s) AND o.live
  AND o.block_from >= %(from)s - 288 AND o.block_from < %(to)s
  AND (o.expires_at IS NULL OR o.expires_at > clock_timestamp())
UNION ALL
SELECT f.calendar_id, NULL, '', NULL, lower(r), upper(r), lower(r), upper(r), false
FROM booking_busyfeed f, unnest(f.busy) r
WHERE f.municipality_id = %(municipality)s AND f.calendar_id = ANY(%(calendars)s)
  AND upper(r) > %(from)s AND lower(r) < %(to)s
"""

WeekFree = tuple[date, int]


class Claimed(NamedTuple):
    """What takes time on the calendar: a booking or hold with its meeting and block, or imported busy time."""

    booking: UUID | None
    form: str
    meeting_type: UUID | None
    meeting: Span
    block: Span
    booked: bool


@dataclass(frozen=True)
class Preview:
    """What a change would do over the horizon of what the calendar offers.

    `free_before`, `free_after`: for each ISO week, by its Monday, the minutes that are open for any form and not taken.
    `gained`, `lost`: starts (ticks, ascending) that some meeting type in some form would be offered at and is not now,
    or is now and would not be; one start can be both. `orphans`: coming meetings that would lie outside open time.
    `rules_version`: what it was computed from; saving names it. `told`: what is worth knowing, and hinders nothing.
    """

    free_before: tuple[WeekFree, ...]
    free_after: tuple[WeekFree, ...]
    gained: tuple[Tick, ...]
    lost: tuple[Tick, ...]
    orphans: tuple[Booked, ...]
    rules_version: int
    told: tuple[Told, ...] = field(default=())


Claims = dict[int, list[Claimed]]


class _Way(NamedTuple):
    """One meeting type in one form, as it is booked: its terms are the type's but for what the form says otherwise."""

    meeting_type: UUID
    form: str
    demand: Demand
    lead: Lead
    horizon_days: int


class _Side(NamedTuple):
    """One side of the comparison."""

    free: list[Timeline]
    starts: dict[tuple[UUID, str], Timeline]


class Pair(NamedTuple):
    """One calendar's opening as it is, and as it would be."""

    calendar: Calendar
    before: Drawn
    after: Drawn


def weigh(calendar: Calendar, before: Drawn, after: Drawn, told: tuple[Told, ...] = (), *, now: datetime) -> Preview:
    """Compare two openings of one calendar over the horizon; one statement. Needs an open scope."""
    claims = claims_of([calendar], all_coming(now))
    compared = compare([Pair(calendar, before, after)], claims, window_of([before], now), now)
    orphans = orphans_of(after, claims[calendar.id], now)
    return replace(compared, orphans=orphans, rules_version=calendar.rules_version, told=told)


def compare(pairs: Sequence[Pair], claims: Claims, window: Window, now: datetime) -> Preview:
    """Free time and starts of several calendars together, in a window; without orphans and version.

    A start that one calendar loses and another still offers is not lost.
    """
    sides = [_side([(row.calendar, drawn(row)) for row in pairs], claims, window, now) for drawn in (_BEFORE, _AFTER)]
    gained = lost = Timeline.empty(window)
    for way in sides[0].starts:
        gained = gained | (sides[1].starts[way] - sides[0].starts[way])
        lost = lost | (sides[0].starts[way] - sides[1].starts[way])
    free = [_by_week(side.free, window, pairs[0].before.zone) if pairs else () for side in sides]
    return Preview(free[0], free[1], tuple(gained.iterate()), tuple(lost.iterate()), (), 0)


def orphans_of(after: Drawn, claims: Iterable[Claimed], now: datetime) -> tuple[Booked, ...]:
    """The coming booked meetings that lie outside an opening, by start."""
    moment = floor_tick(now)
    coming = [
        Booked(one.booking, one.form, one.meeting)
        for one in claims
        if one.booking and one.booked and one.meeting[0] >= moment
    ]
    if not coming:
        return ()
    plan = after.plan(Window.between(min(b.span[0] for b in coming), max(b.span[1] for b in coming)))
    return outside(coming, plan, after.zone)


def claims_of(calendars: Sequence[Calendar], window: Window) -> Claims:
    """What takes time on the calendars, by their ids: live claims and imported busy time. Needs an open scope."""
    ids = [row.id for row in calendars]
    values: dict[str, Any] = {
        "municipality": scope.current(),
        "calendars": ids,
        "from": window.origin,
        "to": window.end,
    }
    found: Claims = {calendar: [] for calendar in ids}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMS, values)
        for calendar, booking, form, kind, a, b, c, d, booked in cursor.fetchall():
            found[calendar].append(Claimed(booking, form, kind, (a, b), (c, d), booked))
    return found


def all_coming(now: datetime) -> Window:
    """As far ahead as a booking can lie."""
    return Window(floor_tick(now) - _MARGIN, MAX_WINDOW)


_BEFORE: Callable[[Pair], Drawn] = attrgetter("before")
_AFTER: Callable[[Pair], Drawn] = attrgetter("after")


def _side(openings: Sequence[tuple[Calendar, Drawn]], claims: Claims, window: Window, now: datetime) -> _Side:
    free: list[Timeline] = []
    starts: dict[tuple[UUID, str], Timeline] = {}
    coming = Timeline.full(window) - Timeline.of(window, [(window.origin, max(window.origin, floor_tick(now)))])
    for calendar, drawn in openings:
        plan, own = drawn.plan(window), claims[calendar.id]
        taken = Timeline.of(window, (one.block for one in own))
        made = {form: opening(plan, window, drawn.zone, form) for form in _forms(drawn)}
        any_form = reduce(or_, (one.open for one in made.values()), Timeline.empty(window))
        free.append((any_form - taken) & coming)
        for way in _ways(drawn):
            found = _starts(way, drawn, plan, made[way.form], taken, own, now)
            name = (way.meeting_type, way.form)
            starts[name] = starts[name] | found if name in starts else found
    return _Side(free, starts)


def _forms(drawn: Drawn) -> list[str]:
    said = [row.forms for row in drawn.rules] + [row.forms for row in drawn.exceptions]
    return sorted({form for forms in (*said, *(row.forms for row in drawn.types)) for form in forms})


def _starts(
    way: _Way, drawn: Drawn, plan: Plan, made: Opening, taken: Timeline, claims: list[Claimed], now: datetime
) -> Timeline:
    window = taken.window
    allowed = allowed_span(now, way.lead, way.horizon_days, window, drawn.zone, plan.holidays)
    full = Timeline.of(window, _full(way, drawn, window, claims))
    return starts_of(made, taken, way.demand, allowed) - full


def _full(way: _Way, drawn: Drawn, window: Window, claims: list[Claimed]) -> Iterator[Span]:
    """The days that a limit of the calendar has filled for one more such meeting."""
    table = local_days(window, drawn.zone)
    for row in drawn.limits:
        if row.meeting_type_id in (None, way.meeting_type):
            limits = Limits(row.per_day, row.per_week, row.minutes_per_day)
            counted = (c.meeting for c in claims if c.booking and row.meeting_type_id in (None, c.meeting_type))
            for _code, span in full_days(limits, counted, way.demand.duration, table):
                yield span


def _ways(drawn: Drawn) -> Iterator[_Way]:
    terms = {(row.meeting_type_id, row.form): row for row in drawn.terms}
    for row in drawn.types:
        for form in row.forms:
            yield _way(row, form, terms.get((row.id, form)))


def _way(row: MeetingType, form: str, terms: FormTerms | None) -> _Way:
    def said(name: str) -> int:
        own: int | None = getattr(terms, name, None)
        return getattr(row, name) if own is None else own

    demand = Demand.of_minutes(said("duration"), said("buffer_before"), said("buffer_after"))
    booked_by = (terms.booked_by if terms else "") or row.booked_by
    lead = Lead() if booked_by == BookedBy.OFFICER else _lead(row, terms)
    return _Way(row.id, form, demand, lead, said("horizon_days"))


def _lead(row: MeetingType, terms: FormTerms | None) -> Lead:
    """The form's own lead time, whole, or the type's: working days where there are any."""
    own = terms if terms and (terms.lead_working_days, terms.lead_minutes) != (None, None) else row
    days, minutes = own.lead_working_days, own.lead_minutes
    return Lead(working_days=days) if days else Lead(row.lead_minutes if minutes is None else minutes)


def window_of(drawn: Iterable[Drawn], now: datetime) -> Window:
    """Whole local weeks from this Monday to beyond the longest horizon, 60 days at least, with a margin."""
    rows = list(drawn)
    horizon = max([_LEAST_DAYS, *(way.horizon_days for row in rows for way in _ways(row))])
    zone = rows[0].zone
    today = now.astimezone(zone).date()
    return weeks_of(today, today + timedelta(days=horizon), zone)


def weeks_of(first: date, last: date, zone: ZoneInfo) -> Window:
    """Whole local weeks around two dates, with a margin of a day."""
    monday, sunday = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    return Window.between(ticks_of(monday, 0, 1440, zone)[0] - _MARGIN, ticks_of(sunday, 0, 1440, zone)[1] + _MARGIN)


def _by_week(free: Iterable[Timeline], window: Window, zone: ZoneInfo) -> tuple[WeekFree, ...]:
    """Free minutes by ISO week, of all calendars together; the margins are left out."""
    inner = Window.between(window.origin + _MARGIN, window.end - _MARGIN)
    table = local_days(inner, zone)
    weeks = {day.date - timedelta(days=day.date.weekday()): 0 for day in table}
    for timeline in free:
        for day, piece in timeline.days(table):
            weeks[day - timedelta(days=day.weekday())] += piece.count() * TICK_MINUTES
    return tuple(weeks.items())
