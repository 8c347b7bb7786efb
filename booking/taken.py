"""Time that is taken, one packed row per calendar. Statements 3 and 4 of a search; never kept.

Live claims and imported busy time block; of claims also the meetings are told where a calendar has limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from booking.slots import MAX_BLOCK
from booking.timeline import Span, Tick, unpacked
from identity import prepared, scope

_BLOCKS: Final = """
SELECT calendar_id, string_agg(int4send(block_from) || int4send(block_to), ''::bytea), NULL::bytea
FROM booking_occupancy
WHERE {live} AND block_from >= %(from)s - {reach} AND block_from < {until} GROUP BY calendar_id
UNION ALL
SELECT calendar_id, string_agg(int4send(lower(r)) || int4send(upper(r)), ''::bytea), NULL
FROM booking_busyfeed b, unnest(b.busy) r
WHERE b.municipality_id = %(municipality)s AND b.calendar_id = ANY(%(calendars)s::int[])
  AND upper(r) > %(from)s AND lower(r) < {until} GROUP BY calendar_id
"""
_MEETINGS: Final = """
UNION ALL
SELECT calendar_id, NULL, string_agg(int4send(from_tick) || int4send(to_tick)
  || int4send((meeting_type_id = %(type)s)::int), ''::bytea)
FROM booking_occupancy
WHERE {live} AND calendar_id = ANY(%(limited)s::int[]) AND block_from >= %(count_from)s - {reach}
  AND block_from <= %(count_to)s AND from_tick >= %(count_from)s AND from_tick < %(count_to)s
GROUP BY calendar_id
"""
_LIVE: Final = """
municipality_id = %(municipality)s AND live AND calendar_id = ANY(%(calendars)s::int[])
AND (expires_at IS NULL OR expires_at > clock_timestamp())
"""
_TYPES: Final = {
    "municipality": "int", "calendars": "text", "from": "int", "to": "int", "own": "int", "own_to": "int",
    "but": "uuid", "type": "uuid", "limited": "text", "count_from": "int", "count_to": "int",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose taken time, from when to when; `own` is read on to `own_until`. `but`: a booking that does not count.

    `limited`: calendars whose meetings of the span `counted` are told as well, for limits of `meeting_type`.
    """

    calendars: Sequence[int]
    span: Span
    own: int | None = None
    own_until: Tick = 0
    but: UUID | None = None
    meeting_type: UUID | None = None
    limited: Sequence[int] = ()
    counted: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """Packed blocks by calendar, and packed meetings of those that have limits."""

    blocks: dict[int, bytes] = field(default_factory=dict)
    meetings: dict[int, bytes] = field(default_factory=dict)


def read(asked: Asked) -> Taken:
    """One statement, none for nobody."""
    found = Taken()
    if not asked.calendars:
        return found
    values: dict[str, Any] = {
        "municipality": scope.current(),
        "calendars": _listed(asked.calendars),
        "from": asked.span[0],
        "to": asked.span[1],
        "own": asked.own,
        "own_to": asked.own_until,
        "but": asked.but,
        "type": asked.meeting_type,
        "limited": _listed(asked.limited),
        "count_from": asked.counted[0],
        "count_to": asked.counted[1],
    }
    sql = _sql(own=asked.own is not None, but=asked.but is not None, limited=bool(asked.limited))
    for calendar, blocks, meetings in prepared.fetch("taken", sql, _TYPES, values):
        if meetings is not None:
            found.meetings[calendar] = meetings
        elif calendar in found.blocks:
            found.blocks[calendar] += blocks
        else:
            found.blocks[calendar] = blocks
    return found


def _listed(ids: Sequence[int]) -> str:
    """An array as PostgreSQL writes it: far quicker than one adapted number by number."""
    return "{" + ",".join(map(str, ids)) + "}"


@lru_cache(maxsize=16)
def _sql(*, own: bool, but: bool, limited: bool) -> str:
    live = _LIVE + ("AND booking_id <> %(but)s" if but else "")
    until = "CASE WHEN calendar_id = %(own)s THEN %(own_to)s ELSE %(to)s END" if own else "%(to)s"
    return (_BLOCKS + (_MEETINGS if limited else "")).format(live=live, until=until, reach=MAX_BLOCK)


def meetings(raw: bytes, *, of_type: bool) -> list[Span]:
    """The meetings of a calendar; `of_type`: only those of the meeting type that was asked for."""
    numbers = iter(unpacked(raw, 3))
    return [(start, end) for start, end, same in zip(numbers, numbers, numbers, strict=True) if same or not of_type]
