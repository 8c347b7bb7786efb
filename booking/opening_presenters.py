"""Opening rules, dates that differ, absences and limits in words: the lists of an officer's pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext

from booking import wording
from booking.models import Absence, Calendar, Closure, OpeningException, OpeningRule
from booking.officer_forms import ABSENCES, WEEKDAYS, as_clock
from booking.opening_state import Drawn, cycle_of_row
from booking.opening_words import WEEKS, day_with_year, repeat_of, when_of
from booking.presenters import forms_of_meeting


@dataclass(frozen=True)
class RuleLine:
    """One rule of the list: `name` tells it apart for a screen reader."""

    id: UUID
    day: str
    time: str
    more: str
    name: str


@dataclass(frozen=True)
class Line:
    """One absence, exception or closure of a list; `day` leads to its date, where it has one."""

    id: UUID
    when: str
    why: str
    day: date | None = None


@dataclass(frozen=True)
class Template:
    """A ready opening to start from, and the form's first values for it."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Opening:
    """What the page shows of one calendar. `version` is the `rules_version` it was read at."""

    calendar: UUID
    version: int
    rules: tuple[RuleLine, ...]
    absences: tuple[Line, ...]
    exceptions: tuple[Line, ...]
    templates: tuple[Template, ...]


def opening_page(calendar: Calendar, drawn: Drawn, today: date) -> Opening:
    """The lists of one calendar; exceptions that are over are left out, and so are absences by who read them."""
    return Opening(
        calendar=calendar.uuid,
        version=calendar.rules_version,
        rules=tuple(rule_line(rule) for rule in drawn.rules),
        absences=tuple(absence_line(absence) for absence in drawn.absences),
        exceptions=tuple(exception_line(row, drawn) for row in drawn.exceptions if row.date >= today),
        templates=() if drawn.rules else templates(),
    )


def rule_line(rule: OpeningRule) -> RuleLine:
    """`Varannan tisdag`, `kl. 9.00–12.00`, and the rest in a quieter line."""
    day, time = when_of(cycle_of_row(rule), weekday(rule.weekday)), span(rule.from_minute, rule.to_minute)
    forms = forms_words(rule.forms)
    every = gettext("Ett möte kan börja var %(n)s:e minut.") % {"n": rule.step}
    more = [f"{wording.capital(forms)}.", _valid(rule), every]
    if rule.on_red_days:
        more.append(gettext("Öppet även på röda dagar."))
    return RuleLine(rule.id, day, time, " ".join(part for part in more if part), f"{day} {time}")


def absence_line(absence: Absence) -> Line:
    """`torsdag 3 december`, `3 december – 7 december`, with clock times when not whole days, or what recurs."""
    when = _when(absence.from_at, absence.to_at)
    if absence.weekday is not None:
        day = when_of(cycle_of_row(absence), weekday(absence.weekday))
        whole = (absence.from_minute, absence.to_minute) == (0, 1440)
        time = gettext("hela dagen") if whole else span(absence.from_minute, absence.to_minute)
        when = gettext("%(day)s %(time)s, %(dates)s") % {"day": day, "time": time, "dates": when}
    return Line(absence.id, wording.capital(when), str(dict(ABSENCES).get(absence.code, "")))


def exception_line(row: OpeningException, drawn: Drawn) -> Line:
    """A date, and what is otherwise then."""
    rule = drawn.rule(row.rule_id) if row.rule_id else None
    named = span(rule.from_minute, rule.to_minute) if rule else ""
    time = span(row.from_minute, row.to_minute)
    whole = (row.from_minute, row.to_minute) == (0, 1440)
    why = {
        "skip": gettext("Öppettiden %(rule)s är inställd") % {"rule": named},
        "change": gettext("%(time)s i stället för %(rule)s") % {"time": wording.capital(time), "rule": named},
        "extra": gettext("Extra tid %(time)s") % {"time": time},
        "closed": gettext("Stängt hela dagen") if whole else gettext("Stängt %(time)s") % {"time": time},
    }[row.kind]
    if row.forms:
        why = gettext("%(what)s, %(forms)s") % {"what": why, "forms": forms_words(row.forms)}
    return Line(row.id, wording.capital(f"{wording.day(row.date)} {row.date.year}"), why, row.date)


