"""What an officer reads who asks somebody on the phone to show who they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from identity.providers.bankid_phone import CONFIRMED, WAITING, WRONG_PERSON, Answered


@dataclass(frozen=True)
class Shown:
    """One sentence, and how it looks: `wait`, `ok`, `stop` or `plain`."""

    text: str
    look: str


def shown(answered: Answered) -> Shown:
    """How it stands, in words."""
    if answered.state == CONFIRMED:
        return Shown(gettext("Det är rätt person."), "ok")
    if answered.state == WRONG_PERSON:
        return Shown(gettext("Fel person. Prata inte om ärendet. Avsluta samtalet."), "stop")
    if answered.state == WAITING:
        return Shown(_waiting(answered.code), "wait")
    return refused(answered.code)


def _waiting(code: str) -> str:
    if code == "confirm_call":
        return gettext("Be personen öppna BankID-appen och bekräfta att de pratar med oss.")
    return gettext("Personen håller på i BankID-appen.")


def refused(code: str) -> Shown:
    """Why nobody was asked, or why no answer came."""
    texts = {
        "tries": gettext("Du har frågat tre gånger. Avsluta samtalet och ring upp på ett nummer som vi redan har."),
        "number": gettext("Det går inte att fråga med BankID här. Ta reda på vem det är på ett annat sätt."),
        "busy": gettext("Personen har något annat öppet i BankID-appen. Be dem stänga det och fråga igen."),
        "declined_call": gettext("Personen svarade att de inte pratar med oss. Avsluta samtalet."),
        "you_cancelled": gettext("Personen avbröt i appen. Du kan fråga igen."),
        "expired": gettext("Svaret kom inte i tid. Du kan fråga igen."),
        "not_started": gettext("Personen öppnade inte appen i tid. Du kan fråga igen."),
        "certificate": gettext("Personens BankID går inte att använda. Ta reda på vem det är på ett annat sätt."),
        "update_app": gettext("Personens app behöver uppdateras. Ta reda på vem det är på ett annat sätt."),
        "risk": gettext("BankID stoppade det av säkerhetsskäl. Avsluta samtalet."),
    }
    away = gettext("BankID svarar inte just nu. Försök igen om en stund.")
    stop = code in ("tries", "declined_call", "risk")
    return Shown(texts.get(code, away), "stop" if stop else "plain")
