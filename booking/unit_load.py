"""How much each officer of a unit has before them, and what else the unit's calendars are for. No resident is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from booking import opening_state
from booking.models import BusyFeed, Calendar, CalendarKind, Occupancy, Task
from booking.officer_day import fitting
from booking.opening_state import Drawn
from booking.slots import Demand, starts_of
from booking.timeline import TICK_MINUTES, Span, Timeline, Window, ceil_tick
from booking.week_pieces import any_form
from identity import access_log, policies, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Unit

WEEKS = 4
_FULL_TIME = 100


@dataclass(frozen=True)
class Load:
    """One officer's coming weeks. `minutes`: booked with buffers; `weighted`: as of somebody who works full time.

    `free`: how many more meetings fit in; `tasks`: open ones that are theirs.
    """

    calendar: Calendar
    minutes: int
    meetings: int
    free: int
    tasks: int

    @property
    def weighted(self) -> int:
        """Minutes divided by the share of full time."""
        return round(self.minutes * _FULL_TIME / self.calendar.share)


@dataclass(frozen=True)
class Other:
    """An interpreter's or a room's calendar, with how many meetings it comes to."""

    calendar: Calendar
    meetings: int


@dataclass(frozen=True)
class UnitLoad:
    """The whole unit. `units`: those that the reader may choose among; `tasks`: open ones that are nobody's yet."""

    unit: Unit
    units: tuple[Unit, ...]
    officers: tuple[Load, ...]
    others: tuple[Other, ...]
    tasks: int


def see(actor: Actor, unit: UUID | None, *, now: datetime) -> UnitLoad:
    """A unit that the actor coordinates, the first by name if none is asked for. Needs an open scope; it is logged.

    Raises `NotAllowed` to who coordinates none, and for another unit.
    """
    mine = actor.units("coordinator") | actor.units("unit_manager")
    units = tuple(Unit.objects.filter(id__in=mine).order_by("name"))
    chosen = next((one for one in units if unit in (None, one.id)), None)
    policies.require(actor, "unit.see_load", policies.Facts(scope.current(), unit=chosen.id if chosen else None))
    if chosen is None:
        raise NotAllowed("unit.see_load")
    calendars = list(
        Calendar.objects.filter(unit=chosen, active=True).select_related("person__staff_account").order_by("id")
    )
    access_log.record(actor=actor, action="unit.see_load", kind="unit", objects=[chosen.id], unit=chosen.id)
    return _load(chosen, units, calendars, now)


def _load(unit: Unit, units: tuple[Unit, ...], calendars: Sequence[Calendar], now: datetime) -> UnitLoad:
    window = Window.between(ceil_tick(now), ceil_tick(now + timedelta(weeks=WEEKS)))
    officers = [one for one in calendars if one.kind == CalendarKind.OFFICER]
    booked, tasks = _booked(calendars, window), _tasks(unit)
    free = _free(officers, window, now)
    return UnitLoad(
        unit=unit,
        units=units,
        officers=tuple(Load(one, *booked.get(one.id, (0, 0)), free[one.id], tasks[one.person_id]) for one in officers),
        others=tuple(
            Other(one, booked.get(one.id, (0, 0))[1]) for one in calendars if one.kind != CalendarKind.OFFICER
        ),
        tasks=tasks[None],
    )


def _booked(calendars: Sequence[Calendar], window: Window) -> dict[int, tuple[int, int]]:
    """Minutes with buffers, and meetings, by calendar."""
    rows = Occupancy.objects.filter(
        calendar__in=calendars, live=True, state="booked", to_tick__gt=window.origin, from_tick__lt=window.end
    )
    sums = rows.order_by().values_list("calendar").annotate(ticks=Sum(F("block_to") - F("block_from")), n=Count("id"))
    return {calendar: (ticks * TICK_MINUTES, meetings) for calendar, ticks, meetings in sums}


def _tasks(unit: Unit) -> Counter[UUID | None]:
    rows = Task.objects.filter(unit=unit, done_at=None).order_by().values_list("person").annotate(n=Count("id"))
    return Counter(dict(rows))


def _free(officers: Sequence[Calendar], window: Window, now: datetime) -> dict[int, int]:
    drawn, taken = opening_state.read_all(officers), _taken(officers, window, now)
    return {one.id: _fit(drawn[one.id], Timeline.of(window, taken[one.id]), window) for one in officers}


def _taken(officers: Sequence[Calendar], window: Window, now: datetime) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {one.id: [] for one in officers}
    claims = Occupancy.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        calendar__in=officers,
        live=True,
        block_to__gt=window.origin,
        block_from__lt=window.end,
    )
    for calendar, start, end in claims.values_list("calendar", "block_from", "block_to"):
        found[calendar].append((start, end))
    for feed in BusyFeed.objects.filter(calendar__in=officers):
        found[feed.calendar_id] += [(one.lower, one.upper) for one in feed.busy]
    return found


def _fit(drawn: Drawn, taken: Timeline, window: Window) -> int:
    """How many meetings still fit in one after another, of the type that most fit in."""
    opening = any_form(drawn, window).opening
    types = [one for one in drawn.types if not one.internal]
    demands = [Demand.of_minutes(one.duration, one.buffer_before, one.buffer_after) for one in types]
    starts = (starts_of(opening, taken, demand, (window.origin, window.end)) for demand in demands)
    fits = (fitting(found.iterate(), demand.reach) for found, demand in zip(starts, demands, strict=True))
    return max(fits, default=0)
