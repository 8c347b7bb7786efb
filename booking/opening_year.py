"""A year of one calendar as twelve months: red and short days by name, absences, closures and dates that differ."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language, gettext

from booking import red_days, wording
from booking.models import Absence, Closure
from booking.officer_forms import as_clock
from booking.opening_presenters import absence_line, exception_line
from booking.opening_state import Drawn, pattern_of, rule_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One date: `kind` is open, closed, red, short, away or other, for its look; `words` say it."""

    date: date
    kind: str
    words: str
    name: str


@dataclass(frozen=True)
class Note:
    """A line below a month. `add` marks a day between a holiday and a weekend that nobody has closed yet."""

    date: date
    when: str
    words: str
    add: bool = False


@dataclass(frozen=True)
class Month:
    """One month: `weeks` of seven days, None outside the month, each with its ISO number; `notes` in order."""

    name: str
    slug: str
    weeks: tuple[tuple[int, tuple[Day | None, ...]], ...]
    notes: tuple[Note, ...]


def weekdays() -> tuple[tuple[str, str], ...]:
    """Monday to Sunday, short and whole."""
    days = [date(2024, 1, number) for number in range(1, 8)]
    return tuple((wording.short_weekday(day), wording.weekday(day)) for day in days)


def eve_name(eve: str) -> str:
    """The name of an eve that `red_days` knows."""
    return {
        "twelfth_night": gettext("trettondagsafton"),
        "maundy_thursday": gettext("skärtorsdag"),
        "walpurgis": gettext("valborgsmässoafton"),
        "ascension_eve": gettext("dagen före Kristi himmelsfärdsdag"),
        "midsummer_eve": gettext("midsommarafton"),
        "all_saints_eve": gettext("dagen före alla helgons dag"),
        "day_before_christmas_eve": gettext("dagen före julafton"),
        "christmas_eve": gettext("julafton"),
        "day_before_new_years_eve": gettext("dagen före nyårsafton"),
        "new_years_eve": gettext("nyårsafton"),
    }[eve]


def months(drawn: Drawn, first: date, today: date) -> tuple[Month, ...]:
    """Twelve months from the first of one. Suggests days between a holiday and a weekend; closes none of them."""
    starts = [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(13)]
    last = starts[12] - _DAY
    notes = _notes(drawn, first, last)
    open_days = {day for row in drawn.rules for day in _days(first, last) if rule_of(row).active_on(day)}
    for year in range(first.year, last.year + 1):
        for day in red_days.bridge_days(year, _shut(drawn, year)):
            if max(today, first) <= day <= last and day in open_days and day not in notes:
                notes[day].append(("bridge", gettext("klämdag: öppet om du inte stänger")))
    return tuple(_month(start, notes, open_days, year=start.year != today.year) for start in starts[:12])


def notes_of(drawn: Drawn, day: date) -> tuple[str, ...]:
    """What is to be said of one date, its own exceptions apart."""
    return tuple(words for kind, words in _notes(drawn, day, day).get(day, []) if kind != "other")


def _month(first: date, notes: dict[date, list[tuple[str, str]]], open_days: set[date], *, year: bool) -> Month:
    weeks = []
    for week in Weeks().monthdatescalendar(first.year, first.month):
        days = tuple(_day(day, notes.get(day, []), open_days) if day.month == first.month else None for day in week)
        weeks.append((week[0].isocalendar().week, days))
    found = sorted(day for day in notes if (day.year, day.month) == (first.year, first.month))
    lines = tuple(_note(day, notes[day]) for day in found)
    name = wording.capital(wording.month(first))
    return Month(f"{name} {first.year}" if year else name, f"{first:%Y-%m}", tuple(weeks), lines)


def _day(day: date, notes: list[tuple[str, str]], open_days: set[date]) -> Day:
    kinds = [kind for kind, _words in notes if kind != "bridge"]
    kind = kinds[0] if kinds else ("open" if day in open_days else "closed")
    words = ", ".join(text for _kind, text in notes)
    usual = gettext("öppet") if day in open_days else gettext("inga öppettider")
    return Day(day, kind, words or usual, wording.day(day))


def _note(day: date, notes: list[tuple[str, str]]) -> Note:
    bridge = any(kind == "bridge" for kind, _words in notes)
    return Note(day, wording.capital(wording.day(day)), ", ".join(words for _kind, words in notes), bridge)


def _notes(drawn: Drawn, first: date, last: date) -> defaultdict[date, list[tuple[str, str]]]:
    """What is to be said of each date, what closes most first."""
    found: defaultdict[date, list[tuple[str, str]]] = defaultdict(list)
    closes = dict(red_days.DEFAULTS) | {row.eve: row.closes_at for row in drawn.short_days}
    for year in range(first.year, last.year + 1):
        for day, name in red_days.names_of(year, get_language() or "sv").items():
            found[day].append(("red", name))
        for eve, day in red_days.eves_of(year).items():
            if closes[eve] < red_days.AS_USUAL and day not in found:
                found[day].append(("short", _short(eve, closes[eve])))
    for row in drawn.exceptions:
        if first <= row.date <= last:
            found[row.date].append(("other", wording.small(exception_line(row, drawn).why)))
    for kind, day, words in _away(drawn, first, last):
        found[day].append((kind, words))
    return found


def _short(eve: str, closes_at: int) -> str:
    if closes_at == red_days.CLOSED:
        return gettext("%(eve)s, stängt") % {"eve": eve_name(eve)}
    return gettext("%(eve)s, stänger kl. %(time)s") % {"eve": eve_name(eve), "time": as_clock(closes_at)}


def _away(drawn: Drawn, first: date, last: date) -> Iterator[tuple[str, date, str]]:
    for absence in drawn.absences:
        why = wording.small(absence_line(absence).why)
        pattern = pattern_of(absence, drawn.zone)
        for day in _days_of(absence, drawn, first, last):
            if pattern is None or pattern.active_on(day):
                yield "away", day, why
    for closure in drawn.closures:
        words = gettext("enheten är stängd") if closure.unit_id else gettext("kommunen är stängd")
        for day in _days_of(closure, drawn, first, last):
            yield "away", day, words


def _days_of(row: Absence | Closure, drawn: Drawn, first: date, last: date) -> Iterable[date]:
    begins = row.from_at.astimezone(drawn.zone).date()
    ends = (row.to_at - timedelta(microseconds=1)).astimezone(drawn.zone).date()
    return _days(max(first, begins), min(last, ends))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


def _shut(drawn: Drawn, year: int) -> frozenset[date]:
    """Red days, and eves that the municipality closes all day."""
    closes = {row.eve: row.closes_at for row in drawn.short_days}
    known = red_days.calendar(date(year, 1, 1) - _DAY, date(year, 12, 31) + _DAY, closes)
    return known.red | {day for day, minute in known.short.items() if minute == red_days.CLOSED}
