"""Statement 1 of a search in SQL: the terms of a meeting type's form, and the packed calendars of every role."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

TYPES: Final = {
    "municipality": "int", "type": "uuid", "form": "text", "calendar": "uuid", "officers": "uuid[]", "resident": "uuid",
    "numbers": "int[]", "kinds": "text[]", "named": "uuid[]", "languages": "text[]",
}  # fmt: skip
_TERMS: Final = """
SELECT t.id, s.unit_id AS unit,
  coalesce(f.duration, t.duration) AS duration,
  coalesce(f.buffer_before, t.buffer_before) AS buffer_before,
  coalesce(f.buffer_after, t.buffer_after) AS buffer_after,
  t.lead_minutes, t.lead_working_days,
  f.lead_minutes AS form_lead_minutes, f.lead_working_days AS form_lead_working_days,
  coalesce(f.horizon_days, t.horizon_days) AS horizon_days, t.level,
  coalesce(f.move_limit_minutes, t.move_limit_minutes) AS move_limit_minutes, t.interpreter_percent,
  coalesce(nullif(f.booked_by, ''), t.booked_by) AS booked_by, t.own_officer_only
FROM booking_meetingtype t
JOIN booking_service s ON s.municipality_id = t.municipality_id AND s.id = t.service_id AND s.published
LEFT JOIN booking_formterms f
  ON f.municipality_id = t.municipality_id AND f.meeting_type_id = t.id AND f.form = %(form)s
WHERE t.municipality_id = %(municipality)s AND t.id = %(type)s AND t.published AND NOT t.internal
  AND %(form)s = ANY(t.forms)
"""
# Of an officer who has left, or has the role in the unit no more, nothing is offered (`actors.in_force`, in SQL).
_ABLE: Final = """
SELECT c.* FROM booking_calendaroffer o
JOIN booking_calendar c ON c.municipality_id = o.municipality_id AND c.id = o.calendar_id AND c.active
WHERE o.municipality_id = %(municipality)s AND o.meeting_type_id = %(type)s
  AND (%(officers)s::uuid[] IS NULL OR c.person_id = ANY(%(officers)s))
  AND (c.kind <> 'officer' OR c.person_id IS NULL OR EXISTS (
    SELECT FROM identity_membership m JOIN identity_staffaccount a
      ON a.municipality_id = m.municipality_id AND a.person_id = m.person_id AND a.closed_at IS NULL
    WHERE m.municipality_id = c.municipality_id AND m.person_id = c.person_id AND m.unit_id = c.unit_id
      AND m.role = 'officer'))
"""
_OFFICERS: Final = """
SELECT 0 AS number, c.* FROM able c WHERE (%(calendar)s::uuid IS NULL OR c.uuid = %(calendar)s)
"""
# An interpreter who has the role nowhere is none; a room is nobody.
_ROLES: Final = """
UNION ALL
SELECT w.number, c.* FROM wanted w JOIN able c ON w.kind = 'officer'
  AND (w.calendar IS NULL OR c.uuid = w.calendar) AND (w.language = '' OR w.language = ANY(c.languages))
UNION ALL
SELECT w.number, c.* FROM wanted w JOIN booking_calendar c
  ON c.municipality_id = %(municipality)s AND c.active AND c.kind = w.kind AND w.kind <> 'officer'
  AND (w.calendar IS NULL OR c.uuid = w.calendar) AND (w.language = '' OR w.language = ANY(c.languages))
WHERE c.person_id IS NULL OR c.kind <> 'interpreter' OR EXISTS (
  SELECT FROM identity_membership m
  WHERE m.municipality_id = c.municipality_id AND m.person_id = c.person_id AND m.role = 'interpreter')
"""
_WANTED: Final = """
wanted AS (SELECT * FROM unnest(%(numbers)s::int[], %(kinds)s::text[], %(named)s::uuid[], %(languages)s::text[])
           AS w(number, kind, calendar, language)),
"""
_OWN: Final = """
(SELECT o.calendar_id FROM booking_ownofficer o
 WHERE o.municipality_id = %(municipality)s AND o.resident_id = %(resident)s AND o.unit_id = terms.unit
   AND o.calendar_id IN (SELECT id FROM able))
"""
_WHOLE: Final = """
WITH terms AS MATERIALIZED ({terms}), able AS MATERIALIZED ({able}), {wanted}
members AS MATERIALIZED ({members})
SELECT duration, buffer_before, buffer_after, lead_minutes, lead_working_days, form_lead_minutes,
  form_lead_working_days, horizon_days, level, move_limit_minutes, interpreter_percent, booked_by, own_officer_only,
  (SELECT min(zone) FROM members),
  (SELECT jsonb_object_agg(eve, closes_at)::text FROM booking_shortday WHERE municipality_id = %(municipality)s),
  (SELECT string_agg(int4send(l.calendar_id) || int2send((l.meeting_type_id IS NOT NULL)::int::int2)
     || int2send(coalesce(l.per_day, -1)::int2) || int2send(coalesce(l.per_week, -1)::int2)
     || int2send(coalesce(l.minutes_per_day, -1)::int2), ''::bytea)
   FROM booking_calendarlimit l
   WHERE l.municipality_id = %(municipality)s AND (l.meeting_type_id IS NULL OR l.meeting_type_id = %(type)s)
     AND l.calendar_id IN (SELECT id FROM members)),
  {own},
  packed.number, packed.raw
FROM terms LEFT JOIN (
  SELECT number, string_agg(int4send(id) || uuid_send(uuid) || int4send(rules_version) || uuid_send(unit_id)
    || int2send(share) || int2send(buffer_before) || int2send(buffer_after) || int4send(lead_minutes),
    ''::bytea) AS raw
  FROM members GROUP BY number
) packed ON true
"""


@lru_cache(maxsize=4)
def pool_sql(*, roles: bool, own: bool) -> str:
    """The statement, without what is not asked for: more roles than the officer's, and an own officer."""
    return _WHOLE.format(
        terms=_TERMS,
        able=_ABLE,
        wanted=_WANTED if roles else "",
        members=_OFFICERS + (_ROLES if roles else ""),
        own=_OWN if own else "NULL::int",
    )
