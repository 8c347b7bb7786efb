"""What opens and closes calendars, read for many of them at once. Statement 2 of a search.

Each kind of row comes as one text per calendar; equal texts are read once, for many calendars are open alike.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection

from booking.patterns import Cycle
from booking.red_days import Holidays
from booking.rules import DatedException, Opening, Plan, Recurring, Rule, layers
from booking.timeline import Span, Window, instant
from identity import scope

_DAY: Final = timedelta(days=1)
_CYCLE: Final = "every, coalesce(first_monday::text, ''), week_parity, nth"
# The id of a rule only where a date of it differs: so that calendars that are open alike have equal texts.
_ROWS: Final = f"""
SELECT calendar_id, 'rules', string_agg(concat_ws(',', weekday, from_minute, to_minute,
    coalesce(valid_from::text, ''), coalesce(valid_to::text, ''), {_CYCLE}, array_to_string(forms, '+'), step, anchor,
    on_red_days::int,
    CASE WHEN EXISTS (SELECT FROM booking_openingexception e
      WHERE e.municipality_id = r.municipality_id AND e.rule_id = r.id) THEN r.id::text ELSE '' END), ';')
FROM booking_openingrule r
WHERE municipality_id = %(municipality)s AND calendar_id = ANY(%(calendars)s) GROUP BY calendar_id
UNION ALL
SELECT calendar_id, 'dates', string_agg(concat_ws(',', date, kind, coalesce(rule_id::text, ''), from_minute, to_minute,
    array_to_string(forms, '+'), step, anchor), ';')
FROM booking_openingexception
WHERE municipality_id = %(municipality)s AND calendar_id = ANY(%(calendars)s)
  AND date BETWEEN %(first)s AND %(last)s GROUP BY calendar_id
UNION ALL
SELECT calendar_id, 'away', string_agg(concat_ws(',', floor(extract(epoch FROM from_at) / 300)::int,
    ceil(extract(epoch FROM to_at) / 300)::int, coalesce(weekday, 0), from_minute, to_minute, {_CYCLE}), ';')
FROM booking_absence
WHERE municipality_id = %(municipality)s AND calendar_id = ANY(%(calendars)s)
  AND from_at < %(until)s AND to_at > %(since)s GROUP BY calendar_id
UNION ALL
SELECT c.id, 'shut', string_agg(concat_ws(',', floor(extract(epoch FROM from_at) / 300)::int,
    ceil(extract(epoch FROM to_at) / 300)::int), ';')
FROM booking_closure x JOIN booking_calendar c
  ON c.municipality_id = x.municipality_id AND (x.unit_id IS NULL OR x.unit_id = c.unit_id)
WHERE x.municipality_id = %(municipality)s AND c.id = ANY(%(calendars)s)
  AND from_at < %(until)s AND to_at > %(since)s GROUP BY c.id
