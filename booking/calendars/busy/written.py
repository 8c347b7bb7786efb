"""Dates, times and lengths as a file writes them, read by icalendar one value at a time.

No zone is ever handed to icalendar: it would look it up in a table that belongs to the whole process, or open files by
its name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from icalendar.prop import vDDDTypes, vDuration

from booking.calendars.busy.zones import midnight

Form = Literal["date", "utc", "local"]

MOMENT = re.compile(r"\d{8}(T\d{6}Z?)?")
DURATION = re.compile(r"([+-]?)P((?:\d+W)?(?:\d+D)?)(?:T((?:\d+H)?(?:\d+M)?(?:\d+S)?))?")
_read_moment: Callable[[str], date] = vDDDTypes.from_ical
_read_duration: Callable[[str], timedelta] = vDuration.from_ical

FOREVER = timedelta(days=300 * 366)  # longer than all the years that are read


@dataclass(frozen=True, slots=True)
class Written:
    """A date or time as it stands there: naive, with its form; a date is its midnight."""

    wall: datetime
    form: Form


@dataclass(frozen=True, slots=True)
class Duration:
    """RFC 5545 3.3.6: days on the calendar, then an exact time."""

    nominal: timedelta
    exact: timedelta


def moment(text: str) -> Written:
    """Read DATE or DATE-TIME; eight digits are a date whatever VALUE says. Raises ValueError."""
    text = text.strip().upper()
    if not MOMENT.fullmatch(text):
        raise ValueError("no date and no time")
    read = _read_moment(text)
    if not isinstance(read, datetime):
        return Written(midnight(read), "date")
    return Written(read.replace(tzinfo=None), "utc" if text.endswith("Z") else "local")


def duration(text: str) -> Duration:
    """Read a DURATION; one too great to hold is FOREVER. Raises ValueError."""
    match = DURATION.fullmatch(text.strip().upper())
    if not match:
        raise ValueError("no duration")
    sign, days, time = match[1], match[2], match[3] or ""
    return Duration(_part(sign, f"P{days}"), _part(sign, f"PT{time}"))


def _part(sign: str, text: str) -> timedelta:
    try:
        length = _read_duration(sign + text)
    except ValueError:  # the shape is right, so the number is too great
        return -FOREVER if sign == "-" else FOREVER
    return max(-FOREVER, min(FOREVER, length))
