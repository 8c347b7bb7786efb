"""The town of the tests: the trial's invented municipality, with its rows by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from booking.guidance import texts
from booking.models import Booking, Calendar, MeetingType, StepShown
from booking.search import Query, find
from booking.services import Contact, Wanted, book, hold
from booking.timeline import Tick
from config import trial
from identity import scope
from identity.actors import Actor
from identity.models import Municipality, Person

BY_EMAIL = Contact("email", "bo@exempelkommun.example")


@dataclass(frozen=True)
class Town:
    """Ids of what a test wants to name."""

    municipality: Municipality
    persons: dict[str, UUID]
    calendars: dict[str, int]
    types: dict[str, UUID]

    def first_free(self, unit: str = "fardtjanst", *, n: int = 1, form: str = "video", days: int = 0) -> list[Tick]:
        """The first `n` free starts of a unit's meeting type, at least `days` days from now."""
        later = int((timezone.now() + timedelta(days=days)).timestamp()) // 300 + 1
        with scope.transaction(self.municipality.id):
            query = Query(self.types[unit], form, n, from_tick=later if days else None)
            return [offer.tick for offer in find(query, now=timezone.now()).offers]

    def held(
        self, actor: Actor, start: Tick | None = None, *, unit: str = "fardtjanst", form: str = "video"
    ) -> Booking:
        """A held time."""
        chosen = start if start is not None else self.first_free(unit, days=3)[0]
        return hold(actor=actor, wanted=Wanted(self.types[unit], form, chosen))

    def booked(
        self,
        actor: Actor,
        start: Tick | None = None,
        *,
        unit: str = "fardtjanst",
        form: str = "video",
        contact: Contact = BY_EMAIL,
    ) -> Booking:
        """A booked time, through the real use cases: held, read, booked."""
        held = self.held(actor, start, unit=unit, form=form)
        shown = self.read(actor, held)
        return book(actor=actor, booking=held.id, contact=contact, shown=shown.id, key=f"key-{held.id}")

    def read(self, actor: Actor, held: Booking) -> StepShown:
        """The information, shown and ticked."""
        with scope.transaction(self.municipality.id):
            shown = texts.record_shown(booking=held, text=texts.text_for("B8", "sv"), role="resident")
            texts.mark_read(booking=held, shown=shown.id, now=datetime.now(UTC))
            return shown


def build(municipality: Municipality) -> Town:
    """Fill the municipality and name its rows."""
    trial.fill(municipality)
    with scope.transaction(municipality.id):
        persons = {person.cast_name: person.id for person in Person.objects.all()}
        calendars = {c.person.cast_name: c.id for c in Calendar.objects.select_related("person") if c.person}
        made = {t.code: t.id for t in MeetingType.objects.all()}
        types = {p.unit: made[p.code] for p in reversed(trial.PURPOSES)}  # the first of each unit
    return Town(municipality, persons, calendars, types)
