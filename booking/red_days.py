"""Swedish red days, days that are closed like them, and short days before a holiday: computed, no list that ends.

Red days come from the `holidays` package (lag 1989:253 om allmänna helgdagar), Sundays apart: a Sunday is closed when
no rule opens it. The eves are computed here from the holidays; what a municipality closes, and when, is its own table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import holidays

CLOSED, AS_USUAL = 0, 1440
SUNDAY: Final = 7
_DAY: Final = timedelta(days=1)
# Each eve and when it closes unless a municipality says otherwise, in minutes after midnight; 0 is closed all day.
DEFAULTS: Final[Mapping[str, int]] = {
    "twelfth_night": AS_USUAL,
    "maundy_thursday": AS_USUAL,
    "walpurgis": AS_USUAL,
    "ascension_eve": AS_USUAL,
    "midsummer_eve": CLOSED,
    "all_saints_eve": AS_USUAL,
    "day_before_christmas_eve": AS_USUAL,
    "christmas_eve": CLOSED,
    "day_before_new_years_eve": AS_USUAL,
    "new_years_eve": CLOSED,
}


@dataclass(frozen=True, slots=True)
class Holidays:
    """Dates that are red, and dates that close early: at a minute after midnight, 0 for closed all day."""

    red: frozenset[date] = frozenset()
    short: Mapping[date, int] = field(default_factory=dict)


NO_HOLIDAYS: Final = Holidays()


def calendar(first: date, last: date, closes: Mapping[str, int] | None = None) -> Holidays:
    """The red and short days from `first` to `last`. `closes`: what a municipality decided of eves, by their names.

    ValueError for an eve that is none, or a minute that is no multiple of 5 within the day.
    """
    decided = {**DEFAULTS, **(closes or {})}
    if decided.keys() - DEFAULTS.keys():
        raise ValueError("no such eve")
    if any(not CLOSED <= minute <= AS_USUAL or minute % 5 for minute in decided.values()):
        raise ValueError("an eve closes at a multiple of 5 minutes within the day")
    years = range(first.year, last.year + 1)
    red = frozenset(day for year in years for day in red_days(year) if first <= day <= last)
    short: dict[date, int] = {}
    for year in years:
        for name, day in eves_of(year).items():
            if first <= day <= last and day not in red and decided[name] < AS_USUAL:
                short[day] = min(decided[name], short.get(day, AS_USUAL))  # two eves can fall on one date
    return Holidays(red, short)


@lru_cache(maxsize=256)
def red_days(year: int) -> frozenset[date]:
    """The public holidays of a year, ordinary Sundays apart."""
    return frozenset(holidays.country_holidays("SE", years=year, expand=False, include_sundays=False))


@lru_cache(maxsize=256)
def eves_of(year: int) -> dict[str, date]:
    """The eves of a year by name; a Sunday never counts as one."""
    easter = _easter_sunday(year)
    midsummer = _saturday_from(date(year, 6, 20))
    all_saints = _saturday_from(date(year, 10, 31))
    found = {
        "twelfth_night": date(year, 1, 5),
        "maundy_thursday": easter - 3 * _DAY,
        "walpurgis": date(year, 4, 30),
        "ascension_eve": easter + 38 * _DAY,
        "midsummer_eve": midsummer - _DAY,
        "all_saints_eve": all_saints - _DAY,
        "day_before_christmas_eve": date(year, 12, 23),
        "christmas_eve": date(year, 12, 24),
        "day_before_new_years_eve": date(year, 12, 30),
        "new_years_eve": date(year, 12, 31),
    }
    return {name: day for name, day in found.items() if day.isoweekday() != SUNDAY}


@lru_cache(maxsize=64)
def names_of(year: int, language: str) -> Mapping[date, str]:
    """The red days of a year with their names, in Swedish or (`en`) English."""
    words = "en_US" if language.startswith("en") else "sv"
    found = holidays.country_holidays("SE", years=year, expand=False, include_sundays=False, language=words)
    return {day: str(name) for day, name in sorted(found.items())}


def bridge_days(year: int, shut: Iterable[date]) -> tuple[date, ...]:
    """Working days of a year that stand alone between days off: a weekend on one side, one of `shut` on the other.

    `shut`: red days and those closed like them, also just outside the year.
    """
    closed = frozenset(shut)

    def off(day: date) -> bool:
        return day.isoweekday() >= SUNDAY - 1 or day in closed

    days = (date(year, 1, 1) + _DAY * number for number in range(366))
    return tuple(
        day
        for day in days
        if day.year == year and not off(day) and off(day - _DAY) and off(day + _DAY) and _by_holiday(day, closed)
    )


def _by_holiday(day: date, closed: frozenset[date]) -> bool:
    return day - _DAY in closed or day + _DAY in closed


def working_days_after(day: date, number: int, closed: Iterable[date]) -> date:
    """The date that lies `number` working days (Monday to Friday, none of `closed`) after a date; 0 is the date."""
    shut = frozenset(closed)
    while number > 0:
        day += _DAY
        number -= day.isoweekday() < SUNDAY - 1 and day not in shut
    return day


def _easter_sunday(year: int) -> date:
    """Found among the package's red days: the one that lies 39 days before Ascension Day and is a Sunday."""
    red = red_days(year)
    return next(day for day in red if day.isoweekday() == SUNDAY and day + 39 * _DAY in red and day + _DAY in red)


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(6 - day.isoweekday()) % 7)
