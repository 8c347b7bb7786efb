"""News from booking becomes messages, in the transaction of the change."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from booking import signals
from booking.calendars.events import CANCELLED
from booking.models import Booking, WishOffer
from booking.signals import PreviousTime
from identity.actors import Actor
from identity.models import Person
from identity.signals import protection_changed
from notifications import jobs, outbox, telling
from notifications.telling import Kind


@receiver(signals.booking_confirmed, dispatch_uid="notifications.confirmed")
def tell_confirmed(booking: Booking, actor: Actor, **_: Any) -> None:
    """A booking was made."""
    _tell(booking, actor, Kind.CONFIRMED, None)


@receiver(signals.booking_moved, dispatch_uid="notifications.moved")
def tell_moved(booking: Booking, actor: Actor, previous: PreviousTime | None = None, **_: Any) -> None:
    """A booking has another time or officer. One that became another booking is over, and said to be so."""
    _tell(booking, actor, Kind.CANCELLED if booking.state in CANCELLED else Kind.MOVED, previous)


@receiver(signals.booking_cancelled, dispatch_uid="notifications.cancelled")
def tell_cancelled(booking: Booking, actor: Actor, previous: PreviousTime | None = None, **_: Any) -> None:
    """A booking was cancelled, by whomever."""
    _tell(booking, actor, Kind.CANCELLED, previous)


@receiver(signals.wish_offered, dispatch_uid="notifications.offered")
def tell_offered(offer: WishOffer, **_: Any) -> None:
    """A time is held for somebody in the waiting list."""
    if telling.tell_offer(offer):
        transaction.on_commit(jobs.ring, robust=True)


@receiver(protection_changed, dispatch_uid="notifications.protection")
def cancel_what_waits(person: Person, before: bool, **_: Any) -> None:
    """Whatever is on its way about somebody who is sheltered now, or to them, does not leave."""
    if person.protected and not before:
        outbox.drop_about(person, timezone.now())


def _tell(booking: Booking, actor: Actor, kind: Kind, previous: PreviousTime | None) -> None:
    if telling.tell(booking=booking, actor=actor, kind=kind, previous=previous):
        transaction.on_commit(jobs.ring, robust=True)
