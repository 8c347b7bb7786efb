"""All that decides when one calendar is open, read in one statement, and with a change made to it: `Drawn`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Model

from booking import red_days
from booking.models import (
    Absence,
    Calendar,
    CalendarLimit,
    Closure,
    FormTerms,
    MeetingType,
    OpeningException,
    OpeningRule,
    ShortDay,
)
from booking.patterns import Cycle, Parity, Pattern
from booking.rules import Anchor, DatedException, Kind, Plan, Recurring, Rule
from booking.timeline import Span, Window, ceil_tick, floor_tick, instant
from identity import scope

_DAY = timedelta(days=1)
_READ: dict[str, type[Model]] = {
    "rules": OpeningRule,
    "exceptions": OpeningException,
    "absences": Absence,
    "closures": Closure,
    "short_days": ShortDay,
    "limits": CalendarLimit,
    "types": MeetingType,
    "terms": FormTerms,
}
_ALL = """
SELECT 'rules', r.calendar_id, to_jsonb(r) FROM booking_openingrule r
 WHERE r.municipality_id = %(municipality)s AND r.calendar_id = ANY(%(calendars)s)
UNION ALL SELECT 'exceptions', e.calendar_id, to_jsonb(e) FROM booking_openingexception e
 WHERE e.municipality_id = %(municipality)s AND e.calendar_id = ANY(%(calendars)s)
UNION ALL SELECT 'absences', a.calendar_id, to_jsonb(a) FROM booking_absence a
 WHERE a.municipality_id = %(municipality)s AND a.calendar_id = ANY(%(calendars)s) AND a.to_at > now()
UNION ALL SELECT 'limits', l.calendar_id, to_jsonb(l) FROM booking_calendarlimit l
 WHERE l.municipality_id = %(municipality)s AND l.calendar_id = ANY(%(calendars)s)
UNION ALL SELECT 'types', o.calendar_id, to_jsonb(t) FROM booking_meetingtype t JOIN booking_calendaroffer o
   ON o.municipality_id = t.municipality_id AND o.meeting_type_id = t.id
 JOIN booking_service s ON s.municipality_id = t.municipality_id AND s.id = t.service_id AND s.published
 WHERE t.municipality_id = %(municipality)s AND o.calendar_id = ANY(%(calendars)s) AND t.published AND NOT t.internal
UNION ALL SELECT 'terms', o.calendar_id, to_jsonb(f) FROM booking_formterms f JOIN booking_calendaroffer o
   ON o.municipality_id = f.municipality_id AND o.meeting_type_id = f.meeting_type_id
 WHERE f.municipality_id = %(municipality)s AND o.calendar_id = ANY(%(calendars)s)
UNION ALL SELECT 'closures', NULL, to_jsonb(c) FROM booking_closure c
 WHERE c.municipality_id = %(municipality)s AND c.to_at > now()
   AND (c.unit_id IS NULL OR c.unit_id = ANY(%(units)s))
UNION ALL SELECT 'short_days', NULL, to_jsonb(s) FROM booking_shortday s WHERE s.municipality_id = %(municipality)s
"""


_ORDER: dict[str, Callable[[Any], tuple[object, ...]]] = {
    "rules": lambda row: (row.weekday, row.from_minute, str(row.id)),
    "exceptions": lambda row: (row.date, row.from_minute, str(row.id)),
    "absences": lambda row: (row.from_at, str(row.id)),
    "closures": lambda row: (row.from_at, str(row.id)),
    "types": lambda row: (row.name, str(row.id)),
}


@dataclass(frozen=True)
class Drawn:
    """The rows behind one calendar's opening, stored or not yet; absences and closures that are over are left out."""

    zone: ZoneInfo
    rules: tuple[OpeningRule, ...] = ()
    exceptions: tuple[OpeningException, ...] = ()
    absences: tuple[Absence, ...] = ()
    closures: tuple[Closure, ...] = ()
    short_days: tuple[ShortDay, ...] = ()
    limits: tuple[CalendarLimit, ...] = ()
    types: tuple[MeetingType, ...] = ()
    terms: tuple[FormTerms, ...] = ()

    def plan(self, window: Window) -> Plan:
        """As the pure value that opening is computed from; red and short days as far as the window reaches."""
        first = instant(window.origin).astimezone(self.zone).date() - _DAY
        last = instant(window.end).astimezone(self.zone).date() + _DAY
        closes = {row.eve: row.closes_at for row in self.short_days}
        recurring = [pattern for row in self.absences if (pattern := pattern_of(row, self.zone))]
        return Plan(
            rules=[rule_of(row) for row in self.rules],
            exceptions=[exception_of(row) for row in self.exceptions],
            holidays=red_days.calendar(first, last, closes),
            absences=_spans(row for row in self.absences if row.weekday is None),
            recurring=recurring,
            closures=_spans(self.closures),
        )

    def rule(self, wanted: UUID) -> OpeningRule | None:
        """The calendar's rule of that id."""
        return next((row for row in self.rules if row.id == wanted), None)


