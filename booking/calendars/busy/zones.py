"""Local times -> instants, in the zone that a file means.

Both kinds of zone read a local time that does not exist with the offset before the gap, and take the first of two
(RFC 5545 3.3.5; 3.3.10 as corrected by erratum 4271). Nothing here is global: icalendar's own table of zones belongs to
the process and the first file fills it, so that one file's "Customized Time Zone" would move another person's time.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from booking.calendars.busy.reading import EARLIEST, LATEST

# The ends of what Python can hold, as naive local times.
BEGINNING_OF_TIME = datetime(1, 1, 1)  # noqa: DTZ001
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001


class Zone(Protocol):
    """Where local times are at home."""

    def instant(self, wall: datetime) -> datetime:
        """The UTC instant of a naive local time, within EARLIEST and LATEST."""

    def wall(self, instant: datetime) -> datetime:
        """The naive local time of a UTC instant."""


class NamedZone:
    """A zone of the IANA database; UTC is one."""

    def __init__(self, info: ZoneInfo) -> None:
        self._info = info

    def instant(self, wall: datetime) -> datetime:
        """The UTC instant of a naive local time, within EARLIEST and LATEST."""
        if not EARLIEST.year <= wall.year < LATEST.year:
            return outermost(wall)
        return max(EARLIEST, min(LATEST, wall.replace(tzinfo=self._info).astimezone(UTC)))

    def wall(self, instant: datetime) -> datetime:
        """The naive local time of a UTC instant."""
        return instant.astimezone(self._info).replace(tzinfo=None)


ZULU = NamedZone(ZoneInfo("UTC"))


def outermost(wall: datetime) -> datetime:
    """The end of known time on the side where a local time lies."""
    return EARLIEST if wall.year < EARLIEST.year else LATEST


def moved(wall: datetime, by: timedelta) -> datetime:
    """A naive local time moved on its own clock; beyond what Python can hold, the end of it."""
    try:
        return wall + by
    except OverflowError:
        return END_OF_TIME if by > timedelta(0) else BEGINNING_OF_TIME


def midnight(day: date) -> datetime:
    """The naive start of a day."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local times are naive here on purpose
