"""What a change of opening would do, in words: before it is saved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, ngettext

from booking import wording
from booking.opening_effect import Booked
from booking.opening_preview import Preview
from booking.opening_words import hint_words
from booking.presenters import forms_of_meeting
from booking.timeline import TICKS_PER_DAY, Tick, instant

_MOST_SHOWN = 60


@dataclass(frozen=True)
class WeekLine:
    """One week of the table: free time before and after, and the starts that it gains and loses."""

    name: str
    before: str
    after: str
    gained: int
    lost: int


@dataclass(frozen=True)
class EffectWords:
    """What a change would do: a heading, the meetings outside by time, hints, and the weeks that differ.

    `mark` stands for just these meetings and hints: the form sends it back, so that nothing is saved with an effect
    that was not shown. Empty when there is nothing that must be read first.
    """

    title: str
    meetings: tuple[str, ...]
    mark: str
    starts: str = ""
    hints: tuple[str, ...] = ()
    weeks: tuple[WeekLine, ...] = ()
    more: int = 0


def effect_words(found: Preview) -> EffectWords:
    """The lines before saving. Nothing is cancelled, whatever they say."""
    hints = hint_words(found.told)
    return EffectWords(
        title=_title(len(found.orphans)),
        meetings=tuple(_booked(one) for one in found.orphans[:_MOST_SHOWN]),
        mark=_mark(found, hints),
        starts=_starts(found),
        hints=hints,
        weeks=tuple(_weeks(found)),
        more=max(0, len(found.orphans) - _MOST_SHOWN),
    )


def no_effect() -> Preview:
    """Of what changes nothing about when a calendar is open."""
    return Preview((), (), (), (), (), 0)


def _title(number: int) -> str:
    if not number:
        return gettext("Inga bokade möten hamnar utanför öppettiden")
    return ngettext(
        "%(n)d bokat möte ligger utanför öppettiden om du sparar",
        "%(n)d bokade möten ligger utanför öppettiden om du sparar",
        number,
    ) % {"n": number}


def _starts(found: Preview) -> str:
    more, fewer = len(found.gained), len(found.lost)
    gained = ngettext("%(n)d ledig starttid kommer till", "%(n)d lediga starttider kommer till", more) % {"n": more}
    lost = ngettext("%(n)d ledig starttid försvinner", "%(n)d lediga starttider försvinner", fewer) % {"n": fewer}
    if more and fewer:
        return gettext("%(gained)s och %(lost)s.") % {"gained": gained, "lost": lost}
    if more or fewer:
        return f"{gained if more else lost}."
    return gettext("De lediga starttiderna blir desamma.")


def _weeks(found: Preview) -> Iterator[WeekLine]:
    """The weeks in which something differs."""
    gained, lost = _by_week(found.gained), _by_week(found.lost)
    for (monday, before), (_same, after) in zip(found.free_before, found.free_after, strict=True):
        more, fewer = gained.get(monday, 0), lost.get(monday, 0)
        if before != after or more or fewer:
            name = gettext("vecka %(week)s, %(days)s") % {
                "week": wording.iso_week(monday),
                "days": wording.week_span(monday, 7),
            }
            yield WeekLine(wording.capital(name), hours(before), hours(after), more, fewer)


def hours(minutes: int) -> str:
    """`3 tim 30 min`, `45 min`, `0 min`."""
    whole, rest = divmod(minutes, 60)
    parts = [gettext("%(n)s tim") % {"n": whole}] if whole else []
    parts += [gettext("%(n)s min") % {"n": rest}] if rest or not whole else []
    return " ".join(parts)


def _by_week(ticks: tuple[Tick, ...]) -> dict[date, int]:
    number: dict[date, int] = {}
    mondays: dict[int, date] = {}  # starts of one UTC hour lie in one week
    for tick in ticks:
        hour = tick // (TICKS_PER_DAY // 24)
        if hour not in mondays:
            day = wording.local_date(instant(tick))
            mondays[hour] = date.fromordinal(day.toordinal() - day.weekday())
        number[mondays[hour]] = number.get(mondays[hour], 0) + 1
    return number


def _mark(found: Preview, hints: tuple[str, ...]) -> str:
    if not found.orphans and not hints:
        return ""
    about = [*sorted(str(one.id) for one in found.orphans), *(str(one) for one in found.told)]
    return hashlib.sha256(",".join(about).encode()).hexdigest()[:16]


def _booked(one: Booked) -> str:
    when = wording.capital(wording.day_and_time(instant(one.span[0])))
    return f"{when}, {forms_of_meeting.name_of(one.form).lower()}"
