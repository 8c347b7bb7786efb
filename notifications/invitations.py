"""The iTIP part of a message: REQUEST and CANCEL (RFC 5546, sections 3.2.2 and 3.2.5), one copy for each recipient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils import translation
from django.utils.translation import gettext

from booking.calendars import addresses, events, octets
from booking.calendars.octets import Entry, Guest
from booking.models import Booking, Form


class Method(StrEnum):
    """What an invitation asks a calendar program to do; NONE is a message without one."""

    NONE = ""
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom it is for and when it was made; `made_at` becomes DTSTAMP and is the message's creation.

    `span` is the time that the recipient knows, where it is not the booking's own any more.
    """

    method: Method
    guest: Guest
    language: str
    made_at: datetime
    span: tuple[datetime, datetime] | None = None


def build(booking: Booking, invitation: Invitation) -> bytes:
    """The calendar object for one recipient. Needs an open scope: it reads municipality, calendar and unit.

    Raises ValueError when an address holds a line break.
    """
    with translation.override(invitation.language):
        entry = _for_officer(booking) if invitation.guest.took else _for_resident(booking)
        entry = _addressed(entry, booking, invitation)
        outline = octets.outline()
        outline.add("method", invitation.method.value)
        return octets.wrap(outline, [octets.vevent(entry)])


def visit_place(booking: Booking) -> str:
    """Where the meeting is held, in the active language: a visit's address, else the form as a word."""
    place = booking.calendar.unit.visit_place if booking.form == Form.VISIT else ""
    return place or events.place_of(booking)


def _for_resident(booking: Booking) -> Entry:
    mine = addresses.page(booking.municipality, "booking:mine")
    meeting = addresses.meeting(booking.municipality, booking.id)
    return _bare(booking, gettext("Bokad tid"), visit_place(booking), mine, meeting)


def _for_officer(booking: Booking) -> Entry:
    today = addresses.page(booking.municipality, "booking:today")
    meeting = addresses.meeting(booking.municipality, booking.id, officer=True)
    summary = gettext("Bokat möte %(code)s") % {"code": events.short_code(booking.id)}
    return _bare(booking, summary, events.place_of(booking), today, meeting)


def _bare(booking: Booking, summary: str, place: str, page: str, meeting: str) -> Entry:
    return Entry(
        uid=booking.calendar_uid,
        sequence=booking.sequence,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        made_at=booking.changed_at,
        changed_at=booking.changed_at,
        summary=summary,
        place=place,
        text=events.lines_of(booking, page, meeting),
        address=meeting if booking.form == Form.VIDEO else page,
        conference=events.conference_of(booking),
        organizer=(booking.municipality.name, booking.municipality.mailbox),
    )


def _addressed(entry: Entry, booking: Booking, invitation: Invitation) -> Entry:
    cancelled = invitation.method is Method.CANCEL
    starts_at, ends_at = invitation.span or (booking.starts_at, booking.ends_at)
    return replace(
        entry,
        starts_at=starts_at,
        ends_at=ends_at,
        made_at=invitation.made_at,
        guest=invitation.guest,
        cancelled=cancelled,
        summary=gettext("Avbokad: %(what)s") % {"what": entry.summary} if cancelled else entry.summary,
        reminder=not cancelled,
    )
