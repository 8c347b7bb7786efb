"""Who is told of a change, how, and with which invitation. The one place that writes the outbox.

A resident is told by the way they chose, an officer by their feed; an officer gets mail only when a feed would be too
late (a change inside 24 hours) or the booking changes hands. About a protected person nobody is told anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from booking.calendars.events import CANCELLED
from booking.calendars.octets import Guest
from booking.models import Booking, Calendar, ContactWay, WishOffer
from booking.signals import PreviousTime
from booking.timeline import instant
from identity.actors import Actor
from identity.models import Person
from notifications import invitations
from notifications.invitations import Invitation, Method
from notifications.models import Message

NEAR = timedelta(hours=24)
_SECOND = timedelta(seconds=1)


class Kind(StrEnum):
    """What a message tells, and which words it has (`rendering`)."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OFFICER_NEW = "officer_new"
    OFFICER_MOVED = "officer_moved"
    OFFICER_CANCELLED = "officer_cancelled"
    OFFICER_TAKEN = "officer_taken"
    OFFICER_LEFT = "officer_left"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Telling:
    """One message to be: to whom, what, and what a calendar program shall do with it."""

    recipient: Person
    address: str
    language: str
    kind: Kind
    method: Method = Method.NONE
    span: tuple[datetime, datetime] | None = None


def tell(*, booking: Booking, actor: Actor, kind: Kind, previous: PreviousTime | None) -> list[UUID]:
    """Write the messages of one change, in its own transaction, and return their ids. `kind` is the resident's."""
    if booking.resident is not None and booking.resident.protected:
        return []
    now = timezone.now()
    told = [*_resident(booking, kind), *_officers(booking, actor, kind, previous, now)]
    return [_write(booking, telling, now).id for telling in told]


def tell_offer(offer: WishOffer) -> UUID | None:
    """Write the message of a time held for somebody in the waiting list; its id, or None for who is not told."""
    wish, booking = offer.wish, offer.booking
    told = wish.contact_way == ContactWay.EMAIL and wish.contact_to and not wish.resident.protected
    if booking is None or not told:
        return None
    return _write(booking, Telling(wish.resident, wish.contact_to, wish.language, Kind.OFFERED), timezone.now()).id


def _resident(booking: Booking, kind: Kind) -> Iterator[Telling]:
    if booking.resident is not None and booking.contact_way == ContactWay.EMAIL and booking.contact_to:
        method = Method.CANCEL if booking.state in CANCELLED else Method.REQUEST
        yield Telling(booking.resident, booking.contact_to, booking.language, kind, method)


def _officers(
    booking: Booking, actor: Actor, kind: Kind, previous: PreviousTime | None, now: datetime
) -> Iterator[Telling]:
    if kind is Kind.MOVED and previous is not None and previous.calendar_id != booking.calendar_id:
        left = Calendar.objects.select_related("person").get(id=previous.calendar_id)
        old = (instant(previous.from_tick), instant(previous.to_tick))
        yield from _officer(left.person, Kind.OFFICER_LEFT, Method.CANCEL, old)
        yield from _officer(booking.calendar.person, Kind.OFFICER_TAKEN, Method.REQUEST)
    elif _is_near(booking, previous, now) and booking.calendar.person_id != actor.person_id:
        yield from _officer(booking.calendar.person, _FOR_OFFICER[kind], Method.NONE)


_FOR_OFFICER = {
    Kind.CONFIRMED: Kind.OFFICER_NEW,
    Kind.MOVED: Kind.OFFICER_MOVED,
    Kind.CANCELLED: Kind.OFFICER_CANCELLED,
}


def _is_near(booking: Booking, previous: PreviousTime | None, now: datetime) -> bool:
    starts = [booking.starts_at, *([instant(previous.from_tick)] if previous else [])]
    return any(start - now < NEAR for start in starts)


def _officer(
    person: Person | None, kind: Kind, method: Method, span: tuple[datetime, datetime] | None = None
) -> Iterator[Telling]:
    if person is not None and person.email and not person.protected:
        yield Telling(person, person.email, person.language, kind, method, span)


def _write(booking: Booking, telling: Telling, now: datetime) -> Message:
    made_at = _later_than_the_last(booking, telling.recipient, now)
    message = Message(
        booking=booking,
        recipient=telling.recipient,
        kind=telling.kind,
        address=telling.address,
        language=telling.language,
        sequence=booking.sequence,
        method=telling.method,
        invitation=_invitation(booking, telling, made_at),
        send_at=now,
        created_at=made_at,
    )
    message.save(force_insert=True)
    return message


def _invitation(booking: Booking, telling: Telling, made_at: datetime) -> str:
    if telling.method is Method.NONE:
        return ""
    guest = Guest(telling.address, took=telling.kind in (Kind.OFFICER_TAKEN, Kind.OFFICER_LEFT))
    invitation = Invitation(telling.method, guest, telling.language, made_at, telling.span)
    return invitations.build(booking, invitation).decode()


def _later_than_the_last(booking: Booking, recipient: Person, now: datetime) -> datetime:
    """DTSTAMP has whole seconds and must rise from one copy to the next (RFC 5546, section 2.1.5)."""
    last = Message.objects.filter(booking=booking, recipient=recipient).order_by("-created_at").first()
    return now if last is None else max(now, last.created_at.replace(microsecond=0) + _SECOND)