"""  # noqa: S608 - names of our own columns


@dataclass(frozen=True, slots=True)
class Written:
    """What opens and closes one calendar, as it was read: one text for each kind of row."""

    rules: str = ""
    dates: str = ""
    away: str = ""
    shut: str = ""

    def plan(self, zone: tzinfo, holidays: Holidays) -> Plan:
        """All of it as a plan. Absences and closures reach no further than what was read."""
        once, recurring = _away(self.away, zone)
        return Plan(_rules(self.rules), _dates(self.dates), holidays, once, recurring, _spans(self.shut))


NOTHING: Final = Written()


def read(calendars: Collection[int], reach: Window, zone: tzinfo) -> dict[int, Written]:
    """Statement 2: what was written for these calendars; dates, absences and closures of `reach` only."""
    values: dict[str, Any] = {
        "municipality": scope.current(),
        "calendars": list(calendars),
        "since": instant(reach.origin),
        "until": instant(reach.end),
        "first": instant(reach.origin).astimezone(zone).date() - _DAY,
        "last": instant(reach.end).astimezone(zone).date() + _DAY,
    }
    found: dict[int, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, values)
        for calendar, kind, text in cursor.fetchall():
            found.setdefault(calendar, {})[kind] = text
    return {calendar: Written(**found[calendar]) if calendar in found else NOTHING for calendar in calendars}


def opening_of(written: Written, window: Window, zone: tzinfo, form: str, holidays: Holidays) -> Opening:
    """As `rules.opening` of the whole plan; what equal rules open is worked out once."""
    usual = _usual(written.rules, written.dates, window, zone, form, _Same(holidays))
    if not (written.away or written.shut):
        return usual
    plan = written.plan(zone, holidays)
    closed = layers(Plan(absences=plan.absences, recurring=plan.recurring, closures=plan.closures), window, zone, form)
    return Opening(usual.open - closed.opening.closed, usual.grid, closed.opening.closed)


class _Same:
    """Holidays by identity: those of one municipality and span are one object."""

    __slots__ = ("holidays",)

    def __init__(self, holidays: Holidays) -> None:
        self.holidays = holidays

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.holidays is other.holidays

    def __hash__(self) -> int:
        return id(self.holidays)


@lru_cache(maxsize=128)
def _usual(rules: str, dates: str, window: Window, zone: tzinfo, form: str, holidays: _Same) -> Opening:
    return layers(Plan(_rules(rules), _dates(dates), holidays.holidays), window, zone, form).opening


@lru_cache(maxsize=1024)
def _rules(text: str) -> tuple[Rule, ...]:
    return tuple(_rule(*line.split(",")) for line in _lines(text))


def _rule(weekday: str, start: str, end: str, first: str, last: str, *more: str) -> Rule:
    cycle, (forms, step, anchor, red, key) = _cycle(*more[:4]), more[4:]
    return Rule(
        int(weekday),
        int(start),
        int(end),
        _date(first),
        _date(last),
        frozenset(forms.split("+")),
        int(step),
        "clock" if anchor == "clock" else "opening",
        red == "1",
        UUID(key) if key else None,
        cycle=cycle,
    )


@lru_cache(maxsize=1024)
def _dates(text: str) -> tuple[DatedException, ...]:
    return tuple(_dated(*line.split(",")) for line in _lines(text))


def _dated(day: str, kind: str, rule: str, start: str, end: str, forms: str, step: str, anchor: str) -> DatedException:
    return DatedException(
        date.fromisoformat(day),
        kind,  # type: ignore[arg-type]  # the column holds no other, and the class refuses others
        UUID(rule) if rule else None,
        int(start),
        int(end),
        frozenset(forms.split("+")) if forms else frozenset(),
        int(step),
        "clock" if anchor == "clock" else "opening",
    )


def _away(text: str, zone: tzinfo) -> tuple[tuple[Span, ...], tuple[Recurring, ...]]:
    """Absences that are whole, and those that recur: on local dates between their ends, and never outside them."""
    once, recurring = [], []
    for line in _lines(text):
        start, end, weekday, from_minute, to_minute, *cycle = line.split(",")
        span = int(start), int(end)
        if weekday == "0":
            once.append(span)
        else:
            first, last = (instant(tick).astimezone(zone).date() for tick in (span[0], span[1] - 1))
            kept = _cycle(*cycle)
            recurring.append(
                Recurring(int(weekday), int(from_minute), int(to_minute), first, last, cycle=kept, within=span)
            )
    return tuple(once), tuple(recurring)


def _cycle(every: str, first_monday: str, parity: str, nth: str) -> Cycle:
    return Cycle(
        int(every),
        _date(first_monday),
        "odd" if parity == "odd" else "even" if parity == "even" else "",
        int(nth),
    )


def _spans(text: str) -> tuple[Span, ...]:
    pairs = (line.split(",") for line in _lines(text))
    return tuple((int(start), int(end)) for start, end in pairs)


def _lines(text: str) -> list[str]:
    return text.split(";") if text else []


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
