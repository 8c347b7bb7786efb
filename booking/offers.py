"""What residents can book: read for the start page and the first steps. Called inside an open scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from booking import search, wording
from booking.models import MeetingType, Service
from booking.search import Query
from booking.slots import Slot
from booking.timeline import TICK_SECONDS, Tick, instant
from identity.errors import NotAllowed


@dataclass(frozen=True)
class Offer:
    """One meeting type as residents see it. `minutes` long; `place` is where its unit takes visits."""

    id: UUID
    kod: str
    name: str
    service: str
    minutes: int
    horizon_days: int
    forms: tuple[str, ...]
    place: str

    @property
    def length(self) -> str:
        """`45 minuter`."""
        return wording.minutes(self.minutes)

    def end_of(self, start: Tick) -> Tick:
        """The tick in which a meeting from `start` ends."""
        return start + self.minutes * 60 // TICK_SECONDS


@dataclass(frozen=True)
class OfferedService:
    """A service and the meeting types that can be booked in it; never none."""

    name: str
    description: str
    offers: tuple[Offer, ...]


def services() -> tuple[OfferedService, ...]:
    """Every service with something to book, in the municipality's order."""
    rows = Service.objects.filter(published=True).select_related("unit").prefetch_related("meeting_types")
    return tuple(found for row in rows if (found := _service(row)).offers)


def offer(kod: str) -> Offer:
    """One meeting type by its code. Raises `NotAllowed` when residents cannot book it, or there is none."""
    rows = MeetingType.objects.filter(code=kod, published=True, internal=False, service__published=True)
    found = rows.select_related("service__unit").first()
    if found is None:
        raise NotAllowed
    return _offer(found, found.service)


def free_starts(wanted: Offer, form: str, *, now: datetime, calendar: UUID | None = None) -> list[datetime]:
    """Every free start until the horizon, ascending, aware UTC. Raises `NotOffered` for another form."""
    found = search.overview(Query(wanted.id, form, n=1, calendar=calendar), now=now)
    return [instant(tick) for _, ticks in found.days for tick in ticks]


def nearest(wanted: Offer, form: str, start: Tick, *, now: datetime) -> tuple[Slot, ...]:
    """The three free starts nearest to `start`, which comes first if it is free itself."""
    return search.nearest_free(Query(wanted.id, form), start, now=now)


def horizon(wanted: Offer, *, now: datetime) -> datetime:
    """The last moment that can be shown."""
    return now + timedelta(days=wanted.horizon_days)


def _service(row: Service) -> OfferedService:
    types = [found for found in row.meeting_types.all() if found.published and not found.internal]
    offered = tuple(_offer(found, row) for found in sorted(types, key=lambda found: found.name))
    return OfferedService(row.name, row.description, offered)


def _offer(found: MeetingType, service: Service) -> Offer:
    return Offer(
        id=found.id,
        kod=found.code,
        name=found.name,
        service=service.name,
        minutes=found.duration,
        horizon_days=found.horizon_days,
        forms=tuple(found.forms),
        place=service.unit.visit_place,
    )
