"""What a search reads: the pool of calendars, their opening (cached by version) and their taken time (never cached)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from booking.errors import NotOffered
from booking.rules import Lead, Opening, Plan, Rule, opening
from booking.slots import Demand
from booking.timeline import Span, Timeline, Window, ceil_tick, floor_tick, from_packed, instant
from identity import scope

# Of an officer who has left, or has the role in the unit no more, nothing is offered (`actors.in_force`, in SQL).
_POOL = """
SELECT t.duration, t.buffer_before, t.buffer_after, t.lead_minutes, t.horizon_days, t.level, t.move_limit_minutes,
       c.id, c.uuid, c.rules_version, c.zone, c.unit_id
FROM booking_meetingtype t
LEFT JOIN booking_calendaroffer o ON o.municipality_id = t.municipality_id AND o.meeting_type_id = t.id
LEFT JOIN booking_calendar c ON c.municipality_id = o.municipality_id AND c.id = o.calendar_id AND c.active
     AND (%(calendar)s::uuid IS NULL OR c.uuid = %(calendar)s)
     AND (%(officers)s::uuid[] IS NULL OR c.person_id = ANY(%(officers)s))
     AND (c.kind <> 'officer' OR c.person_id IS NULL OR EXISTS (
       SELECT FROM identity_membership m JOIN identity_staffaccount a
         ON a.municipality_id = m.municipality_id AND a.person_id = m.person_id AND a.closed_at IS NULL
       WHERE m.municipality_id = c.municipality_id AND m.person_id = c.person_id AND m.unit_id = c.unit_id
         AND m.role = 'officer'))
JOIN booking_service s ON s.municipality_id = t.municipality_id AND s.id = t.service_id AND s.published
WHERE t.municipality_id = %(municipality)s AND t.id = %(type)s AND t.published AND NOT t.internal
  AND %(form)s = ANY(t.forms)
"""
_TAKEN = """
SELECT calendar_id, string_agg(int4send(f) || int4send(t), ''::bytea) FROM (
  SELECT calendar_id, block_from AS f, block_to AS t FROM booking_occupancy
  WHERE municipality_id = %(municipality)s AND live AND calendar_id = ANY(%(calendars)s)
    AND block_from >= %(from)s - 288 AND block_from < %(to)s
    AND (expires_at IS NULL OR expires_at > clock_timestamp())
    AND (%(but)s::uuid IS NULL OR booking_id <> %(but)s)
  UNION ALL
  SELECT b.calendar_id, lower(r), upper(r) FROM booking_busyfeed b, unnest(b.busy) r
  WHERE b.municipality_id = %(municipality)s AND b.calendar_id = ANY(%(calendars)s)
    AND upper(r) > %(from)s AND lower(r) < %(to)s
) blocks GROUP BY calendar_id
"""
_RULES = """
SELECT calendar_id, weekday, from_minute, to_minute, valid_from, valid_to, forms, step, anchor,
       NULL::timestamptz, NULL::timestamptz
FROM booking_openingrule WHERE municipality_id = %(municipality)s AND calendar_id = ANY(%(calendars)s)
UNION ALL
SELECT calendar_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, from_at, to_at
FROM booking_absence WHERE municipality_id = %(municipality)s AND calendar_id = ANY(%(calendars)s)
  AND from_at < %(to)s AND to_at > %(from)s
