"""How the rows of booking's tables stand in a person's extract (`identity.extract`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking.models import Booking, Calendar, Wish
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


WAYS: Mapping[str, Words] = {"email": _("E-post"), "sms": _("Sms"), "none": _("Inget besked")}
ASKED: Mapping[str, Words] = {
    "phone": _("På telefon"),
    "visit": _("På plats"),
    "letter": _("I brev"),
    "system": _("I ett annat system"),
}
SAID: Mapping[str, Words] = {"yes": _("Ja"), "no": _("Nej")}
NEEDS: Mapping[str, Words] = {
    "interpreter": _("Språktolk"),
    "sign": _("Teckenspråkstolk"),
    "speech_to_text": _("Skrivtolk"),
    "deafblind": _("Tolk för personer med dövblindhet"),
    "text": _("Text under mötet"),
    "pauses": _("Pauser"),
    "easy_read": _("Lättläst"),
    "room": _("Lånerum"),
}
NEED_STATES: Mapping[str, Words] = {
    "wanted": _("Önskat"),
    "ordered": _("Beställt"),
    "confirmed": _("Klart"),
    "withdrawn": _("Återtaget"),
    "not_found": _("Gick inte att ordna"),
}
WISH_STATES: Mapping[str, Words] = {
    "waiting": _("Väntar"),
    "offered": _("Tillfrågad"),
    "resting": _("Vilar"),
    "met": _("Klar"),
    "withdrawn": _("Återtagen"),
    "past": _("Förbi"),
}


def _made_of(wish: Wish) -> datetime:
    """When somebody took the place in the waiting list."""
    return wish.made_at


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
            "booked_by": _("Bokad av någon annan"),
            "asked_how": _("Hur du svarade då"),
        },
        meaning={"from_tick": instant, "to_tick": instant, "calendar": _unit_of},
        said={
            "form": FORMS,
            "state": STATES,
            "language": LANGUAGES,
            "contact_way": WAYS,
            "asked_how": ASKED,
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
        words={
            "booking": _("Mötet börjar"),
            "role": _("Som"),
            "resident_said": _("Den mötet är för har sagt"),
            "officer_said": _("Handläggaren har sagt"),
            "reason": _("Varför inte"),
        },
        meaning={"booking": _start_of},
        said={"role": ROLES, "resident_said": SAID, "officer_said": SAID},
    ),
    "booking.Series": Source(
        title=_("Uppföljningar som bokades tillsammans"),
        paths=("resident",),
        words={
            "calendar": _("Enhet"),
            "meeting_type": _("Vad mötet gäller"),
            "made_by": _("Av"),
            "made_at": _("Gjord"),
        },
        meaning={"calendar": _unit_of},
    ),
    "booking.Need": Source(
        title=_("Det du behöver vid mötet"),
        paths=("booking__resident",),
        words={
            "booking": _("Mötet börjar"),
            "kind": _("Behov"),
            "language": _("Språk"),
            "state": _("Läge"),
            "changed_at": _("Ändrad"),
        },
        meaning={"booking": _start_of},
        said={"kind": NEEDS, "state": NEED_STATES},
    ),
    "booking.Wish": Source(
        title=_("Väntelistan"),
        paths=("resident",),
        words={
            "meeting_type": _("Vad mötet gäller"),
            "form": _("Hur ni möts"),
            "calendar": _("Enhet"),
            "weekdays": _("Veckodagar"),
            "parts": _("Delar av dagen"),
            "earliest": _("Tidigast"),
            "latest": _("Senast"),
            "notice_minutes": _("Så många minuter före"),
            "contact_way": _("Hur du får besked"),
            "contact_to": _("Till"),
            "language": _("Språk"),
            "state": _("Läge"),
            "unanswered": _("Frågor utan svar"),
            "made_at": _("Gjord"),
        },
        meaning={"calendar": _unit_of},
        said={
            "form": FORMS,
            "language": LANGUAGES,
            "contact_way": WAYS,
            "parts": {"morning": _("Förmiddag"), "afternoon": _("Eftermiddag")},
            "state": WISH_STATES,
        },
    ),
    "booking.WishOffer": Source(
        title=_("Tider du har fått frågan om"),
        paths=("wish__resident",),
        words={
            "wish": _("Väntelistan"),
            "by_phone": _("Per telefon"),
            "made_at": _("När"),
            "expires_at": _("Till"),
            "waited_minutes": _("Så många minuter hade du väntat"),
            "outcome": _("Svar"),
            "ended_at": _("Slut"),
        },
        meaning={"wish": _made_of},
        said={"outcome": {"accepted": _("Ja"), "declined": _("Nej"), "lapsed": _("Inget svar")}},
    ),
    "booking.OwnOfficer": Source(
        title=_("Egen handläggare"),
        paths=("resident",),
        words={"unit": _("Enhet"), "calendar": _("Kalender"), "since": _("Sedan")},
        meaning={"calendar": _unit_of},
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
        words={
            "from_at": _("Från"),
            "to_at": _("Till"),
            "code": _("Anledning"),
            "weekday": _("Veckodag"),
            "from_minute": _("Från minut på dygnet"),
            "to_minute": _("Till minut på dygnet"),
            "every": _("Var så många veckor"),
            "first_monday": _("Räknat från veckan som börjar"),
            "week_parity": _("Udda eller jämna veckor"),
            "nth": _("Vilken av månadens veckodagar"),
        },
        said={"code": dict(ABSENCES), "week_parity": {"odd": _("Udda veckor"), "even": _("Jämna veckor")}},
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
