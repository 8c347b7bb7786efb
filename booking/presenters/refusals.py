"""Why a time could not be booked, changed or cancelled: one sentence for each code, and what is left to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from booking.presenters.times import TimeButton, time_button


@dataclass(frozen=True)
class Refusal:
    """What a refused step says. `times`: free times to take instead, best first."""

    title: str
    text: str
    times: tuple[TimeButton, ...] = ()


def refusal(code: str, *, wanted: str = "", nearest: Iterable[datetime] = ()) -> Refusal:
    """The words for an error's `code`; `wanted` is the time that was asked for, in words."""
    title, text = _words(code, wanted)
    return Refusal(title, text, tuple(time_button(start) for start in nearest))


def _words(code: str, wanted: str) -> tuple[str, str]:
    known = _taken(wanted) | _limits() | _others()
    return known.get(code, known["not_offered"])


def _taken(wanted: str) -> dict[str, tuple[str, str]]:
    who = gettext("Någon annan bokade %(time)s precis före dig.") % {"time": wanted} if wanted else ""
    kept = gettext("Dina övriga svar är kvar.")
    return {
        "slot_taken": (gettext("Tiden hann bli bokad"), f"{who} {kept}".strip()),
        "needs_longer": (
            gettext("Mötet blir längre med tolk"),
            gettext("Den tid du har valt räcker inte.") + f" {kept}",
        ),
        "past": (gettext("Tiden har redan varit"), gettext("Välj en annan tid.")),
        "hold_expired": (gettext("Vi kunde inte hålla tiden längre"), gettext("Välj en ny tid.") + f" {kept}"),
    }


def _limits() -> dict[str, tuple[str, str]]:
    return {
        "hold_limit": (
            gettext("Du håller redan två tider"),
            gettext("Boka klart eller släpp en av dem. Efter 10 minuter släpper vi dem av oss själva."),
        ),
        "extension_limit": (gettext("Vi kan inte hålla tiden längre"), gettext("Boka tiden nu, eller ring oss.")),
        "party_limit": (gettext("Ni blir för många"), gettext("Färre kan följa med till det här mötet.")),
        "limit_reached": (gettext("Dagen är full"), gettext("Välj en tid en annan dag.")),
    }


def _others() -> dict[str, tuple[str, str]]:
    return {
        "not_offered": (gettext("Tiden går inte att boka"), gettext("Välj en annan tid.")),
        "too_soon": (gettext("Tiden är för nära"), gettext("Välj en senare tid, eller ring oss.")),
        "too_late": (gettext("Det är för sent att ändra tiden här"), gettext("Ring oss, så hjälper vi dig.")),
        "beyond_horizon": (gettext("Tiden är för långt fram"), gettext("Välj en tidigare tid.")),
        "wrong_state": (gettext("Tiden kan inte ändras"), gettext("Den är redan avbokad eller klar.")),
        "stale": (gettext("Tiden har ändrats"), gettext("Se efter vilken tid som gäller, och försök igen.")),
        "in_progress": (gettext("Vi arbetar med din bokning"), gettext("Vänta en liten stund och titta i Mina tider.")),
        "busy": (gettext("Många bokar just nu"), gettext("Vänta några sekunder och försök igen.")),
        "key_reused": (gettext("Sidan har redan skickats"), gettext("Titta i Mina tider om din tid är bokad.")),
    }
