"""One calendar object as octets: entries, the Swedish zone, and the frame around them (RFC 5545, RFC 7986).

icalendar writes every property; what is ours is which ones there are, their order, and that the same facts always give
the same octets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Parameters, vCalAddress

PRODID = "-//Motas//Motas 0.1.0//SV"
ZONE = ZoneInfo("Europe/Stockholm")
_END = b"END:VCALENDAR\r\n"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")

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


def outline() -> Calendar:
    """A calendar with the properties that every one of ours begins with; the caller adds its own."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    return calendar


def wrap(calendar: Calendar, entries: Iterable[bytes]) -> bytes:
    """The whole object: the calendar's properties, the zone, the entries."""
    head = bytes(calendar.to_ical(sorted=False)).removesuffix(_END)
    return b"".join((head, VTIMEZONE, *entries, _END))


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
