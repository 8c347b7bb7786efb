"""Which of several free officers gets a meeting: the one with the least booked time for their share of full time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import connection

from booking.timeline import Tick
from identity import scope

_TWO_WEEKS = 14 * 288
_DAY = 288
_LOAD = """
SELECT c.id, c.share, coalesce(sum(o.block_to - o.block_from), 0)
FROM booking_calendar c LEFT JOIN booking_occupancy o
  ON o.municipality_id = c.municipality_id AND o.calendar_id = c.id AND o.live AND o.block_from BETWEEN %s AND %s
WHERE c.municipality_id = %s AND c.id = ANY(%s) GROUP BY c.id, c.share
"""


def fairest_first(calendars: Iterable[int], start: Tick) -> list[int]:
    """Least weighted booked time first, from 14 days before the start to 14 days after it.

    Time is weighted by the officer's share of full time; ties go by a hash of date and calendar, so that no name is
    always first. One statement; none for a single calendar.
    """
    asked = sorted(set(calendars))
    if len(asked) < 2:
        return asked
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [start - _TWO_WEEKS, start + _TWO_WEEKS, scope.current(), asked])
        load = {calendar: booked / share for calendar, share, booked in cursor.fetchall()}
    return sorted(asked, key=lambda one: (load.get(one, 0), _tie(one, start)))


def _tie(calendar: int, start: Tick) -> bytes:
    return hashlib.sha256(f"{start // _DAY} {calendar}".encode()).digest()
