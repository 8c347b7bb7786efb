"""What tests of the use cases share: a desk in the town, at which a resident is met, booked for, or missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from booking.models import Booking, Calendar, Occupancy, Task
from booking.search import Query, find
from booking.services import Contact, Wanted
from identity import scope
from identity.actors import Actor
from identity.models import Membership, Role
from tests.town import Town

Cast = Callable[[str], Actor]
TOLD = Contact("none")


def key(name: str) -> str:
    """An idempotency key of this name."""
    return name.ljust(16, ".")


@dataclass(frozen=True)
class Desk:
    """The town and its cast."""

    town: Town
    cast: Cast

    def booked(self, who: str = "bo") -> Booking:
        """A booked time of theirs, three days ahead at least."""
        return self.town.booked(self.cast(who))

    def officer(self, booking: Booking) -> Actor:
        """Who holds it, as an actor."""
        return self.cast(self.name_of(booking.calendar_id))

    def name_of(self, calendar: int) -> str:
        """Whose calendar it is."""
        return next(name for name, known in self.town.calendars.items() if known == calendar)

    def colleagues(self, booking: Booking) -> list[UUID]:
        """Calendars of the others who offer the same type."""
        with scope.transaction(self.town.municipality.id):
            rows = Calendar.objects.filter(offers__meeting_type=booking.meeting_type_id)
            return list(rows.exclude(id=booking.calendar_id).order_by("id").values_list("uuid", flat=True))

    def free(self, booking: Booking, n: int = 9, calendar: UUID | None = None) -> list[int]:
        """Free starts on the booking's calendar, or on another one."""
        with scope.transaction(self.town.municipality.id):
            named = calendar or Calendar.objects.get(id=booking.calendar_id).uuid
            query = Query(booking.meeting_type_id, booking.form, n, calendar=named)
            return [offer.tick for offer in find(query, now=timezone.now()).offers]

    def wanted(self, start: int | None = None, **more: object) -> Wanted:
        """A time for Bo, who asked by telephone."""
        chosen = start if start is not None else self.town.first_free(days=3)[0]
        asked = Wanted(self.town.types["fardtjanst"], "video", chosen, resident=self.town.persons["bo"])
        return Wanted(**{**asked.__dict__, "asked_how": "phone", **more})

    def stored(self, booking: Booking) -> Booking:
        """As it stands in the database now."""
        with scope.transaction(self.town.municipality.id):
            return Booking.objects.select_related("calendar").get(id=booking.id)

    def claims(self, booking: Booking) -> list[Occupancy]:
        """Its live claims."""
        with scope.transaction(self.town.municipality.id):
            return list(Occupancy.objects.filter(booking=booking, live=True).order_by("role", "id"))

    def tasks(self, booking: Booking) -> list[tuple[str, UUID | None]]:
        """Open tasks about it: kind and person."""
        with scope.transaction(self.town.municipality.id):
            rows = Task.objects.filter(booking=booking, done_at=None).order_by("kind")
            return list(rows.values_list("kind", "person"))

    def coordinator(self, name: str = "karin") -> Actor:
        """Somebody who coordinates the first unit."""
        with scope.transaction(self.town.municipality.id):
            unit = Calendar.objects.get(id=self.town.calendars["anna"]).unit_id
            Membership.objects.get_or_create(person_id=self.town.persons[name], unit_id=unit, role=Role.COORDINATOR)
        return self.cast(name)


def late(booking: Booking, minutes: int) -> datetime:
    """So many minutes after its start."""
    return booking.starts_at + timedelta(minutes=minutes)
