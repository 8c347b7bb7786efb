"""Opening rules, absences and what a change would do, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext, ngettext

from booking import wording
from booking.errors import BookingError, Stale
from booking.models import Absence, Calendar, OpeningRule
from booking.officer_forms import ABSENCES, WEEKDAYS, as_clock
from booking.opening_effect import Booked
from booking.opening_services import RulesClash
from booking.presenters import forms_of_meeting
from booking.timeline import instant


@dataclass(frozen=True)
class RuleLine:
    """One rule of the list: `name` tells it apart for a screen reader."""

    id: UUID
    day: str
    time: str
    more: str
    name: str


@dataclass(frozen=True)
class AbsenceLine:
    """One absence of the list."""

    id: UUID
    when: str
    why: str


@dataclass(frozen=True)
class Opening:
    """What the page shows of one calendar. `version` is the `rules_version` it was read at."""

    calendar: UUID
    version: int
    rules: tuple[RuleLine, ...]
    absences: tuple[AbsenceLine, ...]


@dataclass(frozen=True)
class EffectWords:
    """What a change would do: a heading, and the meetings that would lie outside, by time.

    `mark` stands for just these meetings: the form sends it back, so that nothing is saved with an effect not shown.
    """

    title: str
    meetings: tuple[str, ...]
    mark: str


def opening_page(calendar: Calendar, rules: Iterable[OpeningRule], absences: Iterable[Absence]) -> Opening:
    """The lists of one calendar; absences that are over are left out by the caller."""
    return Opening(
        calendar=calendar.uuid,
        version=calendar.rules_version,
        rules=tuple(rule_line(rule) for rule in rules),
        absences=tuple(absence_line(absence) for absence in absences),
    )


def rule_line(rule: OpeningRule) -> RuleLine:
    """`Måndag`, `8.30–12.00`, and the rest in a quieter line."""
    day, time = weekday(rule.weekday), span(rule.from_minute, rule.to_minute)
    forms = _and(forms_of_meeting.name_of(form) for form in forms_of_meeting.ORDER if form in rule.forms)
    every = gettext("Ett möte kan börja var %(n)s:e minut.") % {"n": rule.step}
    more = f"{wording.capital(forms.lower())}. {_valid(rule.valid_from, rule.valid_to)} {every}"
    return RuleLine(rule.id, wording.capital(day), time, more, f"{day} {time}")


def absence_line(absence: Absence) -> AbsenceLine:
    """`torsdag 3 december`, `3 december–7 december`, or with clock times when it is not whole days."""
    return AbsenceLine(absence.id, _when(absence.from_at, absence.to_at), str(dict(ABSENCES).get(absence.code, "")))


def effect_words(found: Sequence[Booked]) -> EffectWords:
    """The line before saving. Nothing is cancelled, whatever it says."""
    if not found:
        return EffectWords(gettext("Inga bokade möten hamnar utanför öppettiden"), (), "")
    title = ngettext(
        "%(n)d bokat möte ligger utanför öppettiden om du sparar",
        "%(n)d bokade möten ligger utanför öppettiden om du sparar",
        len(found),
    ) % {"n": len(found)}
    return EffectWords(title, tuple(_booked(one) for one in found), _mark(found))


def weekday(number: int) -> str:
    """`måndag` for 1."""
    return str(dict(WEEKDAYS)[number])


def span(from_minute: int, to_minute: int) -> str:
    """`8.30–12.00`."""
    return f"{as_clock(from_minute)}–{as_clock(to_minute)}"


def refused_words(error: BookingError) -> str:
    """Why a change was not saved, and what to do."""
    if isinstance(error, RulesClash):
        return gettext("Tiden krockar med en annan regel: %(day)s %(time)s. Ändra tiden eller den andra regeln.") % {
            "day": weekday(error.other.weekday),
            "time": span(error.other.from_minute, error.other.to_minute),
        }
    if isinstance(error, Stale):
        return gettext("Öppettiderna ändrades medan du skrev. Läs listan och spara igen.")
    return gettext("Många bokar just nu. Vänta några sekunder och spara igen.")


def _mark(found: Sequence[Booked]) -> str:
    return hashlib.sha256(",".join(sorted(str(one.id) for one in found)).encode()).hexdigest()[:16]


def _booked(one: Booked) -> str:
    when = wording.capital(wording.day_and_time(instant(one.span[0])))
    return f"{when}, {forms_of_meeting.name_of(one.form).lower()}"


def _valid(first: date | None, last: date | None) -> str:
    if first and last:
        return gettext("Varje vecka från %(first)s till %(last)s.") % {"first": _date(first), "last": _date(last)}
    if first:
        return gettext("Varje vecka från %(first)s.") % {"first": _date(first)}
    if last:
        return gettext("Varje vecka till %(last)s.") % {"last": _date(last)}
    return gettext("Varje vecka.")


def _date(day: date) -> str:
    return f"{wording.day_of_month(day)} {day.year}"


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


def _and(words: Iterable[str]) -> str:
    *most, last = words
    return gettext("%(some)s och %(last)s") % {"some": ", ".join(most), "last": last} if most else last
