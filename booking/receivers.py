"""Identity's news: somebody's protection changed."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from booking import sheltering
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