def templates() -> tuple[Template, ...]:
    """Three to start from, for who has no opening yet."""
    return (
        Template(
            "formiddagar",
            gettext("Förmiddagar"),
            gettext("Måndag till fredag kl. 9.00–12.00, videomöte och telefon."),
        ),
        Template(
            "tva-dagar",
            gettext("Två eftermiddagar"),
            gettext("Tisdag och torsdag kl. 13.00–16.00, videomöte, telefon och besök."),
        ),
        Template("besok", gettext("Besök varannan vecka"), gettext("Varannan onsdag kl. 9.00–12.00, besök.")),
    )


def template_values(key: str, today: date) -> dict[str, object]:
    """The form's first values for a template; for no template its usual ones."""
    usual: dict[str, object] = {"step": 15, "repeat": "week", "anchor": "opening"}
    return usual | {
        "formiddagar": {"days": [1, 2, 3, 4, 5], "begins": "9.00", "ends": "12.00", "held": ["video", "phone"]},
        "tva-dagar": {"days": [2, 4], "begins": "13.00", "ends": "16.00", "held": ["video", "phone", "visit"]},
        "besok": {
            "days": [3],
            "begins": "9.00",
            "ends": "12.00",
            "held": ["visit"],
            "repeat": "every-2",
            "counted_from": today.isoformat(),
        },
    }.get(key, {})


def weekday(number: int) -> str:
    """`måndag` for 1."""
    return str(dict(WEEKDAYS)[number])


def span(from_minute: int, to_minute: int) -> str:
    """`kl. 8.30–12.00`."""
    return gettext("kl. %(time)s") % {"time": f"{as_clock(from_minute)}–{as_clock(to_minute)}"}


def forms_words(forms: Iterable[str]) -> str:
    """`videomöte, telefon och besök`."""
    names = [forms_of_meeting.name_of(form).lower() for form in forms_of_meeting.ORDER if form in set(forms)]
    *most, last = names
    return gettext("%(some)s och %(last)s") % {"some": ", ".join(most), "last": last} if most else last


def _valid(rule: OpeningRule) -> str:
    """How often and how long, where it is not every week for ever."""
    cycle, first, last = cycle_of_row(rule), rule.valid_from, rule.valid_to
    known: dict[str, str] = {value: str(words) for value, words in WEEKS}
    often = wording.capital(known.get(repeat_of(cycle), "")) if repeat_of(cycle) == "week" else ""
    if cycle.every > 1 and cycle.first_monday:
        often = gettext("Räknat från vecka %(week)s %(year)s.") % {
            "week": cycle.first_monday.isocalendar().week,
            "year": cycle.first_monday.isocalendar().year,
        }
    elif often:
        often += "."
    if first and last:
        dates = gettext("Från %(first)s till %(last)s.") % {"first": day_with_year(first), "last": day_with_year(last)}
    elif first:
        dates = gettext("Från %(first)s.") % {"first": day_with_year(first)}
    else:
        dates = gettext("Till %(last)s.") % {"last": day_with_year(last)} if last else ""
    return " ".join(part for part in (often, dates) if part)


def _when(from_at: datetime, to_at: datetime) -> str:
    first, last = wording.local(from_at), wording.local(to_at)
    whole = (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0)
    if not whole:
        if first.date() == last.date():
            return f"{wording.day(from_at)} {wording.span(from_at, to_at)}"
        return f"{wording.day_and_time(from_at)} – {wording.day_and_time(to_at)}"
    end = last.date() - timedelta(days=1)
    if first.date() == end:
        return wording.day(first.date())
    return f"{wording.day(first.date())} – {wording.day(end)}"


def closure_line(row: Closure, units: dict[UUID, str]) -> Line:
    """When, and which unit or all of the municipality."""
    name = units.get(row.unit_id, "") if row.unit_id else gettext("Hela kommunen")
    return Line(row.id, wording.capital(_when(row.from_at, row.to_at)), name)
