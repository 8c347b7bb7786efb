"""One booking as a file for the resident's own calendar: a neutral VEVENT, fetched by choice.

It says that there is a time, when, and by which form; never the service, the officer, a need or a place that names the
unit. The UID is that of the invitation, so who takes both has the time once (RFC 5546, section 3.2.1).
"""

from __future__ import annotations

from django.utils.translation import gettext

from booking.calendars import addresses, events, octets
from booking.calendars.octets import Entry
from booking.models import Booking

FILE = "tid.ics"


def file_of(booking: Booking) -> bytes:
    """The octets of the file, in the active language. Reads the municipality's row."""
    calendar = octets.outline()
    calendar.add("method", "PUBLISH")
    return octets.wrap(calendar, [octets.vevent(_entry(booking))])


def _entry(booking: Booking) -> Entry:
    mine = addresses.page(booking.municipality, "booking:mine")
    return Entry(
        uid=booking.calendar_uid,
        sequence=booking.sequence,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        made_at=booking.changed_at,
        changed_at=booking.changed_at,
        summary=gettext("Bokad tid"),
        place=events.place_of(booking),
        text=gettext("Logga in för att se mer: %(address)s") % {"address": mine},
        address=mine,
        cancelled=booking.state in events.CANCELLED,
        reminder=True,
    )
