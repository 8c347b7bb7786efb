"""What a message says: kind and language in, subject, text and HTML out.

The words are neutral: a mail may be read by anybody who passes by. `Values` is the closed list of what they may name;
neither a service, an officer, a need nor a reason is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from notifications.telling import Kind


@dataclass(frozen=True, slots=True)
class Values:
    """All that a message may name, as text in the reader's language; what is empty is left out.

    `code` is for officers only; `until`: when an offered time is held no longer.
    """

    address: str
    phone: str
    hours: str
    municipality: str
    day: str = ""
    time: str = ""
    place: str = ""
    code: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One message in words."""

    subject: str
    text: str
    html: str


def render(kind: str, language: str, values: Values) -> Words:
    """The words of one message. `values` must be in the same language."""
    with translation.override(language):
        subject, opening = _HEADS[Kind(kind)]()
        context = {
            "language": language,
            "subject": subject,
            "opening": opening,
            "facts": _facts(values),
            "lines": [line % asdict(values) for line in _lines(Kind(kind))],
            "municipality": values.municipality,
        }
        text = render_to_string("notifications/mail.txt", context)
        html = render_to_string("notifications/mail.html", context)
    return Words(subject, text, html)


_HEADS: dict[Kind, Callable[[], tuple[str, str]]] = {
    Kind.CONFIRMED: lambda: (gettext("Du har en bokad tid"), gettext("Du har en bokad tid.")),
    Kind.MOVED: lambda: (gettext("Din bokade tid är ändrad"), gettext("Din tid är ändrad. Den nya tiden är:")),
    Kind.CANCELLED: lambda: (gettext("Din bokade tid är avbokad"), gettext("Tiden är avbokad. Det gäller:")),
    Kind.OFFICER_NEW: lambda: (gettext("Ny bokad tid"), gettext("Du har fått en ny bokad tid.")),
    Kind.OFFICER_MOVED: lambda: (gettext("En bokad tid är ändrad"), gettext("En tid är ändrad. Den nya tiden är:")),
    Kind.OFFICER_CANCELLED: lambda: (gettext("En bokad tid är avbokad"), gettext("En tid är avbokad. Det gäller:")),
    Kind.OFFICER_TAKEN: lambda: (gettext("Ny bokad tid"), gettext("Du har tagit över en bokad tid.")),
    Kind.OFFERED: lambda: (gettext("En tid är ledig för dig"), gettext("En tid har blivit ledig. Den är:")),
    Kind.OFFICER_LEFT: lambda: (gettext("En bokad tid är överlämnad"), gettext("En kollega tar över den här tiden.")),
}
_RESIDENTS = frozenset({Kind.CONFIRMED, Kind.MOVED, Kind.CANCELLED, Kind.OFFERED})


def _facts(values: Values) -> list[tuple[str, str]]:
    facts = [
        (gettext("Dag"), values.day),
        (gettext("Tid"), values.time and gettext("%(time)s, svensk tid") % {"time": values.time}),
        (gettext("Plats"), values.place),
        (gettext("Kod"), values.code),
    ]
    return [(label, value) for label, value in facts if value]


def _lines(kind: Kind) -> list[str]:
    if kind not in _RESIDENTS:
        return [
            gettext("Logga in på %(address)s för att se mer."),
            gettext("Svara inte på det här mejlet. Ingen läser svaren."),
        ]
    if kind is Kind.OFFERED:
        first = gettext("Vi håller tiden åt dig till %(until)s. Gå till %(address)s och logga in för att svara.")
    elif kind is Kind.CANCELLED:
        first = gettext("Du kan boka en ny tid när du vill, på %(address)s.")
    else:
        first = gettext("Logga in på %(address)s för att se mer, ändra eller avboka.")
    return [
        first,
        gettext("Vill du hellre ringa? Telefon %(phone)s, %(hours)s."),
        gettext("Vi skickar aldrig länkar som du ska logga in via."),
        gettext("Svara inte på det här mejlet. Ingen läser svaren, inte heller svar från din kalender."),
    ]
