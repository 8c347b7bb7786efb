"""The words of identity conflicts: what contradicts what, and what each decision means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from identity.conflicts import Opened, Said
from identity.models import IdentityConflict


@dataclass(frozen=True)
class ConflictLine:
    """One conflict on the list: nobody is named."""

    id: UUID
    title: str
    provider: str
    at: datetime
    stopped: bool


@dataclass(frozen=True)
class Choice:
    """One decision: its code, what it is called, what it does."""

    code: str
    title: str
    text: str


@dataclass(frozen=True)
class ConflictPage:
    """One conflict, opened. `rows`: whose, the name, the number."""

    id: UUID
    title: str
    provider: str
    at: datetime
    rows: tuple[tuple[str, str, str], ...]
    choices: tuple[Choice, ...]
    own: bool


def line(row: IdentityConflict) -> ConflictLine:
    """A conflict on the list."""
    return ConflictLine(row.id, title_of(row.what), row.provider.name, row.at, row.decided == "refused")


def title_of(what: str) -> str:
    """What contradicts what."""
    words = {
        "number": gettext("Ett annat personnummer än vi har"),
        "name": gettext("Ett annat namn än vi har"),
        "joined": gettext("Ett personnummer som någon annan har hos oss"),
        "level": gettext("Ett nytt sätt att logga in, för ett personnummer som redan finns"),
    }
    return words.get(what, gettext("Något stämmer inte"))


def page(opened: Opened) -> ConflictPage:
    """A conflict in words."""
    rows = [(gettext("Hos oss"), *_words(opened.held))]
    if opened.other is not None:
        rows.append((gettext("Hos oss, med samma nummer"), *_words(opened.other)))
    rows.append((gettext("Enligt inloggningen"), *_words(opened.claimed)))
    choices = _choices(opened)
    return ConflictPage(opened.id, title_of(opened.what), opened.provider, opened.at, tuple(rows), choices, opened.own)


def faults(code: str) -> str:
    """Why a decision was not made."""
    words = {
        "choose": gettext("Välj vad som ska gälla."),
        "number": gettext("Någon annan har fått det personnumret. Öppna igen och se vem."),
        "decided": gettext("Någon annan har redan bestämt."),
        "second": gettext("Uppgifterna är skyddade. Vi har bett en till person att godkänna att du öppnar."),
        "staff": gettext("En av dem arbetar här. Då går det inte att slå ihop dem."),
        "clash": gettext("Båda har något som en person bara kan ha ett av. Ta bort det hos den ena och försök igen."),
    }
    return words[code]


def _words(said: Said) -> tuple[str, str]:
    number = f"{said.number[:8]}-{said.number[8:]}" if said.number else gettext("inget nummer")
    return said.name or gettext("inget namn"), number


def _choices(opened: Opened) -> tuple[Choice, ...]:
    kept = Choice("kept", gettext("Behåll våra uppgifter"), gettext("Vi har rätt. Personen får rätta hos utgivaren."))
    refused = gettext("Det är någon annan. Sättet stoppas tills du släpper det.")
    return kept, _taking_over(opened), Choice("refused", gettext("Stoppa inloggningen"), refused)


def _taking_over(opened: Opened) -> Choice:
    if opened.other is None:
        title = gettext("Ta över inloggningens uppgifter")
        return Choice("changed", title, gettext("Det är samma person, och inloggningen har rätt."))
    text = gettext("Det är samma person. Allt samlas hos den som har numret. Det går inte att ångra.")
    return Choice("changed", gettext("Slå ihop de två"), text)
