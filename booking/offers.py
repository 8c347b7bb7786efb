"""What residents can book: read for the start page and the first steps. Called inside an open scope."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from booking import openings, search, wording
from booking.errors import BookingError, NotOffered, SlotTaken
from booking.models import MeetingType, Occupancy, Service
from booking.patterns import MINUTES_PER_DAY
from booking.rules import allowed_span
from booking.search import MARGIN, Query
from booking.slots import Slot, pooled, starts_of
from booking.starts import weeks
from booking.timeline import TICK_SECONDS, Tick, Timeline, instant
from booking.walltime import ticks_of
from identity.actors import Actor
from identity.errors import NotAllowed

FIRST = 3  # how many first free times are shown large


@dataclass(frozen=True)
class Offer:
    """One meeting type as residents see it. `minutes` long; `place`: where visits go; `level`: of sign-in."""

    id: UUID
    kod: str
    name: str
    service: str
    minutes: int
    horizon_days: int
    forms: tuple[str, ...]
    place: str
    level: str

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


@dataclass(frozen=True)
class Whose:
    """Whose calendars are looked at: one, those of some officers, or (neither named) everybody's.

    `resident`: whose own officer comes first. `minutes`: how long the meeting is, when an interpreter makes it longer.
    """

    calendar: UUID | None = None
    officers: tuple[UUID, ...] | None = None
    resident: UUID | None = None
    minutes: int | None = None

    def query(self, wanted: Offer, form: str, n: int = FIRST) -> Query:
        """The search for such times."""
        query = Query(wanted.id, form, n, calendar=self.calendar, officers=self.officers)
        return replace(query, resident=self.resident, duration=self.minutes)


ANYBODYS = Whose()


@dataclass(frozen=True)
class Free:
    """Free starts, ascending, aware UTC: everybody's, and the first ones of the resident's own officer.

    `own_calendar`: the public id of that officer's calendar, None without one.
    """

    starts: tuple[datetime, ...]
    own: tuple[datetime, ...] = ()
    own_calendar: UUID | None = None


def free(wanted: Offer, form: str, *, now: datetime, whose: Whose = ANYBODYS) -> Free:
    """Every free start until the horizon, and the own officer's first. Raises `NotOffered` for another form."""
    found = search.overview(whose.query(wanted, form), now=now)
    starts = tuple(instant(tick) for _, ticks in found.days for tick in ticks)
    return Free(starts, tuple(instant(offer.tick) for offer in found.own), found.own_calendar)


def opened(
    wanted: Offer, form: str, first: date, last: date, *, now: datetime, whose: Whose = ANYBODYS
) -> list[datetime]:
    """Every start on the local dates `first` to `last` that could be booked if nobody had booked anything.

    It tells a full day from one that is closed or past. Raises `NotOffered`.
    """
    pool = search.load(whose.query(wanted, form))
    begin, end = ticks_of(first, 0, MINUTES_PER_DAY, pool.zone)[0], ticks_of(last, 0, MINUTES_PER_DAY, pool.zone)[1]
    window = weeks(pool.zone, begin, end)
    soonest, latest = allowed_span(now, pool.lead, pool.horizon_days, window, pool.zone)
    allowed = max(begin, soonest), max(begin, soonest, min(end, latest))
    nothing = Timeline.empty(window)
    kept = openings.of(pool, pool.calendars, window, window, {})
    starts = {key: starts_of(found.opening, nothing, pool.demand, allowed) for key, found in kept.items()}
    return [instant(tick) for tick in pooled(starts).iterate()]


def nearest(wanted: Offer, form: str, start: Tick, *, now: datetime, whose: Whose = ANYBODYS) -> tuple[Slot, ...]:
    """The three free starts nearest to `start`, which comes first if it is free itself. Raises `NotOffered`."""
    return search.nearest_free(whose.query(wanted, form), start, now=now)


def why_not(wanted: Offer, form: str, start: Tick, *, now: datetime, whose: Whose = ANYBODYS) -> BookingError | None:
    """Why a start cannot be held, or None when it can: what somebody who is not signed in yet is told."""
    try:
        pool = search.load(whose.query(wanted, form))
        if not start:
            raise NotOffered
        search.check_span(pool, start, now=now)
        if not search.free_calendars(pool, start, now=now):
            raise SlotTaken
    except BookingError as error:
        return error
    return None


def taken_by_another(actor: Actor, wanted: Offer, start: Tick, *, now: datetime, calendar: UUID | None = None) -> bool:
    """True when somebody else has booked or holds time of the meeting that would begin at `start`."""
    rows = Occupancy.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        live=True,
        calendar__offers__meeting_type=wanted.id,
        block_from__range=(start - MARGIN, wanted.end_of(start) - 1),
        block_to__gt=start,
    )
    if calendar is not None:
        rows = rows.filter(calendar__uuid=calendar)
    if actor.person_id is not None:
        rows = rows.exclude(booking__resident=actor.person_id)
    return rows.exists()


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
        level=found.level,
    )
