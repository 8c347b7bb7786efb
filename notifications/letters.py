"""A claimed message becomes a letter: the booking is read again, and what is no longer true is not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import translation

from booking import wording
from booking.calendars import addresses, events
from booking.calendars.events import CANCELLED
from booking.models import Booking, WishOffer
from booking.states import State
from notifications import invitations, outbox, rendering
from notifications.models import Message
from notifications.rendering import Values
from notifications.senders import Outgoing
from notifications.telling import Kind

_RESIDENTS = frozenset({Kind.CONFIRMED, Kind.MOVED, Kind.CANCELLED, Kind.OFFERED})
_AFTER_CANCEL = frozenset({Kind.CANCELLED, Kind.OFFICER_CANCELLED, Kind.OFFICER_LEFT})


@dataclass(frozen=True, slots=True)
class Letter:
    """All that the sender needs, read in one transaction; nothing more is read while rendering."""

    message: Message
    values: Values
    sender: tuple[str, str]
    host: str


def prepare(message: Message, now: datetime) -> Letter | None:
    """Read the booking again. None when the message is no longer to be sent. Needs an open scope."""
    related = ("municipality", "resident", "calendar__unit", "calendar__person")
    booking: Booking | None = Booking.objects.select_related(*related).filter(id=message.booking_id).first()
    if booking is None or not _still_true(message, booking, now):
        return None
    municipality = booking.municipality
    with translation.override(message.language):
        values = _values(message, booking)
    return Letter(message, values, (municipality.name, municipality.mailbox), municipality.hosts[0])


def write(letter: Letter) -> Outgoing:
    """The letter in words, with its invitation as it was stored. Reads no row."""
    message = letter.message
    words = rendering.render(message.kind, message.language, letter.values)
    return Outgoing(
        id=message.id,
        to=message.address,
        sender=letter.sender,
        host=letter.host,
        made_at=message.created_at,
        subject=words.subject,
        text=words.text,
        html=words.html,
        language=message.language,
        method=message.method,
        invitation=message.invitation.encode(),
    )


def _still_true(message: Message, booking: Booking, now: datetime) -> bool:
    """Whether the booking still is what the message says, and somebody is still to be told."""
    resident = booking.resident
    if (resident is not None and resident.protected) or message.recipient.protected:
        return False
    if booking.state == State.PURGED or booking.ends_at <= now:
        return False
    if message.kind == Kind.OFFERED:
        return _held_until(booking) > now
    if message.kind in _AFTER_CANCEL:
        return True
    if booking.state in CANCELLED or booking.starts_at <= now:
        return False
    if booking.sequence == message.sequence:
        return True
    return not message.invitation and not outbox.superseded(message)


def _held_until(booking: Booking) -> datetime:
    """When the offer of a held time ends; long ago for one that was answered."""
    ends = WishOffer.objects.filter(booking=booking, outcome="").values_list("expires_at", flat=True).first()
    return ends or datetime.min.replace(tzinfo=UTC)


def _values(message: Message, booking: Booking) -> Values:
    municipality = booking.municipality
    common = {"phone": municipality.phone, "hours": municipality.phone_hours, "municipality": municipality.name}
    if message.kind in _RESIDENTS:
        address, place = addresses.page(municipality, "booking:mine"), invitations.visit_place(booking)
        until = wording.at(_held_until(booking)) if message.kind == Kind.OFFERED else ""
        return Values(**_when(booking), place=place, address=address, until=until, **common)
    address, code = addresses.page(municipality, "booking:today"), events.short_code(booking.id)
    if message.kind == Kind.OFFICER_LEFT:
        return Values(address=address, code=code, **common)  # the time may be another by now, and is not theirs
    return Values(**_when(booking), place=events.place_of(booking), address=address, code=code, **common)


def _when(booking: Booking) -> dict[str, str]:
    return {"day": wording.full_day(booking.starts_at), "time": wording.span(booking.starts_at, booking.ends_at)}
