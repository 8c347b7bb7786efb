"""On which dates something recurs: a weekday every week, every n-th week, in odd or even weeks, or once a month.

Opening rules and recurring absences share it. Weeks are ISO weeks (ISO 8601): they begin on Monday, and some years have
53 of them, so two odd weeks can follow each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from booking.timeline import TICK_MINUTES

MINUTES_PER_DAY = 1440
Parity = Literal["", "odd", "even"]
_PARITY: Final = {"odd": 1, "even": 0}


@dataclass(frozen=True, slots=True)
class Cycle:
    """Which of a weekday's dates count; without anything all of them.

    `every`: each n-th week (1-8) counted from the week of `first_monday`; `week_parity`: odd or even ISO weeks; `nth`:
    the first to fifth of that weekday in its month, -1 the last, 0 any. Only one of the three at a time.
    """

    every: int = 1
    first_monday: date | None = None
    week_parity: Parity = ""
    nth: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.every <= 8:
            raise ValueError("a cycle is 1 to 8 weeks")
        if self.every > 1 and (self.first_monday is None or self.first_monday.isoweekday() != 1):
            raise ValueError("a cycle of weeks needs the Monday that it counts from")
        if self.week_parity not in ("", *_PARITY):
            raise ValueError("a parity is odd or even")
        if self.nth not in (-1, 0, 1, 2, 3, 4, 5):
            raise ValueError("an nth weekday is the first to fifth, or the last")
        if (self.every > 1) + bool(self.week_parity) + bool(self.nth) > 1:
            raise ValueError("a cycle counts weeks, or odd and even ones, or weekdays of the month")

    def active_on(self, day: date) -> bool:
        """Whether a date counts."""
        if self.every > 1 and self.first_monday is not None:
            return (day - self.first_monday).days // 7 % self.every == 0
        if self.week_parity:
            return day.isocalendar().week % 2 == _PARITY[self.week_parity]
        if self.nth == -1:
            return (day + timedelta(days=7)).month != day.month
        return self.nth in (0, (day.day - 1) // 7 + 1)


WEEKLY: Final = Cycle()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A piece of a weekday (ISO, Monday is 1) that recurs; wall time in minutes after midnight, multiples of 5.

    `valid_from` and `valid_to` are the first and last date, None without limit.
    """

    weekday: int
    from_minute: int
    to_minute: int
    valid_from: date | None
    valid_to: date | None
    cycle: Cycle = field(default=WEEKLY, kw_only=True)

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= 7:
            raise ValueError("a weekday is 1 to 7")
        check_minutes(self.from_minute, self.to_minute)

    def active_on(self, day: date) -> bool:
        """Whether it falls on a date."""
        return (
            day.isoweekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
            and (self.cycle is WEEKLY or self.cycle.active_on(day))
        )


def check_minutes(from_minute: int, to_minute: int) -> None:
    """Raises ValueError for what is no piece of a day."""
    if not 0 <= from_minute < to_minute <= MINUTES_PER_DAY:
        raise ValueError("a piece of a day begins before it ends, within 0 to 1440 minutes")
    if from_minute % TICK_MINUTES or to_minute % TICK_MINUTES:
        raise ValueError("minutes must be multiples of 5")


def parity_bites(cycle: Cycle, first: date, last: date) -> tuple[date, ...]:
    """The Mondays between two dates whose week has the same parity as the week before: week 53 and week 1 after it."""
    if not cycle.week_parity:
        return ()
    monday = first + timedelta(days=-first.weekday() % 7)
    weeks = (monday + timedelta(days=7 * number) for number in range((last - monday).days // 7 + 1))
    return tuple(day for day in weeks if day.isocalendar().week % 2 == (day - timedelta(days=7)).isocalendar().week % 2)
