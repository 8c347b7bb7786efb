"""How the rows of booking's tables stand in a person's extract (`identity.extract`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking.models import Booking, Calendar
from booking.officer_forms import ABSENCES, GRADES
from booking.states import State
from booking.timeline import instant
from identity import extract
from identity.extract import Source, Words
from identity.extract_sources import LANGUAGES

FORMS: Mapping[str, Words] = {
    "video": _("Videomöte"),
    "phone": _("Telefon"),
    "visit": _("Besök"),
    "home": _("Hembesök"),
}
STATES: Mapping[str, Words] = {
    State.HELD: _("Vald, inte bokad"),
    State.CONFIRMED: _("Bokad"),
    State.READY: _("Bokad"),
    State.WAITING: _("Någon är i väntrummet"),
    State.IN_PROGRESS: _("Mötet pågår"),
    State.INTERRUPTED: _("Mötet är avbrutet"),
    State.ENDED: _("Mötet är klart"),
    State.FOLLOWED_UP: _("Mötet är klart"),
    State.CANCELLED_BY_RESIDENT: _("Avbokad av dig"),
    State.CANCELLED_BY_OFFICER: _("Avbokad av oss"),
    State.CONVERTED: _("Bytt till ett annat sätt att ses"),
    State.NO_SHOW: _("Mötet blev inte av"),
    State.ABORTED: _("Mötet avbröts"),
    State.PURGED: _("Gallrad"),
}
ROLES: Mapping[str, Words] = {
    "resident": _("Den mötet är för"),
    "officer": _("Handläggare"),
    "representative": _("Företrädare"),
    "interpreter": _("Tolk"),
    "companion": _("Stödperson"),
}
EVENTS: Mapping[str, Words] = {
    "hold": _("Tiden valdes"),
    "extend": _("Mer tid"),
    "release": _("Tiden släpptes"),
    "confirm": _("Bokad"),
    "move": _("Flyttad"),
    "start": _("Mötet började"),
    "end": _("Mötet slutade"),
    "cancel_by_resident": _("Avbokad av dig"),
    "cancel_by_officer": _("Avbokad av oss"),
}


def _start_of(booking: Booking) -> datetime:
    """When it is: an id says nothing to anybody."""
    return booking.starts_at


def _unit_of(calendar: Calendar) -> str:
    """The unit, never whose calendar it is."""
    return str(calendar.unit.name)


SOURCES: Mapping[str, Source] = {
    "booking.Booking": Source(
        title=_("Bokningar"),
        paths=("resident",),
        words={
            "meeting_type": _("Vad mötet gäller"),
            "calendar": _("Enhet"),
            "form": _("Hur ni möts"),
            "from_tick": _("Börjar"),
            "to_tick": _("Slutar"),
            "state": _("Läge"),
            "contact_way": _("Hur du får besked"),
            "contact_to": _("Till"),
            "language": _("Språk"),
            "created_at": _("Gjord"),
            "changed_at": _("Ändrad"),
        },
        meaning={"from_tick": instant, "to_tick": instant, "calendar": _unit_of},
        said={
            "form": FORMS,
            "state": STATES,
            "language": LANGUAGES,
            "contact_way": {"email": _("E-post"), "sms": _("Sms"), "none": _("Inget besked")},
        },
    ),
    "booking.BookingChange": Source(
        title=_("Bokningarnas historik"),
        paths=("booking__resident",),
        words={
            "at": _("När"),
            "by": _("Av"),
            "event": _("Vad som hände"),
            "state_before": _("Läge före"),
            "state_after": _("Läge efter"),
            "from_tick_before": _("Tid före"),
            "from_tick_after": _("Tid efter"),
        },
        meaning={"from_tick_before": instant, "from_tick_after": instant},
        said={"event": EVENTS, "state_before": STATES, "state_after": STATES},
    ),
    "booking.Party": Source(
        title=_("Möten du är med i"),
        paths=("person",),
        words={"booking": _("Mötet börjar"), "role": _("Som")},
        meaning={"booking": _start_of},
        said={"role": ROLES},
    ),
    "booking.StepShown": Source(
        title=_("Information du har fått läsa"),
        paths=("booking__resident",),
        words={
            "key": _("Text"),
            "language": _("Språk"),
            "variant": _("Variant"),
            "party_role": _("Visad för"),
            "shown_at": _("Visad"),
            "marked_at": _("Du kryssade i att du har läst"),
        },
        said={
            "key": {"B8": _("Läs det här före mötet")},
            "language": LANGUAGES,
            "party_role": ROLES,
            "variant": {"standard": _("Vanlig")},
        },
    ),
    "booking.Absence": Source(
        title=_("Frånvaro i din kalender"),
        paths=("calendar__person",),
        words={"from_at": _("Från"), "to_at": _("Till"), "code": _("Anledning")},
        said={"code": dict(ABSENCES)},
    ),
    "booking.BusyFeed": Source(
        title=_("Upptagna tider ur en annan kalender"),
        paths=("calendar__person",),
        words={"kind": _("Sort"), "busy": _("Upptaget")},
        said={"kind": {"url": _("Adress"), "file": _("Fil")}},
        meaning={
            "busy": lambda blocks: [f"{instant(b.lower):%Y-%m-%d %H:%M}–{instant(b.upper):%H:%M} UTC" for b in blocks]
        },
    ),
    "booking.CalendarFeed": Source(
        title=_("Kalenderprenumerationer"),
        paths=("calendar__person",),
        words={
            "grade": _("Vad som syns"),
            "made_at": _("Gjord"),
            "revoked_at": _("Stängd"),
            "last_fetched_at": _("Hämtad senast"),
            "client": _("Program"),
        },
        said={"grade": {grade: name for grade, (name, _text) in GRADES.items()}},
    ),
}


def register() -> None:
    """Say it; called once when the package starts."""
    extract.register(SOURCES)
