"""A time zone out of a calendar file (RFC 5545 3.6.5), as files write them: eras, lists of dates, years 1 and 1601."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateutil.rrule import YEARLY
from icalendar.prop import vUTCOffset

from booking.calendars.busy.reading import EARLIEST, LATEST, Tally
from booking.calendars.busy.recurrence import Rule, read_rule
from booking.calendars.busy.rules import DAY_PARTS, dated
from booking.calendars.busy.text import Lines, ZoneBlock, value
from booking.calendars.busy.written import moment
from booking.calendars.busy.zones import moved, outermost

OBSERVANCES_LIMIT = 200
ONSETS_LIMIT = 5_000
ROUNDS_LIMIT = 20_000  # yearly rules expanded, observances x years: far more than any real file needs
TIMES_LIMIT = 1_000  # values of one yearly rule, multiplied
COUNT_LIMIT = 400
YEARS_BACK = 30  # how far to look for the last onset of a rule with an interval


_offset: Callable[[str], timedelta] = vUTCOffset.from_ical


class ZoneUnusable(Exception):
    """The VTIMEZONE says nothing that can be followed."""


@dataclass(frozen=True, slots=True, order=True)
class Onset:
    """When an observance begins: UTC (naive), the offset before it and from it on."""

    at: datetime
    before: timedelta
    after: timedelta

    @classmethod
    def of(cls, wall: datetime, before: timedelta, after: timedelta) -> "Onset":
        """The onset whose local time, by the offset before it, is `wall`."""
        return cls(moved(wall, -before), before, after)

    @property
    def local(self) -> datetime:
        """The first local time with the new offset: in a gap and in a doubled hour the old one still holds."""
        return moved(self.at, max(self.before, self.after))


class FileZone:
    """The observances of one VTIMEZONE. Onsets of rules are computed for the years that are asked about."""

    def __init__(self, onsets: list[Onset], yearly: list["Yearly"]) -> None:
        """`onsets` are the dated ones, at least one with `yearly`."""
        self._onsets = sorted(onsets)
        self._yearly = yearly
        self._years: dict[int, list[Onset]] = {}
        self._rounds = 0

    def instant(self, wall: datetime) -> datetime:
        """The UTC instant of a naive local time, within EARLIEST and LATEST."""
        if not EARLIEST.year <= wall.year < LATEST.year:
            return outermost(wall)
        onsets = self._around(wall.year)
        place = bisect_right(onsets, wall, key=lambda onset: onset.local)
        offset = onsets[place - 1].after if place else onsets[0].before
        return max(EARLIEST, min(LATEST, (wall - offset).replace(tzinfo=UTC)))

    def wall(self, instant: datetime) -> datetime:
        """The naive local time of a UTC instant."""
        at = instant.astimezone(UTC).replace(tzinfo=None)
        onsets = self._around(at.year)
        place = bisect_right(onsets, at, key=lambda onset: onset.at)
        return at + (onsets[place - 1].after if place else onsets[0].before)

    def _around(self, year: int) -> list[Onset]:
        """The onsets of the years beside `year`, and the newest one before them; never empty."""
        if year not in self._years:
            lowest = bisect_left(self._onsets, year - 1, key=lambda onset: onset.at.year)
            highest = bisect_right(self._onsets, year + 1, key=lambda onset: onset.at.year)
            near = self._onsets[max(0, lowest - 1) : highest]
            for observance in self._yearly:
                near += self._of(observance, year)
            self._years[year] = sorted(near) or self._first()
        return self._years[year]

    def _of(self, observance: "Yearly", year: int) -> list[Onset]:
        """The onsets of a yearly rule in the years beside `year`, or else its newest before them."""
        found = [onset for near in (year - 1, year, year + 1) for onset in self._in_year(observance, near)]
        back = min(year - 2, observance.last_year)
        lowest = max(observance.first.year, back - YEARS_BACK)
        while back >= lowest and not any(onset.at.year < year for onset in found):
            found += self._in_year(observance, back)
            back -= 1
        return found

    def _in_year(self, observance: "Yearly", year: int) -> list[Onset]:
        self._rounds += observance.has(year)
        if self._rounds > ROUNDS_LIMIT:
            raise ZoneUnusable
        return observance.in_year(year)

    def _first(self) -> list[Onset]:
        """The very first onset: a time long before it needs its offset."""
        firsts = self._onsets[:1]
        for observance in self._yearly:
            firsts += observance.in_year(observance.first.year)[:1]
        if not firsts:
            raise ZoneUnusable
        return [min(firsts)]


@dataclass(frozen=True, slots=True)
class Yearly:
    """An observance with a yearly rule without COUNT."""

    first: datetime
    before: timedelta
    after: timedelta
    rule: Rule

    @property
    def last_year(self) -> int:
        """The last year in which the rule can have an onset."""
        return self.rule.until.wall.year if self.rule.until else LATEST.year

    def has(self, year: int) -> bool:
        """Whether a year can have an onset."""
        start = self.first.year
        return start <= year <= self.last_year and (year - start) % self.rule.interval == 0

    def in_year(self, year: int) -> list[Onset]:
        """The onsets in a year."""
        if not self.has(year):
            return []
        by = dict(self.rule.by)
        if not DAY_PARTS & by.keys():
            by = {"bymonth": (self.first.month,), "bymonthday": (self.first.day,)} | by
        # An interval beyond the year 9999: a rule without a match would be followed to there.
        alone = Rule(YEARLY, interval=9_999, week_start=self.rule.week_start, by=by)
        walls = dated(alone, self.first.replace(year=year, month=1, day=1), None)
        return [Onset.of(wall, self.before, self.after) for wall in walls if wall >= self.first and self._until(wall)]

    def _until(self, wall: datetime) -> bool:
        until = self.rule.until
        if until is None:
            return True
        if until.form == "date":
            return wall.date() <= until.wall.date()
        return (moved(wall, -self.before) if until.form == "utc" else wall) <= until.wall


def file_zone(block: ZoneBlock, tally: Tally) -> FileZone:
    """Read a VTIMEZONE. Raises ZoneUnusable, also for rules other than yearly ones."""
    dates: list[Onset] = []
    yearly: list[Yearly] = []
    if not 0 < len(block.observances) <= OBSERVANCES_LIMIT:
        raise ZoneUnusable
    for lines in block.observances:
        try:
            _observance(lines, dates, yearly, tally)
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            raise ZoneUnusable from error
    if len(dates) > ONSETS_LIMIT:
        raise ZoneUnusable
    zone = FileZone(dates, yearly)
    zone.instant(datetime(2026, 1, 1))  # noqa: DTZ001 - a zone without any onset is found out here
    return zone


def _observance(lines: Lines, dates: list[Onset], yearly: list[Yearly], tally: Tally) -> None:
    """Add one STANDARD or DAYLIGHT. Raises LookupError or ValueError where something is missing or unreadable."""
    before = _offset(value(lines[b"TZOFFSETFROM"][0]))
    after = _offset(value(lines[b"TZOFFSETTO"][0]))
    first = moment(value(lines[b"DTSTART"][0])).wall
    rules = [read_rule(value(raw), tally) for raw in lines.get(b"RRULE", ())]
    for rule in rules:
        if rule is None or rule.costly or rule.frequency != YEARLY:
            raise ValueError("no yearly rule")
        if math.prod(map(len, rule.by.values())) > TIMES_LIMIT:
            raise ValueError("too many onsets in a year")
        observance = Yearly(first, before, after, rule)
        if rule.count:
            dates += _counted(observance, rule.count)
        else:
            yearly.append(observance)
    walls = [] if rules else [first]
    for raw in lines.get(b"RDATE", ()):
        walls += [moment(text.partition("/")[0]).wall for text in value(raw).split(",", ONSETS_LIMIT)]
    dates += [Onset.of(wall, before, after) for wall in walls]


def _counted(observance: Yearly, count: int) -> list[Onset]:
    """The onsets of a rule with COUNT: it is followed from its beginning."""
    if count > COUNT_LIMIT:
        raise ValueError("COUNT beyond all years")
    found: list[Onset] = []
    for year in range(observance.first.year, LATEST.year):
        found += observance.in_year(year)
        if len(found) >= count:
            break
    return found[:count]
