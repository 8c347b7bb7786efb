"""Lists that say in SQL what `identity/policies.py` says of one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from identity.actors import Actor
from identity.scope import ScopedManager, ScopedQuerySet

if TYPE_CHECKING:
    from booking.models.booking import Booking
    from booking.models.calendar import Calendar


class BookingManager(ScopedManager["Booking"]):
    """Bookings, and which of them somebody may see."""

    def visible_to(self, actor: Actor) -> ScopedQuerySet[Booking]:
        """The actor's own as a resident, and those on the actor's own calendar as an officer of its unit."""
        if not actor.signed_in:
            return self.get_queryset().none()
        own = Q(resident_id=actor.person_id)
        led = Q(calendar__person_id=actor.person_id, calendar__unit_id__in=actor.units("officer"))
        return self.get_queryset().filter(own | led)


class CalendarManager(ScopedManager["Calendar"]):
    """Calendars, and which of them somebody may see."""

    def visible_to(self, actor: Actor) -> ScopedQuerySet[Calendar]:
        """The actor's own, as an officer of its unit."""
        if actor.person_id is None:
            return self.get_queryset().none()
        return self.get_queryset().filter(person_id=actor.person_id, unit_id__in=actor.units("officer"))
