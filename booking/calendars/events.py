"""A booking as a VEVENT: octets for feeds and invitations (RFC 5545, RFC 5546, RFC 7986).

`render` gives the officer's entry, `stamp` keeps it on the booking's row. Words are neutral: no name, need or reason
of a resident can reach a calendar, because nothing here asks for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import translation
from django.utils.translation import gettext

from booking.calendars import addresses
from booking.calendars.octets import Entry, vevent
from booking.models import Booking, Calendar, Form
from booking.states import State
from identity.models import Municipality

# Raise it when words or shape change: every ETag changes with it.
TEMPLATE_VERSION = 1
CANCELLED = frozenset({State.CANCELLED_BY_RESIDENT, State.CANCELLED_BY_OFFICER, State.CONVERTED})

_SECOND = timedelta(seconds=1)
_STAMPED = re.compile(rb"\r\nLAST-MODIFIED:(\d{8}T\d{6}Z)\r\n")
_kept = lru_cache(maxsize=4096)(vevent)  # grades that are not stored are made anew for each changed feed


class Grade(StrEnum):
    """How much a feed says: nothing but the time, a neutral word and code, or the service's name as well."""

    BUSY = "busy"
    NEUTRAL = "neutral"
    SERVICE = "service"


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


def render(
    booking: Booking,
    municipality: Municipality,
    *,
    service_name: str = "",
    grade: Grade = Grade.NEUTRAL,
    changed_at: datetime | None = None,
) -> bytes:
    """The officer's entry of a booking as octets of one VEVENT, lines ended by CRLF.

    `changed_at` is the booking's unless given. Reads no row.
    """
    with translation.override("sv"):
        bare = _bare(booking, changed_at or booking.changed_at)
        if grade is Grade.BUSY:
            return _kept(bare)
        return _kept(_told(bare, booking, municipality, service_name if grade is Grade.SERVICE else ""))


def stamp_of(entry: bytes) -> bytes:
    """When an entry of ours was stamped, as it is written in it: such stamps sort as their times do.

    Steps of a meeting change the booking's row, but not this.
    """
    found = _STAMPED.search(entry)
    if found is None:
        raise ValueError("no entry of ours")
    return found[1]


def moment_of(stamp: bytes) -> datetime:
    """The aware UTC time of a stamp."""
    return datetime.strptime(stamp.decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def lines_of(booking: Booking, address: str, meeting: str) -> str:
    """The description: where to see more after sign-in, and where a video meeting is held. In the active language."""
    more = gettext("Logga in för att se mer: %(address)s") % {"address": address}
    held = gettext("Mötet: %(address)s") % {"address": meeting}
    return f"{more}\n{held}" if booking.form == Form.VIDEO else more


def conference_of(booking: Booking) -> str:
    """The label of a video meeting's address; empty for other forms. In the active language."""
    return gettext("Gå till mötet") if booking.form == Form.VIDEO else ""


def stamp(booking: Booking, *, left: int | None = None) -> None:
    """Store the booking's entry on its row, raise the feed revision of its calendar and note when.

    `left` is the id of a calendar that the booking has left. Needs an open scope; call it in the transaction of the
    change, after `sequence`, `state` and `changed_at` are set. A protected resident's booking has no entry at all.
    """
    booking.vevent = entry_of(booking)
    booking.save(update_fields=["vevent"])
    calendars = {booking.calendar_id, booking.calendar_id if left is None else left}
    note_change(calendars, booking.changed_at)


def entry_of(booking: Booking) -> bytes:
    """The booking's entry as it stands now; none at all of a protected resident's."""
    hidden = booking.resident is not None and booking.resident.protected
    return b"" if hidden else render(booking, booking.municipality)


def note_change(calendars: Iterable[int], at: datetime) -> None:
    """Raise the feed revision of these calendars, by id, and note when. Needs an open scope.

    A second later than the last time at least: a feed's stamps have whole seconds, and never go back.
    """
    ids = set(calendars)
    changed, rows = Greatest(F("feed_changed_at") + _SECOND, at), Calendar.objects.filter(id__in=ids)
    if len(ids) > 1:
        # In the order in which every change of many calendars locks their rows.
        list(rows.order_by("id").select_for_update(no_key=True).values_list("id"))
    rows.update(feed_revision=F("feed_revision") + 1, feed_changed_at=changed)


def _bare(booking: Booking, changed_at: datetime) -> Entry:
    return Entry(
        uid=booking.calendar_uid,
        sequence=booking.sequence,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        made_at=changed_at,
        changed_at=changed_at,
        summary=gettext("Upptagen"),
        cancelled=booking.state in CANCELLED,
    )


def _told(bare: Entry, booking: Booking, municipality: Municipality, service_name: str) -> Entry:
    summary = gettext("Bokat möte %(code)s") % {"code": short_code(booking.id)}
    today = addresses.page(municipality, "booking:today")
    meeting = addresses.meeting(municipality, booking.id, officer=True)
    return replace(
        bare,
        summary=f"{summary}: {service_name}" if service_name else summary,
        place=place_of(booking),
        text=lines_of(booking, today, meeting),
        address=meeting if booking.form == Form.VIDEO else today,
        conference=conference_of(booking),
    )
