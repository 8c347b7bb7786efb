"""News that is heard here: somebody's protection changed, and time of a calendar fell free."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from booking import jobs, sheltering, signals
from booking.models import Booking
from booking.signals import PreviousTime
from identity import scope
from identity.actors import Actor
from identity.models import Person
from identity.signals import protection_changed


@receiver(protection_changed, dispatch_uid="booking.protection")
def follow_protection(person: Person, actor: Actor, before: bool, flag: str, **_: Any) -> None:
    """A flag that was set is told; the first one takes the person's bookings out of sight."""
    now = timezone.now()
    if getattr(person, flag):
        sheltering.tell_managers(person, actor, now)
    if person.protected and not before:
        sheltering.shelter(person, actor, now)


@receiver(signals.booking_cancelled, dispatch_uid="booking.freed_by_cancel")
@receiver(signals.booking_moved, dispatch_uid="booking.freed_by_move")
def ring_waiting_list(booking: Booking, previous: PreviousTime | None = None, **_: Any) -> None:
    """Once this has committed, what fell free is offered; until then only the calendar is noted."""
    calendar = previous.calendar_id if previous is not None else booking.calendar_id
    transaction.on_commit(partial(jobs.wake, scope.current(), [calendar]), robust=True)
