"""Bookings as another system reads them: those of its token's units, nobody's who is protected; each read is logged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from booking import access
from booking.models import Booking, Occupancy, Party
from booking.services import claims
from booking.states import State
from booking.timeline import Tick
from identity import access_log, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import people

Place = tuple[Tick, UUID]


@dataclass(frozen=True)
class Listed:
    """Which bookings: starts in a span, of a unit, in a state, of a person; at most `limit`, after a place."""

    limit: int
    from_tick: Tick | None = None
    until_tick: Tick | None = None
    unit: UUID | None = None
    state: str = ""
    person: UUID | None = None
    external_id: str = ""
    after: Place | None = None


@dataclass(frozen=True)
class Seen:
    """A booking, who takes part (role and person), and its calendars, the officer's first."""

    booking: Booking
    parties: tuple[tuple[str, UUID], ...]
    calendars: tuple[UUID, ...]


@dataclass(frozen=True)
class SeenHold:
    """A hold, until when it is kept, and how often it can be made longer."""

    seen: Seen
    expires_at: datetime
    extensions_left: int


@dataclass(frozen=True)
class Page:
    """One page, by start and id; `last`: the place after which the next one begins, None at the end."""

    rows: tuple[Seen, ...]
    last: Place | None


def listed(*, actor: Actor, wanted: Listed) -> Page:
    """A page of bookings. What is only held is no booking. One entry in the log, with every id that was seen."""
    with _reading(actor):
        rows = Booking.objects.visible_to(actor).exclude(state=State.HELD).filter(_condition(wanted))
        ordered = rows.select_related("calendar").order_by("from_tick", "id")
        found = list(ordered[: wanted.limit + 1])
        shown = found[: wanted.limit]
        access_log.record(
            actor=actor, action="booking.list", kind="booking", objects=[one.id for one in shown], unit=wanted.unit
        )
        last = (shown[-1].from_tick, shown[-1].id) if len(found) > wanted.limit else None
        return Page(_seen(shown), last)


def one(*, actor: Actor, booking: UUID) -> Seen:
    """One booking. Raises `NotAllowed`."""
    with _reading(actor):
        found = access.fetch(actor, "booking.see", booking)
        if found.state == State.HELD:
            raise NotAllowed("booking.see")
        unit = found.calendar.unit_id
        access_log.record(actor=actor, action="booking.see", kind="booking", objects=[booking], unit=unit)
        return _seen([found])[0]


def changed(*, actor: Actor, booking: Booking) -> Seen:
    """What came of a change, to whom made it: the change itself is in the log."""
    with scope.transaction(actor.municipality_id):
        return _seen([booking])[0]


def sequence_of(*, actor: Actor, booking: UUID) -> int:
    """The sequence of a booking that is to be handed over as it is. Raises `NotAllowed`."""
    with _reading(actor):
        return access.fetch(actor, "booking.hand_over", booking).sequence


def held(*, actor: Actor, booking: Booking) -> SeenHold:
    """A hold that was just made or made longer."""
    with scope.transaction(actor.municipality_id):
        ends = Occupancy.objects.filter(booking=booking, live=True).values_list("expires_at", flat=True).first()
        left = claims.MAX_EXTENSIONS - booking.extensions
        return SeenHold(_seen([booking])[0], ends or booking.changed_at, max(0, left))


@contextmanager
def _reading(actor: Actor) -> Iterator[None]:
    try:
        with scope.transaction(actor.municipality_id):
            yield
    except NotAllowed as error:
        access_log.record_refusal(error)
        raise


def _condition(wanted: Listed) -> Q:
    asked = Q()
    if wanted.from_tick is not None:
        asked &= Q(from_tick__gte=wanted.from_tick)
    if wanted.until_tick is not None:
        asked &= Q(from_tick__lt=wanted.until_tick)
    if wanted.unit is not None:
        asked &= Q(calendar__unit_id=wanted.unit)
    if wanted.state:
        asked &= Q(state=wanted.state)
    if wanted.person is not None:
        asked &= Q(resident_id=wanted.person)
    if wanted.external_id:
        asked &= Q(resident__external_id=wanted.external_id)
    if wanted.after is not None:
        tick, last = wanted.after
        asked &= Q(from_tick__gte=tick) & (Q(from_tick__gt=tick) | Q(id__gt=last))
    return asked


def _seen(bookings: Sequence[Booking]) -> tuple[Seen, ...]:
    """With their parties and calendars, in two statements, however many they are."""
    ids = [one.id for one in bookings]
    parties: dict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    rows = Party.objects.filter(booking__in=ids).exclude(people.protected("person")).order_by("role", "id")
    for booking, role, person in rows.values_list("booking_id", "role", "person_id"):
        parties[booking].append((role, person))
    beside: dict[UUID, list[UUID]] = defaultdict(list)
    claims = Occupancy.objects.filter(booking__in=ids, live=True).order_by("role", "calendar_id")
    for booking, calendar in claims.values_list("booking_id", "calendar__uuid"):
        beside[booking].append(calendar)
    return tuple(
        Seen(one, tuple(parties[one.id]), tuple(dict.fromkeys((one.calendar.uuid, *beside[one.id]))))
        for one in bookings
    )
