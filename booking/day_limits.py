"""How much one calendar takes in a day or a week: the days that are full for one more meeting. Pure.

Days are local dates and weeks ISO weeks (ISO 8601) of the calendar's zone; a meeting counts on the day it begins.
Bookings and live holds count, imported busy time does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from booking.timeline import TICK_MINUTES, LocalDay, Span

Reached = Literal["day_limit", "week_limit", "minute_limit"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most meetings of a local day, the most of an ISO week, the most booked minutes of a local day; None: any."""

    per_day: int | None = None
    per_week: int | None = None
    minutes_per_day: int | None = None

    def __post_init__(self) -> None:
        if any(most is not None and most < 0 for most in (self.per_day, self.per_week, self.minutes_per_day)):
            raise ValueError("a limit is not negative")


NO_LIMITS = Limits()


def full_days(
    limits: Limits, meetings: Iterable[Span], duration: int, table: Sequence[LocalDay]
) -> Iterator[tuple[Reached, Span]]:
    """The days that cannot take one more meeting of `duration` ticks, each with the limit that it would pass.

    `meetings`: those that count, in ticks; `table`: whole local days that hold all of them, as `rules.local_days` gives
    it, whole weeks at its ends where there is a limit of the week. A day comes once for each limit that it reaches.
    """
    if limits == NO_LIMITS:
        return
    number: Counter[date] = Counter()
    minutes: Counter[date] = Counter()
    for start, end in meetings:
        day = _day_of(start, table)
        if day is not None:
            number[day] += 1
            minutes[day] += (end - start) * TICK_MINUTES
    weeks: Counter[tuple[int, int]] = Counter()
    for day, many in number.items():
        weeks[day.isocalendar()[:2]] += many
    for one in table:
        span = one.origin, one.end
        if limits.per_day is not None and number[one.date] >= limits.per_day:
            yield "day_limit", span
        if limits.per_week is not None and weeks[one.date.isocalendar()[:2]] >= limits.per_week:
            yield "week_limit", span
        with_it = minutes[one.date] + duration * TICK_MINUTES
        if limits.minutes_per_day is not None and with_it > limits.minutes_per_day:
            yield "minute_limit", span


def _day_of(tick: int, table: Sequence[LocalDay]) -> date | None:
    """The date of a tick, by halving; None outside the table."""
    low, high = 0, len(table)
    while low < high:
        middle = (low + high) // 2
        if tick < table[middle].origin:
            high = middle
        elif tick >= table[middle].end:
            low = middle + 1
        else:
            return table[middle].date
    return None
