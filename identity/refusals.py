"""What somebody reads whose sign-in came to nothing: what to do next, and never what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Refusal:
    """A page of one sentence and one way on. `again`: trying once more makes sense."""

    title: str
    text: str
    again: bool


def refusal(code: str) -> Refusal:
    """The words of one code; the phone number stands on the page below them, always."""
    failed = gettext("Inloggningen gick inte igenom")
    words = {
        "expired": Refusal(failed, gettext("Det tog för lång tid. Försök igen när du är redo."), True),
        "cancelled": Refusal(failed, gettext("Du avbröt inloggningen. Vill du försöka igen?"), True),
        "other_device": Refusal(failed, gettext("Logga in från samma enhet som du började på."), True),
        "level": Refusal(failed, gettext("Här behövs en e-legitimation med högre säkerhet. Välj en annan."), True),
        "away": Refusal(failed, gettext("Det här sättet fungerar inte just nu. Försök om en stund."), True),
        "contradiction": Refusal(failed, gettext("Vi behöver prata med dig innan du kan logga in. Ring oss."), False),
        "closed": Refusal(failed, gettext("Kontot används inte längre. Prata med din chef."), False),
        "blocked": Refusal(failed, gettext("Inloggningen stoppades. Ring oss, så hjälper vi dig."), False),
        "unknown": Refusal(failed, gettext("Vi känner inte igen inloggningen. Ring oss, så hjälper vi dig."), False),
    }
    return words.get(code, Refusal(failed, gettext("Försök igen. Om det inte går, ring oss."), True))
