"""Openings in words: each fault and hint as a sentence, and how often something recurs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking import wording
from booking.opening_faults import Fault, Hint, Told
from booking.patterns import Cycle

SENTENCES: dict[Fault, str | Promise] = {
    Fault.NO_DAYS: _("Välj minst en dag."),
    Fault.UNKNOWN_DAY: _("Välj en dag från måndag till söndag."),
    Fault.OVERLAPS_ITSELF: _("Samma dag står två gånger. Ta bort den ena."),
    Fault.NO_FORMS: _("Välj minst ett sätt att ses."),
    Fault.UNKNOWN_FORM: _("Välj videomöte, telefon, besök eller hembesök."),
    Fault.ENDS_BEFORE: _("Tiden slutar före den börjar. Välj en senare sluttid."),
    Fault.OFF_THE_DAY: _("Välj en tid mellan 0.00 och 24.00."),
    Fault.OFF_FIVE_MINUTES: _("Välj en tid på hela fem minuter, till exempel 8.35."),
    Fault.BAD_STEP: _("Ett möte kan börja var 5:e till var 120:e minut, i steg om fem minuter."),
    Fault.BAD_ANCHOR: _("Välj om starttiderna räknas från öppettidens början eller från hel timme."),
    Fault.BAD_CYCLE: _("Välj hur ofta tiden upprepas: vissa veckor eller en viss dag i månaden."),
    Fault.NO_MONDAY: _("Välj vilken vecka som räknas som den första."),
    Fault.DATES_REVERSED: _("Sista dagen ligger före den första. Välj en senare dag."),
    Fault.IN_THE_PAST: _("Den tiden har redan varit. Välj en dag som kommer."),
    Fault.TOO_FAR_AHEAD: _("Det är för långt fram. Välj en dag inom fem år."),
    Fault.NEVER_OPEN: _("Tiden infaller inte på någon dag mellan första och sista dagen. Ändra dagarna."),
    Fault.UNKNOWN_KIND: _("Välj vad som ska hända den dagen."),
    Fault.NO_RULE_NAMED: _("Välj vilken öppettid det gäller."),
    Fault.NOT_ON_THAT_DATE: _("Öppettiden infaller inte den dagen. Välj en annan dag."),
    Fault.EXCEPTION_TWICE: _("Det finns redan en ändring av samma tid den dagen. Ta bort den först."),
    Fault.ABSENCE_TOO_SHORT: _("Tiden är kortare än fem minuter. Välj en senare sluttid."),
    Fault.ABSENCE_TOO_LONG: _("Tiden är längre än 400 dagar. Välj en tidigare sista dag."),
    Fault.UNKNOWN_REASON: _("Välj varför: ledig, sjuk, kurs eller annat."),
    Fault.UNKNOWN_EVE: _("Välj en av dagarna i listan."),
    Fault.LIMIT_OUT_OF_BOUNDS: _(
        "Skriv ett tal från 0. Högst 288 möten på en dag, 2016 på en vecka och 1440 minuter på en dag går att ange."
    ),
    Fault.LIMIT_TWICE: _("Samma gräns står två gånger. Ta bort den ena."),
    Fault.UNKNOWN_TYPE: _("Kalendern tar inte emot den sortens möte. Välj ett annat."),
    Fault.SHARE_OUT_OF_BOUNDS: _("Skriv en andel mellan 5 och 100 procent."),
    Fault.LEAD_OUT_OF_BOUNDS: _("Skriv en framförhållning mellan 0 minuter och 60 dagar."),
    Fault.BUFFER_OUT_OF_BOUNDS: _("Skriv hela fem minuter, högst 240."),
    Fault.BAD_LANGUAGE: _("Skriv varje språk en gång, med sin kod: till exempel ar, fa eller swl."),
    Fault.BAD_NAME: _("Skriv ett namn på högst 60 tecken, på en rad."),
    Fault.UNKNOWN_ORPHANS: _("Välj om mötena ska ligga kvar, eller bli uppgifter att flytta."),
}
CLASHES = _("En annan öppettid täcker redan en del av samma tid. Ändra den ena.")

_EVERY = {
    2: _("varannan vecka"),
    3: _("var tredje vecka"),
    4: _("var fjärde vecka"),
    5: _("var femte vecka"),
    6: _("var sjätte vecka"),
    7: _("var sjunde vecka"),
    8: _("var åttonde vecka"),
}
_PARITY = {"odd": _("udda veckor"), "even": _("jämna veckor")}
_NTH = {
    1: _("första %(day)sen i månaden"),
    2: _("andra %(day)sen i månaden"),
    3: _("tredje %(day)sen i månaden"),
    4: _("fjärde %(day)sen i månaden"),
    5: _("femte %(day)sen i månaden"),
    -1: _("sista %(day)sen i månaden"),
}
_NTH_DAY = {
    1: _("den första i månaden av den veckodagen"),
    2: _("den andra i månaden av den veckodagen"),
    3: _("den tredje i månaden av den veckodagen"),
    4: _("den fjärde i månaden av den veckodagen"),
    5: _("den femte i månaden av den veckodagen"),
    -1: _("den sista i månaden av den veckodagen"),
}
# What a form offers: its value, and the words after "Upprepa".
WEEKS: tuple[tuple[str, str | Promise], ...] = (
    ("week", _("varje vecka")),
    *((f"every-{n}", words) for n, words in _EVERY.items()),
    *_PARITY.items(),
)
MONTHS: tuple[tuple[str, str | Promise], ...] = tuple((f"nth-{n}", words) for n, words in _NTH_DAY.items())


def repeat_of(cycle: Cycle) -> str:
    """The form's value for a cycle, among `WEEKS` and `MONTHS`."""
    if cycle.every > 1:
        return f"every-{cycle.every}"
    return cycle.week_parity or (f"nth-{cycle.nth}" if cycle.nth else "week")


def when_of(cycle: Cycle, weekday: str) -> str:
    """`Varannan tisdag`, `Tisdag udda veckor`, `Första tisdagen i månaden`; a weekday of every week is itself."""
    if cycle.every == 2:
        return gettext("Varannan %(day)s") % {"day": weekday}
    if cycle.every > 2:
        every = str(_EVERY[cycle.every])
        return gettext("%(day)s %(every)s") % {"day": wording.capital(weekday), "every": every}
    if cycle.week_parity:
        parity = str(_PARITY[cycle.week_parity])
        return gettext("%(day)s %(every)s") % {"day": wording.capital(weekday), "every": parity}
    if cycle.nth:
        return wording.capital(str(_NTH[cycle.nth]) % {"day": weekday})
    return wording.capital(weekday)


def hint_words(told: Iterable[Told]) -> tuple[str, ...]:
    """What is worth knowing before saving, a sentence each."""
    return tuple(_hint(one) for one in told)


def _hint(told: Told) -> str:
    days = _and(f"{wording.day_of_month(day)} {day.year}" for day in told.dates)
    if told.hint is Hint.CLOCK_GAP:
        return gettext("Tiden finns inte den %(days)s, klockan ställs om.") % {"days": days}
    return gettext(
        "Vid årsskiftet följer två veckor av samma sort på varandra: tiden faller två veckor i rad, eller ingen. "
        "Det gäller veckan som börjar %(days)s."
    ) % {"days": days}


def _and(words: Iterable[str]) -> str:
    *most, last = words
    return gettext("%(some)s och %(last)s") % {"some": ", ".join(most), "last": last} if most else last


def day_with_year(day: date) -> str:
    """`28 mars 2027`."""
    return f"{wording.day_of_month(day)} {day.year}"
