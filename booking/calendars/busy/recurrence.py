"""The text of a recurrence rule (RFC 5545 3.3.10) -> a Rule, part by part: one bad part never voids the others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from dateutil.rrule import DAILY, HOURLY, MINUTELY, MONTHLY, SECONDLY, WEEKLY, YEARLY, weekday
from icalendar.prop import vInt, vWeekday

from booking.calendars.busy.reading import Tally
from booking.calendars.busy.written import Written, moment

Frequency = Literal[0, 1, 2, 3, 4, 5, 6]  # dateutil's

FREQUENCIES: dict[str, Frequency] = {
    "YEARLY": YEARLY,
    "MONTHLY": MONTHLY,
    "WEEKLY": WEEKLY,
    "DAILY": DAILY,
    "HOURLY": HOURLY,
    "MINUTELY": MINUTELY,
    "SECONDLY": SECONDLY,
}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Part -> dateutil's name, least and greatest magnitude, whether it may be negative.
NUMBERS = {
    "BYSECOND": ("bysecond", 0, 59, False),
    "BYMINUTE": ("byminute", 0, 59, False),
    "BYHOUR": ("byhour", 0, 23, False),
    "BYMONTHDAY": ("bymonthday", 1, 31, True),
    "BYYEARDAY": ("byyearday", 1, 366, True),
    "BYWEEKNO": ("byweekno", 1, 53, True),
    "BYMONTH": ("bymonth", 1, 12, False),
    "BYSETPOS": ("bysetpos", 1, 366, True),
}
PARTS = {"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYDAY", "RSCALE", "SKIP", *NUMBERS}
TEXT_LIMIT = 10_000  # every part with all its values is shorter
GREATEST_INTERVAL = 100_000  # of days: more than all the years that are read
GREATEST_ORDINAL = 53


@dataclass(slots=True)
class Rule:
    """A rule with what could be read of it; `by` holds dateutil's arguments. `costly`: not to be expanded at all."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: Written | None = None
    week_start: int = 0
    by: dict[str, tuple[int | weekday, ...]] = field(default_factory=dict)
    costly: bool = False


def read_rule(text: str, tally: Tally) -> Rule | None:
    """Read a rule; None if it has no usable FREQ or another calendar than the Gregorian: the event then counts once.

    Parts and values that cannot be read are left out and counted as repaired.
    """
    if len(text) > TEXT_LIMIT:
        return Rule(DAILY, costly=True)
    parts = dict(_parts(text, tally))
    frequency = FREQUENCIES.get(parts.pop("FREQ", [""])[0].upper())
    scale = parts.pop("RSCALE", ["GREGORIAN"])[0].upper()
    if frequency is None or scale != "GREGORIAN":
        tally["rules_once"] += 1
        return None
    rule = Rule(frequency)
    for name, values in parts.items():
        readable = [read for text in values if (read := _value(name, text)) is not None]
        tally["repaired"] += len(readable) < len(values)
        if readable:
            _put(rule, name, readable)
    return rule


def _parts(text: str, tally: Tally) -> Iterator[tuple[str, list[str]]]:
    """The known parts of a rule as name and distinct values."""
    for part in re.split(r"[;\s]+", text):
        name, equals, values = part.partition("=")
        name = name.rpartition(":")[2].upper()
        if name in PARTS and equals:
            yield name, list(dict.fromkeys(values.split(",")))
        elif part:
            tally["repaired"] += 1


def _value(name: str, text: str) -> int | weekday | Written | None:
    """One value of a part, None if it cannot be read or is out of range."""
    try:
        if name == "UNTIL":
            return moment(text)
        if name in {"BYDAY", "WKST"}:
            return _weekday(str(vWeekday(text.upper())))
        if name == "SKIP":
            return 0 if text.upper() == "OMIT" else None
        return _in_range(name, int(vInt.from_ical(text)))
    except (ValueError, TypeError, AttributeError):
        return None


def _weekday(read: str) -> weekday | None:
    """A day such as "FR" or "-1SU"."""
    ordinal = int(read[:-2]) if read[:-2] else None
    if ordinal is not None and not 1 <= abs(ordinal) <= GREATEST_ORDINAL:
        return None
    return weekday(WEEKDAYS.index(read[-2:]), ordinal)


def _in_range(name: str, number: int) -> int | None:
    if name in NUMBERS:
        _, least, greatest, signed = NUMBERS[name]
        return number if least <= (abs(number) if signed else number) <= greatest else None
    return number if number > 0 else None


def _put(rule: Rule, name: str, values: list[int | weekday | Written]) -> None:
    """Set a part of a rule."""
    first = values[0]
    match name, first:
        case "UNTIL", Written():
            rule.until = first
        case "COUNT", int():
            rule.count = first
        case "INTERVAL", int():
            rule.interval = min(first, GREATEST_INTERVAL)
        case "WKST", weekday():
            rule.week_start = first.weekday
        case "BYDAY", _:
            rule.by["byweekday"] = tuple(value for value in values if isinstance(value, weekday))
        case _ if name in NUMBERS:
            rule.by[NUMBERS[name][0]] = tuple(value for value in values if isinstance(value, int))
        case _:
            pass
