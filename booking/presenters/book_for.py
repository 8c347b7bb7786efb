"""Booking for a resident, in words: times to choose, whom one is to meet, what is offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from booking import languages, wording
from booking.book_for import Asked, Times
from booking.models import Booking, MeetingType
from booking.officer_presenters import short_name
from booking.presenters import forms_of_meeting
from booking.slots import Offer, Slot
from booking.timeline import instant


@dataclass(frozen=True)
class Option:
    """One line to choose: what is sent, its words, whether it is chosen."""

    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class TimeGroup:
    """Times under a heading; `none` is said when there are none."""

    title: str
    times: tuple[Option, ...]
    none: str


@dataclass(frozen=True)
class BookForPage:
    """The page around the form. `note` says how an interpreter is found; `type_id`, `form`: what the times are for."""

    types: tuple[Option, ...]
    forms: tuple[Option, ...]
    languages: tuple[Option, ...]
    groups: tuple[TimeGroup, ...]
    people: tuple[Option, ...]
    note: str
    length: str


def page_of(
    types: Iterable[MeetingType],
    asked: Asked,
    found: Times,
    people: Iterable[Booking],
    *,
    chosen: str = "",
    person: str = "",
    instead: Sequence[Slot] = (),
) -> BookForPage:
    """`chosen`: the value of the time that was chosen before; `instead`: the nearest ones when that was taken."""
    return BookForPage(
        types=tuple(Option(str(one.id), _type(one), one.id == asked.meeting_type.id) for one in types),
        forms=tuple(
            Option(form, forms_of_meeting.name_of(form), form == asked.form)
            for form in forms_of_meeting.ORDER
            if form in asked.meeting_type.forms
        ),
        languages=_languages(asked.language),
        groups=tuple(_groups(found, chosen, instead)),
        people=tuple(_person(one, person) for one in people),
        note=_note(asked, found),
        length=wording.minutes(found.minutes),
    )


def done_words(start: datetime, end: datetime, form: str) -> str:
    """What was booked, without whom it is for."""
    when = wording.capital(wording.day_and_span(start, end))
    return gettext("Tiden är bokad. %(when)s, %(form)s.") % {
        "when": when,
        "form": forms_of_meeting.name_of(form).lower(),
    }


def not_found() -> str:
    """The one sentence for nobody, and for whom one may not book."""
    return gettext(
        "Vi hittar ingen som du kan boka åt. Är personen ny, skriv också namnet. Annars hjälper samordnaren dig."
    )


def _type(one: MeetingType) -> str:
    return f"{one.service.name}: {wording.small(one.name)}"


def _languages(chosen: str) -> tuple[Option, ...]:
    others = sorted((_language(code, chosen) for code in languages.codes()), key=lambda one: one.text)
    return (Option("", gettext("Ingen tolk"), not chosen), _language(languages.SIGN_LANGUAGE, chosen), *others)


def _language(code: str, chosen: str) -> Option:
    return Option(code, wording.capital(languages.name_of(code)), code == chosen)


def _groups(found: Times, chosen: str, instead: Sequence[Slot]) -> Iterable[TimeGroup]:
    if instead:
        near = tuple(_time(int(slot.start.timestamp()) // 300, None, "") for slot in instead)
        yield TimeGroup(gettext("Närmaste lediga tider"), near, "")
    if found.calendar is not None:
        own = tuple(_time(offer.tick, found.calendar.uuid, chosen) for offer in found.own)
        yield TimeGroup(gettext("Hos dig"), own, gettext("Du har inga lediga tider för det här."))
    yield TimeGroup(
        gettext("Hos den som är ledig"),
        tuple(_time(offer.tick, None, chosen) for offer in _others(found)),
        gettext("Ingen har fler lediga tider."),
    )


def _others(found: Times) -> Iterable[Offer]:
    """Those that are not on the own calendar's list, so that no time is read twice."""
    mine = {offer.tick for offer in found.own}
    return (offer for offer in found.anybody if offer.tick not in mine)


def _time(tick: int, calendar: UUID | None, chosen: str) -> Option:
    value = f"{tick}@{calendar}" if calendar is not None else str(tick)
    return Option(value, wording.capital(wording.day_and_time(instant(tick))), value == chosen)


def _person(one: Booking, chosen: str) -> Option:
    text = f"{short_name(one.resident)}, {wording.day_and_time(one.starts_at)}"
    return Option(str(one.id), text, str(one.id) == chosen)


def _note(asked: Asked, found: Times) -> str:
    if not asked.language:
        return ""
    name = languages.name_of(asked.language)
    if found.ordered:
        return gettext("Ingen egen tolk i %(language)s är ledig. Tolken beställs, och mötet är längre.") % {
            "language": name
        }
    return gettext("En egen tolk i %(language)s är ledig på de här tiderna. Mötet är längre.") % {"language": name}
