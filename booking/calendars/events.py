"""A booking as a VEVENT: octets for feeds and invitations (RFC 5545, RFC 5546, RFC 7986).

`render` gives the officer's entry, `stamp` keeps it on the booking's row. Words are neutral: no name, need or reason
of a resident can reach a calendar, because nothing here asks for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Alarm, Event, Parameters, vCalAddress

from booking.calendars import addresses
from booking.models import Booking, Calendar, Form
from booking.states import State
from identity.models import Municipality

# Raise it when words or shape change: every ETag changes with it, and `PRODID` tells which version wrote a file.
TEMPLATE_VERSION = 1
PRODID = "-//Motas//Motas 0.1.0//SV"
ZONE = ZoneInfo("Europe/Stockholm")
CANCELLED = frozenset({State.CANCELLED_BY_RESIDENT, State.CANCELLED_BY_OFFICER, State.CONVERTED})

# In RULE form: lists of dates have been misread by calendar programs. A test compares it with the zone data.
VTIMEZONE = b"\r\n".join(
    (
        b"BEGIN:VTIMEZONE",
        b"TZID:Europe/Stockholm",
        b"X-LIC-LOCATION:Europe/Stockholm",
        b"BEGIN:DAYLIGHT",
        b"DTSTART:19960331T020000",
        b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        b"TZNAME:CEST",
        b"TZOFFSETFROM:+0100",
        b"TZOFFSETTO:+0200",
        b"END:DAYLIGHT",
        b"BEGIN:STANDARD",
        b"DTSTART:19961027T030000",
        b"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        b"TZNAME:CET",
        b"TZOFFSETFROM:+0200",
        b"TZOFFSETTO:+0100",
        b"END:STANDARD",
        b"END:VTIMEZONE",
        b"",
    )
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")


class Grade(StrEnum):
    """How much a feed says: nothing but the time, a neutral word and code, or the service's name as well."""

    BUSY = "busy"
    NEUTRAL = "neutral"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom an invitation invites; `took` for an officer who already has the booking and is asked nothing."""

    address: str
    took: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one VEVENT. Times are aware; `made_at` is DTSTAMP, `changed_at` is LAST-MODIFIED.

    `address` leads to our pages and is worthless without sign-in; `conference` is its label where the meeting is by
    video. `organizer` (name and address of the municipality's mailbox), `guest` and `reminder` are for invitations.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    changed_at: datetime
    summary: str
    place: str = ""
    text: str = ""
    address: str = ""
    conference: str = ""
    cancelled: bool = False
    organizer: tuple[str, str] | None = None
    guest: Guest | None = None
    reminder: bool = False


def short_code(booking: UUID) -> str:
    """Four characters by which an officer finds a booking again. No secret, and not unique."""
    return booking.hex[:4].upper()


def place_of(booking: Booking) -> str:
    """The meeting's form as a short neutral word, in the active language."""
    words = {
        Form.VIDEO: gettext("Videomöte"),
        Form.PHONE: gettext("Telefon"),
        Form.VISIT: gettext("Besök"),
        Form.HOME: gettext("Hembesök"),
    }
    return words[Form(booking.form)]


def render(booking: Booking, *, address: str, service_name: str = "", grade: Grade = Grade.NEUTRAL) -> bytes:
    """The officer's entry of a booking as octets of one VEVENT, lines ended by CRLF.

    `address` is where the officer signs in to see more. Reads no row.
    """
    with translation.override("sv"):
        return vevent(_entry(booking, address, service_name, grade))


def officers_page(municipality: Municipality) -> str:
    """Where an officer's entries lead: the day's meetings, after sign-in."""
    return addresses.page(municipality, "booking:today")


