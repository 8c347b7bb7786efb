"""One date of one calendar: what is open then, what is otherwise, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from booking import wording
from booking.models import Calendar
from booking.opening_presenters import Line, exception_line, forms_words, span
from booking.opening_state import Drawn, rule_of
from booking.opening_year import notes_of


@dataclass(frozen=True)
class DatePage:
    """`usual`: what the rules open; `notes`: red days, absences and closures; `choices`: what the form offers."""

    day: date
    title: str
    version: int
    usual: tuple[str, ...]
    notes: tuple[str, ...]
    exceptions: tuple[Line, ...]
    choices: tuple[tuple[str, str], ...]


def date_page(calendar: Calendar, drawn: Drawn, day: date) -> DatePage:
    """All there is to say of a date."""
    rules = [row for row in drawn.rules if rule_of(row).active_on(day)]
    named = {row.rule_id for row in drawn.exceptions if row.date == day}
    choices = [("closed", gettext("Stäng hela dagen, eller en del av den")), ("extra", gettext("Öppna en extra tid"))]
    for row in rules:
        if row.id not in named:
            time = span(row.from_minute, row.to_minute)
            choices.append((f"skip:{row.id}", gettext("Ställ in öppettiden %(time)s") % {"time": time}))
            choices.append((f"change:{row.id}", gettext("Ändra öppettiden %(time)s till en annan") % {"time": time}))
    return DatePage(
        day=day,
        title=wording.capital(wording.full_day(day)),
        version=calendar.rules_version,
        usual=tuple(f"{wording.capital(span(r.from_minute, r.to_minute))}, {forms_words(r.forms)}" for r in rules),
        notes=tuple(wording.capital(text) for text in notes_of(drawn, day)),
        exceptions=tuple(exception_line(row, drawn) for row in drawn.exceptions if row.date == day),
        choices=tuple(choices),
    )
