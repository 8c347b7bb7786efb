"""Erasing somebody, in words: whether it can be done, why not, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext

from identity import alert_presenters
from identity.erasure import Standing
from identity.models import Person
from identity.openings import Link
from identity.person_presenters import MASKED


@dataclass(frozen=True)
class ErasurePage:
    """The page. `refused`: why it cannot be done now; `may_ask`, `may_confirm`: which button there is.

    `meetings`: coming ones that stand in the way, where the reader comes in at them.
    """

    id: UUID
    name: str
    number: str
    refused: str
    asked: date | None
    mine: bool
    may_ask: bool
    may_confirm: bool
    meetings: tuple[Link, ...]


def page(person: Person, standing: Standing, reader: UUID | None, meetings: tuple[Link, ...] = ()) -> ErasurePage:
    """The page for the manager `reader`, who comes in at `meetings`."""
    in_the_way = meetings if standing.refused == "coming" else ()
    mine = standing.asked_by is not None and standing.asked_by == reader
    return ErasurePage(
        id=person.id,
        name=person.name or gettext("Namnet är inte känt än"),
        number=MASKED if person.number else "",
        refused=refused_words("led" if in_the_way else standing.refused, standing.until),
        asked=_day(standing.asked_at) if standing.asked_at else None,
        mine=mine,
        may_ask=not standing.refused and standing.asked_by is None and reader != person.id,
        may_confirm=not standing.refused and standing.asked_by is not None and not mine and reader != person.id,
        meetings=in_the_way,
    )


def refused_words(code: str, until: datetime | None = None) -> str:
    """Why not, and what to do; nothing for no code."""
    if code == "kept" and until is not None:
        return gettext("Uppgifterna ska enligt nämndens beslut finnas kvar till %(day)s.") % {"day": _day(until)}
    return {
        "": "",
        "led": gettext("Personen har ett bokat möte. Avboka det först:"),
        "coming": gettext("Personen har ett bokat möte. Be handläggaren att avboka det först."),
        "staff": gettext("Personen har ett tjänstekonto. Det stängs av en administratör."),
        "undecided": gettext("Nämndens beslut om gallring är inte ifyllt. En administratör fyller i det."),
        "kept": gettext("Uppgifterna ska finnas kvar en tid till enligt nämndens beslut."),
    }[code]


def register_link() -> None:
    """Say where the alert that somebody asks leads; called once when the package starts."""
    alert_presenters.register_link("erasure_asked", _link)


def _link(person: UUID | None) -> tuple[str, str]:
    address = reverse("identity:erase", args=[person]) if person else ""
    return address, gettext("Läs och bestäm")


def _day(moment: datetime) -> date:
    return localtime(moment, ZoneInfo("Europe/Stockholm")).date()