def read(calendar: Calendar) -> Drawn:
    """The opening of a calendar as it is stored; one statement. Needs an open scope."""
    return read_all([calendar])[calendar.id]


def read_all(calendars: Sequence[Calendar]) -> dict[int, Drawn]:
    """The openings of calendars as they are stored, by their ids; one statement for all. Needs an open scope."""
    ids, units = [row.id for row in calendars], list({row.unit_id for row in calendars})
    found: defaultdict[int | None, defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"municipality": scope.current(), "calendars": ids, "units": units})
        for name, owner, row in cursor.fetchall():
            found[owner][name].append(_row(_READ[name], json.loads(row) if isinstance(row, str) else row))
    for rows in found.values():
        for name, order in _ORDER.items():
            rows[name].sort(key=order)
    return {row.id: _drawn(row, found[row.id], found[None]) for row in calendars}


def _drawn(calendar: Calendar, own: dict[str, list[Any]], common: dict[str, list[Any]]) -> Drawn:
    rows = {name: tuple(values) for name, values in own.items()}
    rows["closures"] = tuple(row for row in common["closures"] if row.unit_id in (None, calendar.unit_id))
    rows["short_days"] = tuple(common["short_days"])
    return Drawn(ZoneInfo(calendar.zone), **rows)


def rule_of(row: OpeningRule) -> Rule:
    """A stored rule as the pure value; its id is the key that exceptions name it by."""
    return Rule(
        row.weekday,
        row.from_minute,
        row.to_minute,
        row.valid_from,
        row.valid_to,
        frozenset(row.forms),
        row.step,
        cast("Anchor", row.anchor),
        row.on_red_days,
        row.id,
        cycle=cycle_of_row(row),
    )


def exception_of(row: OpeningException) -> DatedException:
    """A stored exception as the pure value."""
    return DatedException(
        row.date,
        cast("Kind", row.kind),
        row.rule_id,
        row.from_minute,
        row.to_minute,
        frozenset(row.forms),
        row.step,
        cast("Anchor", row.anchor),
    )


def pattern_of(row: Absence, zone: ZoneInfo) -> Pattern | None:
    """What a recurring absence closes, from one moment to the other; else None."""
    if row.weekday is None:
        return None
    first = row.from_at.astimezone(zone).date()
    last = (row.to_at - timedelta(microseconds=1)).astimezone(zone).date()
    within = floor_tick(row.from_at), ceil_tick(row.to_at)
    return Recurring(row.weekday, row.from_minute, row.to_minute, first, last, cycle=cycle_of_row(row), within=within)


def cycle_of_row(row: OpeningRule | Absence) -> Cycle:
    """The cycle columns as the pure value."""
    return Cycle(row.every, row.first_monday, cast("Parity", row.week_parity), row.nth)


def _spans(rows: Iterable[Absence | Closure]) -> list[Span]:
    """Rounded outwards to whole ticks."""
    return [(floor_tick(row.from_at), ceil_tick(row.to_at)) for row in rows]


def _row(model: type[Model], values: dict[str, Any]) -> Model:
    """A row that was read as JSON, as one of its model; marked as stored."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    made = model(**{name: fields[name].to_python(value) for name, value in values.items() if name in fields})
    made._state.adding, made._state.db = False, connection.alias
    return made
