"""One person in words: three flags that are never merged, and who may read what concerns them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from identity.alert_presenters import object_code
from identity.models import Opening, Person
from identity.models.people import FLAGS
from identity.openings import Link
from identity.persons import SeenPerson

MASKED = "••••••••-••••"


@dataclass(frozen=True)
class FlagLine:
    """One flag. `asked_at`: somebody asks that it be lifted; `mine`: the reader did, so another one must agree."""

    flag: str
    name: str
    text: str
    on: bool
    asked_at: datetime | None
    mine: bool


@dataclass(frozen=True)
class ReaderLine:
    """Somebody who may open what concerns the person."""

    id: UUID
    name: str
    deputy: bool


@dataclass(frozen=True)
class PersonPage:
    """The whole page. `whole`: the reader sees and changes the protection; `closed`: not who it is, only a code.

    `opens`: a closed one opens with a reason; else a second person has to agree first; `meetings`: coming ones that the
    reader comes in at; `masked`: a number is known, and not shown.
    """

    id: UUID
    name: str
    number: str
    protected: bool
    whole: bool
    closed: bool
    opens: bool
    all: bool
    flags: tuple[FlagLine, ...]
    readers: tuple[ReaderLine, ...]
    meetings: tuple[Link, ...]
    masked: bool


def page_of(seen: SeenPerson, reader: UUID | None) -> PersonPage:
    """The page, for the staff member `reader`."""
    person, whole = seen.person, "shelter" in seen.fields
    closed = seen.closed
    name = gettext("Skyddad person, kod %(code)s") % {"code": object_code(person.id)} if closed else person.name
    number = MASKED if person.number else gettext("Inget personnummer")
    return PersonPage(
        id=person.id,
        name=name or gettext("Namnet är inte känt än"),
        number="" if closed else number,
        protected=person.protected,
        whole=whole,
        closed=closed,
        opens=seen.opens,
        all="*" in seen.fields,
        flags=tuple(_flag(flag, seen, reader) for flag in FLAGS) if whole else (),
        readers=tuple(ReaderLine(row.reader_id, staff_name(row.reader), row.deputy) for row in seen.readers),
        meetings=seen.meetings,
        masked=bool(person.number) and not closed,
    )


def staff_choices(seen: SeenPerson) -> list[tuple[str, str]]:
    """Who can be named: their id, name and units, by name."""
    units: dict[UUID, tuple[str, set[str]]] = {}
    for row in seen.staff:
        units.setdefault(row.person_id, (staff_name(row.person), set()))[1].add(row.unit.name)
    found = ((str(person), f"{name}, {', '.join(sorted(where))}") for person, (name, where) in units.items())
    return sorted(found, key=lambda choice: choice[1])


def staff_name(person: Person) -> str:
    """A staff member's name at work."""
    account = getattr(person, "staff_account", None)
    return account.name if account else gettext("okänd")


def done_words(code: str, *, unnamed: bool = False) -> str:
    """The sentence after something was done, from a closed list; empty for nothing. `unnamed`: nobody may read."""
    if code == "satt" and unnamed:
        return gettext(
            "Skyddet gäller nu. Ingen är namngiven än. Namnge minst en läsare, "
            "annars kan bara handläggaren i kalendern öppna bokningarna."
        )
    return {
        "satt": gettext("Skyddet gäller nu. Det som väntade på att skickas är stoppat."),
        "fragat": gettext("En till person behöver hålla med. Skyddet gäller tills dess."),
        "borta": gettext("Skyddet är borttaget."),
        "kvar": gettext("Skyddet står kvar."),
        "namngiven": gettext("Läsaren är namngiven."),
        "struken": gettext("Läsaren är borttagen och kan inte öppna längre."),
    }.get(code, "")


def flag_words(flag: str) -> tuple[str, str]:
    """A flag's name and what it means."""
    return {
        "marked": (
            gettext("Sekretessmarkering"),
            gettext("Skatteverket har markerat att uppgifterna kan behöva skyddas."),
        ),
        "registered": (
            gettext("Skyddad folkbokföring"),
            gettext("Personen är folkbokförd på en annan ort än den bor på."),
        ),
        "safe_contact": (
            gettext("Trygg kontakt"),
            gettext("Personen har själv bett om det. Ingen behöver säga varför."),
        ),
    }[flag]


def _flag(flag: str, seen: SeenPerson, reader: UUID | None) -> FlagLine:
    asked: Opening | None = next((row for row in seen.asked if row.reason == flag), None)
    name, text = flag_words(flag)
    return FlagLine(
        flag=flag,
        name=name,
        text=text,
        on=bool(getattr(seen.person, flag)),
        asked_at=asked.asked_at if asked else None,
        mine=asked is not None and asked.opener_id == reader,
    )
