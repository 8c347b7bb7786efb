"""What somebody reads whose sign-in came to nothing: what to do next, and never what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Refusal:
    """A page of one sentence and one way on. `button`: to the ways to sign in; "" where trying again makes no sense."""

    title: str
    text: str
    button: str


def refusal(code: str) -> Refusal:
    """The words of one code; the phone number stands on the page below them, always."""
    failed, again = gettext("Inloggningen gick inte igenom"), gettext("Försök igen")
    another = gettext("Välj ett annat sätt")
    words = {
        "expired": Refusal(failed, gettext("Det tog för lång tid. Försök igen när du är redo."), again),
        "cancelled": Refusal(failed, gettext("Du avbröt inloggningen. Vill du försöka igen?"), again),
        "other_device": Refusal(failed, gettext("Logga in från samma enhet som du började på."), again),
        "level": Refusal(failed, gettext("Här behövs en e-legitimation med högre säkerhet. Välj en annan."), another),
        "away": Refusal(failed, gettext("Det här sättet fungerar inte just nu. Försök om en stund."), again),
        "contradiction": Refusal(failed, gettext("Vi behöver prata med dig innan du kan logga in. Ring oss."), ""),
        "closed": Refusal(failed, gettext("Kontot används inte längre. Prata med din chef."), ""),
        "blocked": Refusal(failed, gettext("Inloggningen stoppades. Ring oss, så hjälper vi dig."), ""),
        "unknown": Refusal(failed, gettext("Vi känner inte igen inloggningen. Ring oss, så hjälper vi dig."), ""),
    }
    return words.get(code, Refusal(failed, gettext("Försök igen. Om det inte går, ring oss."), again))