def stamp(booking: Booking, *, left: int | None = None) -> None:
    """Set `booking.vevent` (the caller saves it) and raise the feed revision of its calendar.

    `left` is the id of a calendar that the booking has left. Needs an open scope; call it in the transaction of the
    change, after `sequence` and `changed_at` are set. A protected resident's booking has no entry at all.
    """
    hidden = booking.resident is not None and booking.resident.protected
    booking.vevent = b"" if hidden else render(booking, address=officers_page(booking.municipality))
    calendars = {booking.calendar_id, left} - {None}
    Calendar.objects.filter(id__in=calendars).update(feed_revision=F("feed_revision") + 1)


def _entry(booking: Booking, address: str, service_name: str, grade: Grade) -> Entry:
    bare = Entry(
        uid=booking.calendar_uid,
        sequence=booking.sequence,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        made_at=booking.changed_at,
        changed_at=booking.changed_at,
        summary=gettext("Upptagen"),
        cancelled=booking.state in CANCELLED,
    )
    if grade is Grade.BUSY:
        return bare
    return _told(bare, booking, address, service_name if grade is Grade.SERVICE else "")


def _told(bare: Entry, booking: Booking, address: str, service_name: str) -> Entry:
    summary = gettext("Bokat möte %(code)s") % {"code": short_code(booking.id)}
    return replace(
        bare,
        summary=f"{summary}: {service_name}" if service_name else summary,
        place=place_of(booking),
        text=gettext("Logga in för att se mer: %(address)s") % {"address": address},
        address=address,
        conference=gettext("Gå till mötet") if booking.form == Form.VIDEO else "",
    )


@lru_cache(maxsize=4096)
def vevent(entry: Entry) -> bytes:
    """The octets of one VEVENT. The same entry always gives the same octets.

    Raises ValueError when it would end before it begins, or an address holds a line break.
    """
    if entry.ends_at <= entry.starts_at:
        raise ValueError("an entry ends after it begins")
    event = Event()
    event.add("uid", clean(entry.uid))
    event.add("dtstamp", _whole(entry.made_at))
    event.add("dtstart", entry.starts_at.astimezone(ZONE))
    event.add("dtend", entry.ends_at.astimezone(ZONE))
    event.add("sequence", entry.sequence)
    event.add("last-modified", _whole(entry.changed_at))
    _add_state(event, entry)
    _add_words(event, entry)
    _add_people(event, entry)
    if entry.reminder and not entry.cancelled:
        event.add_component(_reminder(entry.summary))
    return bytes(event.to_ical(sorted=False))


def clean(text: str) -> str:
    """Text without control characters; tabs and newlines stay (they are escaped)."""
    return _CONTROL.sub("", text)


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _add_state(event: Event, entry: Entry) -> None:
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", "FREE" if entry.cancelled else "BUSY")
    event.add("class", "PRIVATE")


def _add_words(event: Event, entry: Entry) -> None:
    event.add("summary", clean(entry.summary))
    if entry.place:
        event.add("location", clean(entry.place))
    if entry.text:
        event.add("description", clean(entry.text))
    if entry.address:
        event.add("url", entry.address)
    if entry.conference and entry.address:
        # The values as a list: a comma inside one string would come out quoted, as one unknown feature.
        about = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": clean(entry.conference)})
        event.add("conference", entry.address, parameters=about)


def _add_people(event: Event, entry: Entry) -> None:
    if entry.organizer is not None:
        name, address = entry.organizer
        organizer = vCalAddress(f"mailto:{address}")
        organizer.params["CN"] = clean(name)
        event.add("organizer", organizer)
    if entry.guest is not None:
        attendee = vCalAddress(f"mailto:{entry.guest.address}")
        attendee.params["CUTYPE"] = "INDIVIDUAL"
        attendee.params["ROLE"] = "REQ-PARTICIPANT"
        attendee.params["PARTSTAT"] = "ACCEPTED" if entry.guest.took else "NEEDS-ACTION"
        attendee.params["RSVP"] = "FALSE" if entry.guest.took else "TRUE"
        event.add("attendee", attendee)


def _reminder(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean(summary))
    alarm.add("trigger", timedelta(minutes=-15))
    return alarm
