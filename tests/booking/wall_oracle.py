"""What opening rules must give, found by walking UTC tick by tick and reading the wall clock.

Shares no code with booking: only the standard library's zones, asked in the one direction that is never ambiguous.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol

FIVE_MINUTES = timedelta(minutes=5)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Reading = tuple[date, int]


@lru_cache(maxsize=4096)
def walk(day: date, zone: tzinfo) -> tuple[int, tuple[Reading, ...]]:
    """The wall clock's readings (date, minute) from the noon before a date to the noon after it, and the first tick."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    readings = []
    for step in range(-288, 2 * 288):
        wall = (noon + step * FIVE_MINUTES).astimezone(zone)
        readings.append((wall.date(), wall.hour * 60 + wall.minute))
    return int((noon - EPOCH) / FIVE_MINUTES) - 288, tuple(readings)


def piece(day: date, from_minute: int, to_minute: int, zone: tzinfo) -> tuple[int, int]:
    """First and end tick of a piece of a date.

    It begins when the clock first reads its beginning or has jumped past it, and ends when the clock reads its end for
    the last time, or has jumped past it.
    """
    first, readings = walk(day, zone)
    begin = next(at for at, reading in enumerate(readings) if reading >= (day, from_minute))
    last = (day, to_minute) if to_minute < 1440 else (day + timedelta(days=1), 0)
    if last in readings:
        end = len(readings) - 1 - readings[::-1].index(last)
    else:
        end = next(at for at, reading in enumerate(readings) if reading >= last)
    return first + begin, first + end


def starts(day: date, span: tuple[int, int], step: int, anchor: str, zone: tzinfo) -> set[int]:
    """The grid of a piece: every `step` minutes from its beginning, or where the clock reads a multiple of `step`."""
    if anchor == "opening":
        return {tick for tick in range(*span) if (tick - span[0]) * 5 % step == 0}
    first, readings = walk(day, zone)
    return {tick for tick in range(*span) if readings[tick - first][1] % step == 0}


class Recurring(Protocol):
    """What a cycle says of itself."""

    @property
    def every(self) -> int: ...
    @property
    def first_monday(self) -> date | None: ...
    @property
    def week_parity(self) -> str: ...
    @property
    def nth(self) -> int: ...


def counts(cycle: Recurring, day: date) -> bool:
    """Whether a date counts, found by counting: weeks one by one, or the same weekdays of its month."""
    if cycle.every > 1 and cycle.first_monday is not None:
        week, step = cycle.first_monday, timedelta(days=7 * cycle.every)
        while week > day:
            week -= step
        while week + step <= day:
            week += step
        return day < week + timedelta(days=7)
    if cycle.week_parity:
        return int(day.strftime("%V")) % 2 == (cycle.week_parity == "odd")
    if cycle.nth:
        month = [day.replace(day=number) for number in range(1, monthrange(day.year, day.month)[1] + 1)]
        same = [one for one in month if one.weekday() == day.weekday()]
        return len(same) >= cycle.nth and same[cycle.nth - 1 if cycle.nth > 0 else -1] == day
    return True
