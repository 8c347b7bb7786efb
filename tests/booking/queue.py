"""The waiting list in tests: joining, being asked on some morning, and what the database says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from booking.models import Booking, Occupancy, Wish, WishOffer
from booking.services import Contact
from booking.services.waiting import WantedWish, join_waiting_list, lapse_offers, offer_freed
from booking.wording import ZONE
from identity import scope
from identity.actors import Actor
from tests.town import BY_EMAIL, Town

NONE = Contact("none")


def morning(days: int = 1) -> datetime:
    """Ten o'clock some days from now: a time at which people are asked."""
    day = timezone.now().astimezone(ZONE).date() + timedelta(days=days)
    return datetime.combine(day, time(10), ZONE)


@dataclass(frozen=True)
class Queue:
    """The waiting list of a town."""

    town: Town

    def join(self, actor: Actor, *, contact: Contact = BY_EMAIL, unit: str = "fardtjanst", **fields: Any) -> Wish:
        """Take a place, by default for video and whatever day."""
        chosen: dict[str, Any] = {"form": "video", "notice_minutes": 120} | fields
        wanted = WantedWish(self.town.types[unit], contact=contact, **chosen)
        return join_waiting_list(actor=actor, wanted=wanted, key=uuid4().hex)

    def ask(self, now: datetime | None = None, calendars: Iterable[int] | None = None) -> list[WishOffer]:
        """Offer what is free; the offers, in order."""
        made = offer_freed(municipality=self.town.municipality.id, calendars=calendars, now=now or morning())
        return [self.offer(one) for one in made]

    def lapse(self, now: datetime) -> int:
        """End what has run out."""
        return lapse_offers(municipality=self.town.municipality.id, now=now)

    def offer(self, offer: UUID) -> WishOffer:
        """An offer as it stands."""
        with scope.transaction(self.town.municipality.id):
            return WishOffer.objects.select_related("wish__resident", "booking__calendar").get(id=offer)

    def wish(self, wish: Wish) -> Wish:
        """A wish as it stands."""
        with scope.transaction(self.town.municipality.id):
            return Wish.objects.get(id=wish.id)

    def claims(self, booking: UUID | None) -> list[tuple[int, int, str]]:
        """Where a booking lies: calendar, first tick and state of every live claim."""
        with scope.transaction(self.town.municipality.id):
            rows = Occupancy.objects.filter(booking=booking or UUID(int=0), live=True)
            return [(row.calendar_id, row.from_tick, row.state) for row in rows]

    def state(self, booking: UUID | None) -> str:
        """A booking's state as it stands."""
        with scope.transaction(self.town.municipality.id):
            return str(Booking.objects.values_list("state", flat=True).get(pk=booking or UUID(int=0)))

    def run_out(self) -> None:
        """Every hold is over, by the database's clock."""
        with scope.transaction(self.town.municipality.id):
            Occupancy.objects.filter(state="hold").update(expires_at=timezone.now() - timedelta(seconds=1))
