"""What is wrong with a wanted opening, each fault with its own code, and what is only worth telling. Pure.

BookingError
├── OpeningFault      what was asked for is no opening; `code` says why and `field` where
└── RulesClash        another rule opens the same time for the same form
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from booking.errors import BookingError
from booking.patterns import Pattern, parity_bites
from booking.rules import Rule
from booking.timeline import TICK_MINUTES
from booking.walltime import ticks_of

MOST_DAYS_AHEAD: Final = 5 * 366
LOOKED_AHEAD: Final = timedelta(days=400)
_DAY: Final = timedelta(days=1)


class Fault(StrEnum):
    """The codes of what is refused."""

    NO_DAYS = "no_days"
    UNKNOWN_DAY = "unknown_day"
    OVERLAPS_ITSELF = "rule_overlaps_itself"
    NO_FORMS = "no_forms"
    UNKNOWN_FORM = "unknown_form"
    ENDS_BEFORE = "ends_before_begins"
    OFF_THE_DAY = "outside_the_day"
    OFF_FIVE_MINUTES = "not_five_minutes"
    BAD_STEP = "bad_step"
    BAD_ANCHOR = "bad_anchor"
    BAD_CYCLE = "bad_cycle"
    NO_MONDAY = "not_a_monday"
    DATES_REVERSED = "dates_reversed"
    IN_THE_PAST = "in_the_past"
    TOO_FAR_AHEAD = "too_far_ahead"
    NEVER_OPEN = "never_falls"
    UNKNOWN_KIND = "unknown_kind"
    NO_RULE_NAMED = "no_rule_named"
    NOT_ON_THAT_DATE = "not_on_that_date"
    EXCEPTION_TWICE = "exception_twice"
    ABSENCE_TOO_SHORT = "absence_too_short"
    ABSENCE_TOO_LONG = "absence_too_long"
    UNKNOWN_REASON = "unknown_reason"
    UNKNOWN_EVE = "unknown_eve"
    LIMIT_OUT_OF_BOUNDS = "limit_out_of_bounds"
    LIMIT_TWICE = "limit_twice"
    UNKNOWN_TYPE = "unknown_meeting_type"
    SHARE_OUT_OF_BOUNDS = "share_out_of_bounds"
    LEAD_OUT_OF_BOUNDS = "lead_out_of_bounds"
    BUFFER_OUT_OF_BOUNDS = "buffer_out_of_bounds"
    BAD_LANGUAGE = "bad_language"
    BAD_NAME = "bad_name"
    UNKNOWN_ORPHANS = "unknown_choice"


class OpeningFault(BookingError):
    """What was asked for is no opening. `code` is a `Fault`; `field` names what to change, as the wanted value does."""

    code = "opening_fault"
    text = "this is no opening"

    def __init__(self, fault: Fault, field: str = "") -> None:
        """`field`: the name of the wanted value's field that the fault is in; nothing for the whole."""
        super().__init__(fault.value)
        self.code = fault.value
        self.field = field


class RulesClash(BookingError):
    """Two rules would open the same time of the same days for the same form; `other` is the one that stands."""

    code = "rules_clash"
    text = "another rule opens the same time"

    def __init__(self, other: Rule) -> None:
        """`other`: the rule that already opens the time."""
        super().__init__()
        self.other = other


class Hint(StrEnum):
    """The codes of what is told beforehand, and hinders nothing."""

    CLOCK_GAP = "clock_gap"  # a time that the clock leaps over on these dates
    PARITY_BITES = "parity_bites"  # weeks that follow a week of the same parity: their Mondays


@dataclass(frozen=True, slots=True)
class Told:
    """Something worth knowing before saving, and the dates that it is about."""

    hint: Hint
    dates: tuple[date, ...]


def refuse(wrong: bool, fault: Fault, field: str = "") -> None:
    """Raises `OpeningFault` when `wrong`."""
    if wrong:
        raise OpeningFault(fault, field)


def check_minutes(from_minute: int, to_minute: int) -> None:
    """A piece of a day, minutes after midnight. Raises `OpeningFault`."""
    refuse(not (0 <= from_minute <= 1440 and 0 <= to_minute <= 1440), Fault.OFF_THE_DAY, "from_minute")
    refuse(from_minute % TICK_MINUTES != 0, Fault.OFF_FIVE_MINUTES, "from_minute")
    refuse(to_minute % TICK_MINUTES != 0, Fault.OFF_FIVE_MINUTES, "to_minute")
    refuse(to_minute <= from_minute, Fault.ENDS_BEFORE, "to_minute")


def check_step(step: int, anchor: str) -> None:
    """A grid of starts. Raises `OpeningFault`."""
    refuse(not 5 <= step <= 120 or step % TICK_MINUTES != 0, Fault.BAD_STEP, "step")
    refuse(anchor not in ("opening", "clock"), Fault.BAD_ANCHOR, "anchor")


def check_dates(first: date | None, last: date | None, today: date) -> None:
    """The first and last day that something is valid: in order, not over already, within five years."""
    refuse(bool(first and last and last < first), Fault.DATES_REVERSED, "valid_to")
    refuse(bool(last and last < today), Fault.IN_THE_PAST, "valid_to")
    for name, day in (("valid_from", first), ("valid_to", last)):
        refuse(bool(day and (day - today).days > MOST_DAYS_AHEAD), Fault.TOO_FAR_AHEAD, name)


def check_day(day: date, today: date) -> None:
    """One date that differs: not past, within five years."""
    refuse(day < today, Fault.IN_THE_PAST, "day")
    refuse((day - today).days > MOST_DAYS_AHEAD, Fault.TOO_FAR_AHEAD, "day")


def hints(patterns: Iterable[Pattern], today: date, zone: tzinfo) -> tuple[Told, ...]:
    """What is worth telling of pieces that recur, over the 400 days after they begin."""
    gaps: set[date] = set()
    bites: set[date] = set()
    for pattern in patterns:
        first, last = _looked_at(pattern, today)
        gaps.update(day for day in _dates(pattern, first, last) if leaps(day, pattern, zone))
        bites.update(parity_bites(pattern.cycle, first, last))
    found = ((Hint.CLOCK_GAP, gaps), (Hint.PARITY_BITES, bites))
    return tuple(Told(hint, tuple(sorted(dates))) for hint, dates in found if dates)


def falls(pattern: Pattern, today: date) -> bool:
    """Whether something that recurs falls on any date from today on; with no last day it always does."""
    if pattern.valid_to is None:
        return True
    first = max(pattern.valid_from or today, today)
    return any(True for _ in _dates(pattern, first, pattern.valid_to))


def leaps(day: date, piece: Pattern, zone: tzinfo) -> bool:
    """Whether some of a piece of this date does not exist, because the clock is put forward."""
    start, end = ticks_of(day, piece.from_minute, piece.to_minute, zone)
    return (end - start) * TICK_MINUTES < piece.to_minute - piece.from_minute


def _looked_at(pattern: Pattern, today: date) -> tuple[date, date]:
    first = max(pattern.valid_from or today, today)
    last = first + LOOKED_AHEAD
    return first, min(pattern.valid_to or last, last)


def _dates(pattern: Pattern, first: date, last: date) -> Iterator[date]:
    """The dates between two on which a pattern falls."""
    day = first + _DAY * ((pattern.weekday - first.isoweekday()) % 7)
    while day <= last:
        if pattern.active_on(day):
            yield day
        day += 7 * _DAY
