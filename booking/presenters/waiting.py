"""The waiting list in words: what somebody waits for, where it stands, and the question about a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext, ngettext

from booking import wording
from booking.models import WishState
from booking.presenters import forms_of_meeting

_MONDAY = date(2026, 1, 5)  # any Monday: weekdays are named by a date


@dataclass(frozen=True)
class Waited:
    """The facts of a wish, read inside the transaction. `median` is of the type, `another`: it is for
    somebody whom the reader helps."""

    id: UUID
    state: str
    form: str
    type_name: str
    weekdays: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    old: datetime | None = None
    median: timedelta | None = None
    offer: UUID | None = None
    until: datetime | None = None
    by_phone: bool = False
    another: bool = False


@dataclass(frozen=True)
class WishCard:
    """One place in the waiting list. `offer`: the question that waits for an answer on the web, if any."""

    id: UUID
    what: str
    when: str
    state: str
    more: str
    median: str
    offer: UUID | None
    rests: bool
    over: bool


def card(wish: Waited) -> WishCard:
    """One wish in Mina tider."""
    state, more = _state(wish)
    about = gettext("för någon du hjälper") if wish.another else wording.small(wish.type_name)
    return WishCard(
        id=wish.id,
        what=f"{forms_of_meeting.name_of(wish.form)}, {about}",
        when=when(wish),
        state=state,
        more=more,
        median=median(wish.median),
        offer=wish.offer if wish.state == WishState.OFFERED and not wish.by_phone else None,
        rests=wish.state == WishState.RESTING,
        over=wish.state == WishState.PAST,
    )


def _state(wish: Waited) -> tuple[str, str]:
    if wish.state == WishState.OFFERED and wish.by_phone:
        return gettext("En tid är ledig"), gettext("Vi försöker ringa dig om den.")
    until = {"time": wording.at(wish.until)} if wish.until else {"time": ""}
    return {
        WishState.OFFERED: (
            gettext("En tid väntar på ditt svar"),
            gettext("Vi håller tiden till %(time)s.") % until,
        ),
        WishState.RESTING: (
            gettext("Vi frågar inte just nu"),
            gettext("Vi har frågat tre gånger utan att få svar. Du har kvar din plats. Säg till när vi får fråga dig."),
        ),
        WishState.PAST: (gettext("Väntan är slut"), gettext("Den sista dagen som du valde har varit.")),
    }.get(
        WishState(wish.state),
        (gettext("Du står på väntelistan"), gettext("Vi frågar dig när en tid som passar blir ledig.")),
    )


def when(wish: Waited) -> str:
    """`Det här passar dig: måndag, förmiddag, från 1 december. Bara tider före tisdag 15 december kl. 9.00.`"""
    days = _either([wording.weekday(_MONDAY + timedelta(days=day - 1)) for day in wish.weekdays])
    parts = {"morning": gettext("förmiddag"), "afternoon": gettext("eftermiddag")}
    pieces = [days or gettext("alla dagar"), _either([parts[part] for part in wish.parts]), _span(wish)]
    told = gettext("Det här passar dig: %(what)s.") % {"what": ", ".join(piece for piece in pieces if piece)}
    if wish.old is None:
        return told
    return told + " " + gettext("Bara tider före %(time)s.") % {"time": wording.day_and_time(wish.old)}


def _span(wish: Waited) -> str:
    first = wording.day_of_month(wish.earliest) if wish.earliest else ""
    last = wording.day_of_month(wish.latest) if wish.latest else ""
    if first and last:
        return gettext("från %(first)s till %(last)s") % {"first": first, "last": last}
    if first:
        return gettext("från %(first)s") % {"first": first}
    return gettext("till %(last)s") % {"last": last} if last else ""


def _either(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return gettext("%(some)s eller %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def median(wait: timedelta | None) -> str:
    """`Hälften av dem som har frågats fick en fråga inom 3 dagar.`; nothing while too few have been asked."""
    if wait is None:
        return ""
    hours = max(1, round(wait / timedelta(hours=1)))
    days = round(hours / 24)
    if hours < 48:
        time = ngettext("%(n)d timme", "%(n)d timmar", hours) % {"n": hours}
    else:
        time = ngettext("%(n)d dag", "%(n)d dagar", days) % {"n": days}
    return gettext("Hälften av dem som väntat har fått en fråga inom %(time)s.") % {"time": time}


@dataclass(frozen=True)
class Choice:
    """One box of the form: its value, its words and whether it is ticked."""

    value: str
    text: str
    checked: bool


def weekdays(chosen: Iterable[str]) -> tuple[Choice, ...]:
    """Monday to Friday as boxes."""
    ticked = set(chosen)
    days = [(str(n + 1), wording.capital(wording.weekday(_MONDAY + timedelta(days=n)))) for n in range(5)]
    return tuple(Choice(value, text, value in ticked) for value, text in days)


def parts_of_day(chosen: Iterable[str]) -> tuple[Choice, ...]:
    """Morning and afternoon as boxes."""
    ticked = set(chosen)
    known = (("morning", gettext("Förmiddag")), ("afternoon", gettext("Eftermiddag")))
    return tuple(Choice(value, text, value in ticked) for value, text in known)


def notices(chosen: Iterable[str]) -> tuple[Choice, ...]:
    """How long before a start somebody must know."""
    ticked = set(chosen)
    known = (
        ("120", gettext("Två timmar")),
        ("1440", gettext("Ett dygn")),
        ("2880", gettext("Två dygn")),
        ("10080", gettext("En vecka")),
    )
    return tuple(Choice(value, text, value in ticked) for value, text in known)


def boxes(marked: Callable[[str], list[str]]) -> dict[str, tuple[Choice, ...]]:
    """The boxes of the form; `marked` says what is ticked in a field."""
    return {
        "weekdays": weekdays(marked("weekdays")),
        "parts": parts_of_day(marked("parts")),
        "notices": notices(marked("notice")),
    }


@dataclass(frozen=True)
class Question:
    """A time that is offered, or what became of it. `title` and `text` say which; `open`: it can be answered."""

    title: str
    text: str
    when: str
    what: str
    until: str
    old: str
    open: bool


def question(outcome: str, *, start: datetime, end: datetime, form: str, until: datetime, old: str) -> Question:
    """The page of an offer. `outcome`: empty while it is open; `old`: the time that would be given back, in words."""
    title, text = {
        "": (gettext("En tid är ledig. Vill du ha den?"), ""),
        "accepted": (gettext("Du har tagit tiden"), gettext("Du ser den i Mina tider.")),
        "declined": (gettext("Du tackade nej till tiden"), gettext("Du har kvar din plats på väntelistan.")),
        "lapsed": (
            gettext("Tiden hålls inte längre"),
            gettext("Vi höll den till %(time)s. Nu har frågan gått vidare. Du har kvar din plats på väntelistan.")
            % {"time": wording.at(until)},
        ),
    }[outcome]
    return Question(
        title=title,
        text=text,
        when=wording.capital(wording.day_and_span(start, end)),
        what=forms_of_meeting.name_of(form),
        until=gettext("Vi håller tiden till %(time)s.") % {"time": wording.at(until)},
        old=old,
        open=not outcome,
    )