"""
_Values = dict[str, Any]
_Rules = tuple[list[Rule], list[Span]]
_CACHE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class PoolCalendar:
    """One calendar of a pool."""

    id: int
    uuid: UUID
    rules_version: int
    unit: UUID


@dataclass(frozen=True)
class Pool:
    """A meeting type as it is booked, and the calendars that offer it. Minutes and days as stored."""

    meeting_type: UUID
    form: str
    demand: Demand
    lead: Lead
    horizon_days: int
    level: str
    move_limit_minutes: int
    zone: ZoneInfo
    calendars: tuple[PoolCalendar, ...]
    rules: dict[int, _Rules] = field(default_factory=dict, repr=False, compare=False)  # what statement 2 gave


def load(meeting_type: UUID, form: str, calendar: UUID | None = None, officers: tuple[UUID, ...] | None = None) -> Pool:
    """Statement 1. `officers`: only these persons' calendars; None: everybody's.

    Raises `NotOffered` when the type is unknown or unpublished, or does not have the form.
    """
    values: _Values = {"municipality": scope.current(), "type": meeting_type, "form": form, "calendar": calendar}
    values["officers"] = None if officers is None else list(officers)
    with connection.cursor() as cursor:
        cursor.execute(_POOL, values)
        rows = cursor.fetchall()
    if not rows:
        raise NotOffered
    duration, before, after, lead, horizon, level, move_limit = rows[0][:7]
    members = tuple(sorted((PoolCalendar(r[7], r[8], r[9], r[11]) for r in rows if r[7]), key=lambda c: c.id))
    zone = ZoneInfo(next((r[10] for r in rows if r[10]), "Europe/Stockholm"))
    demand = Demand.of_minutes(duration, before, after)
    return Pool(meeting_type, form, demand, Lead(lead), horizon, level, move_limit, zone, members)


def taken(pool: Pool, window: Window, *, but: UUID | None = None) -> dict[int, Timeline]:
    """Statement 3 or 4: live claims and imported busy time, as timelines. `but`: a booking that does not count."""
    if not pool.calendars:
        return {}
    values: _Values = {
        "municipality": scope.current(),
        "calendars": [calendar.id for calendar in pool.calendars],
        "from": window.origin,
        "to": window.end,
        "but": but,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, values)
        return {calendar: from_packed(window, bytes(raw)) for calendar, raw in cursor.fetchall()}


class _Openings:
    """Least recently used openings, 64 MB of them; keyed by what can change them."""

    def __init__(self) -> None:
        self._rows: OrderedDict[tuple[object, ...], Opening] = OrderedDict()
        self._bytes, self._lock = 0, Lock()

    def get(self, key: tuple[object, ...]) -> Opening | None:
        with self._lock:
            found = self._rows.get(key)
            if found is not None:
                self._rows.move_to_end(key)
            return found

    def put(self, key: tuple[object, ...], value: Opening, size: int) -> None:
        with self._lock:
            self._rows[key] = value
            self._bytes += size
            while self._bytes > _CACHE_BYTES:
                self._rows.popitem(last=False)
                self._bytes -= size


_cache = _Openings()


def openings(pool: Pool, window: Window, reach: Window) -> dict[int, Opening]:
    """Each calendar's opening for the pool's form. Statement 2 runs once, for those that are not cached.

    It reads the absences of all of `reach`, so that going on to a wider window costs no further statement.
    """
    found: dict[int, Opening] = {}
    stale: list[PoolCalendar] = []
    for calendar in pool.calendars:
        cached = _cache.get(_key(calendar, pool, window))
        if cached is None:
            stale.append(calendar)
        else:
            found[calendar.id] = cached
    if stale:
        found |= _computed(stale, pool, window, reach)
    return found


def _key(calendar: PoolCalendar, pool: Pool, window: Window) -> tuple[object, ...]:
    return (calendar.uuid, calendar.rules_version, pool.form, pool.zone.key, window.origin, window.length)


def _computed(stale: list[PoolCalendar], pool: Pool, window: Window, reach: Window) -> dict[int, Opening]:
    unread = [calendar.id for calendar in stale if calendar.id not in pool.rules]
    if unread:
        pool.rules.update(_rules_of(unread, reach))
    found = {}
    for calendar in stale:
        rules, closed = pool.rules[calendar.id]
        made = opening(Plan(rules, absences=closed), window, pool.zone, pool.form)
        _cache.put(_key(calendar, pool, window), made, 3 * window.length // 8 + 400)
        found[calendar.id] = made
    return found


def _rules_of(calendars: list[int], window: Window) -> dict[int, _Rules]:
    """Statement 2: rules and absences of many calendars, at once."""
    found: dict[int, _Rules] = {calendar: ([], []) for calendar in calendars}
    values: _Values = {"municipality": scope.current(), "calendars": calendars}
    with connection.cursor() as cursor:
        cursor.execute(_RULES, values | {"from": instant(window.origin), "to": instant(window.end)})
        for calendar, weekday, start, end, first, last, forms, step, anchor, from_at, to_at in cursor.fetchall():
            if from_at is not None:
                found[calendar][1].append((floor_tick(from_at), ceil_tick(to_at)))
            else:
                rule = Rule(weekday, start, end, first, last, frozenset(forms), step, anchor)
                found[calendar][0].append(rule)
    return found
