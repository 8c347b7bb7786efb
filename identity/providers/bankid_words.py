"""What somebody reads while BankID works, by the id that `bankid_hints` gives, and what the app shows them.

Each page has the telephone number beside these words as well.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext

OVER = frozenset(
    {
        "expired", "certificate", "you_cancelled", "replaced", "not_started", "declined_call", "update_app", "risk",
        "down", "again",
    }
)  # fmt: skip


def words(text_id: str, phone: str) -> str:
    """The text in the reader's language. `phone`: the municipality's number."""
    texts = {
        "open_app": gettext("Starta BankID-appen."),
        "scan": gettext("Öppna BankID-appen och läs av QR-koden."),
        "searching": gettext("Vi letar efter ditt BankID. Det kan ta en liten stund."),
        "no_bankid_here": gettext("Har du inget BankID på den här enheten? Välj ett annat sätt."),
        "passport": gettext("Följ stegen i BankID-appen och läs av ditt pass eller nationella id-kort."),
        "confirm_call": gettext("Öppna BankID-appen och bekräfta att du pratar med oss i telefon."),
        "code": gettext("Skriv din säkerhetskod i BankID-appen."),
        "going_on": gettext("Inloggningen pågår i BankID-appen."),
    }
    return texts[text_id] if text_id in texts else _over(text_id, phone)


def _over(text_id: str, phone: str) -> str:
    texts = {
        "again": gettext("Vill du försöka igen?"),
        "expired": gettext("Det tog för lång tid. Försök igen när du är redo."),
        "certificate": gettext(
            "Ditt BankID går inte att använda. Det kan vara spärrat eller för gammalt. Kontakta din bank."
        ),
        "you_cancelled": gettext("Du avbröt inloggningen. Vill du försöka igen?"),
        "replaced": gettext("En ny inloggning startades. Var det inte du? Logga inte in, utan ring {telefon}."),
        "not_started": gettext(
            "BankID-appen startade inte. Se till att den är installerad och uppdaterad, och försök igen."
        ),
        "declined_call": gettext(
            "Du svarade att du inte pratar med oss. Då avbröt vi. Ring själv upp oss på {telefon}."
        ),
        "update_app": gettext("Din BankID-app behöver uppdateras. Uppdatera den och försök igen."),
        "risk": gettext("BankID stoppade inloggningen av säkerhetsskäl. Ring {telefon}, så hjälper vi dig."),
    }
    down = gettext("Det går inte att logga in med BankID just nu. Försök igen om en stund, eller ring {telefon}.")
    return texts.get(text_id, down).replace("{telefon}", phone)


def shown_in_app(municipality: str) -> str:
    """What the app says a resident is doing. It names the municipality and neither a unit nor a matter."""
    return gettext("Du loggar in hos {kommun} för att boka en tid.").replace("{kommun}", _plain(municipality))


def shown_in_app_to_staff(municipality: str) -> str:
    """The same for somebody who signs in to work."""
    return gettext("Du loggar in hos {kommun}.").replace("{kommun}", _plain(municipality))


def shown_in_app_on_phone(municipality: str) -> str:
    """The same for somebody who is on the phone with an officer."""
    return gettext("Du pratar i telefon med {kommun} och visar vem du är.").replace("{kommun}", _plain(municipality))


def _plain(name: str) -> str:
    """A name without what simpleMarkdownV1 would read as a heading, a list or emphasis."""
    return " ".join(re.sub(r"[*#_|+`<>\\]", " ", name).split())
