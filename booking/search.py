"""Free times of a pool of calendars in at most 4 statements, whatever the pool, its roles and the days.

1. the meeting type and the calendars of every role; 2. what opens those whose opening is not kept, or else, taken time
as far as it usually takes to find enough, one packed row per calendar; 3. the same for the first 7 days; 4. for the
rest. Whatever gives enough is the last. Called inside an open scope; the thinking is in `slots.py` and `joint.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from booking import joint
from booking import pool as pools
from booking.errors import BeyondHorizon, NotOffered, TooSoon
from booking.patterns import MINUTES_PER_DAY
from booking.pool import Pool, PoolCalendar, Role, RoleWanted
from booking.rules import Lead, allowed_span
from booking.slots import Demand, Offer, Slot
from booking.starts import MARGIN, Free, Looking, weeks
from booking.taken import Taken
from booking.timeline import Span, Tick, Window, floor_tick, instant
from booking.walltime import local_days, ticks_of

_FIRST_DAYS: Final = timedelta(days=7)
_OF_USUAL: Final = 4  # so many times the starts that are asked for usually hold enough free ones
_NEAR: Final = (2 * 288, 14 * 288)  # ticks before a start that was lost, and after it
_FURTHEST: Final = timedelta(days=366)


@dataclass(frozen=True)
class Query:
    """What is asked for. `from_tick`, `until_tick` narrow lead time and horizon.

    `calendar` is one officer's; `officers`: only these persons' calendars, None: everybody's. `resident`: whose own
    officer comes first. `duration` in minutes, None: the type's, longer with an interpreter. `roles`: who else takes
    part. `by_staff`: also what only staff book, without lead time.
    """

    meeting_type: UUID
    form: str
    n: int = 10
    from_tick: Tick | None = None
    until_tick: Tick | None = None
    calendar: UUID | None = None
    officers: tuple[UUID, ...] | None = None
    resident: UUID | None = None
    duration: int | None = None
    roles: tuple[RoleWanted, ...] = ()
    by_staff: bool = False


@dataclass(frozen=True)
class Found:
    """The answer: offers in order, the calendars behind their ids, and how far was searched.

    `offers` are everybody's, each with the officers who are free; `own` the first ones of the resident's own officer,
    over the whole horizon. `own_calendar`: whose these are, None without one.
    """

    query: Query
    demand: Demand
    offers: tuple[Offer, ...]
    calendars: tuple[PoolCalendar, ...]
    searched_until: datetime
    days: tuple[tuple[date, tuple[Tick, ...]], ...] = field(default=())
    own: tuple[Offer, ...] = ()
    own_calendar: UUID | None = None

    @cached_property
    def uuids(self) -> dict[int, UUID]:
        """The public ids of the calendars."""
        return {calendar.id: calendar.uuid for calendar in self.calendars}

    def slots(self) -> tuple[Slot, ...]:
        """The offers as slots."""
        return tuple(self.slot(offer) for offer in self.offers)

    def slot(self, offer: Offer) -> Slot:
        """One offer as a slot."""
        return Slot.at(offer.tick, duration=self.demand.duration, form=self.query.form, calendars=offer.calendars)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one calendar gives to a meeting, in ticks: its part, and the block with buffers that it loses."""

    role: str
    calendar: int
    from_tick: Tick
    to_tick: Tick
    block_from: Tick
    block_to: Tick


@dataclass(frozen=True, slots=True)
class Filling:
    """One way to fill all roles of a meeting at a start; the officer first."""

    claims: tuple[Claimed, ...]

    @property
    def officer(self) -> int:
        """The officer's calendar."""
        return self.claims[0].calendar


def find(query: Query, *, now: datetime) -> Found:
    """The first `n` starts. Raises `NotOffered` for an unknown or unpublished type or form."""
    pool = load(query)
    allowed = span_of(pool, query, now)
    looking = Looking(pool, now, weeks(pool.zone, *allowed), lead=not query.by_staff)
    near = allowed if _whole_at_once(pool) else (allowed[0], min(allowed[1], _after_first_days(pool, allowed[0])))
    window = weeks(pool.zone, *near)
    early = near[1] if near == allowed else looking.usual_end(near, _OF_USUAL * query.n)
    rows = looking.read((near[0], early), allowed[1])
    offers = looking.free((near[0], early), rows, window=window).first(query.n)
    own = _own(looking, allowed, rows, query.n)
    if len(offers) < query.n and early < allowed[1]:
        offers += _further(looking, (early, near[1], allowed[1]), window, query.n - len(offers))
    return _found(pool, query, offers, allowed, own=own)


def overview(query: Query, *, now: datetime) -> Found:
    """The first `n` starts and every day's starts, over the whole span asked for."""
    pool = load(query)
    allowed = span_of(pool, query, now)
    looking = Looking(pool, now, weeks(pool.zone, *allowed), lead=not query.by_staff)
    rows = looking.read(allowed)
    free = looking.free(allowed, rows)
    common = free.common.cut(Window.between(*allowed))
    table = local_days(common.window, pool.zone)
    days = tuple((day, tuple(ticks.iterate())) for day, ticks in common.days(table)) if pool.calendars else ()
    own = _own(looking, allowed, rows, query.n)
    return _found(pool, query, free.first(query.n), allowed, days, own=own)


def nearest_free(query: Query, wanted: Tick, *, now: datetime, n: int = 3) -> tuple[Slot, ...]:
    """The `n` free starts nearest to one that was lost."""
    return nearest_in(load(query), query, wanted, now=now, n=n)


def nearest_in(pool: Pool, query: Query, wanted: Tick, *, now: datetime, n: int = 3) -> tuple[Slot, ...]:
    """As `nearest_free`, in the query's pool. Looks wider only where fewer lie near: what is found is the same."""
    allowed = span_of(pool, query, now)
    looking = Looking(pool, now, weeks(pool.zone, *allowed), lead=not query.by_staff)
    offers: tuple[Offer, ...] = ()
    for ticks in _NEAR:
        near = max(allowed[0], wanted - ticks), min(allowed[1], wanted + ticks + 1)
        offers = looking.free(near, looking.read(near)).nearest(wanted, n) if near[0] < near[1] else ()
        if len(offers) == n or near == allowed:
            break
    else:
        offers = looking.free(allowed, looking.read(allowed)).nearest(wanted, n)
    return _found(pool, query, offers, allowed).slots()


def free_calendars(
    pool: Pool, start: Tick, *, now: datetime, but: UUID | None = None, lead: bool = True
) -> tuple[int, ...]:
    """Ids of the officers' calendars on which a meeting may begin at `start`, whatever the other roles. `but`: a
    booking whose own claims do not count (a move). `lead=False` leaves the lead time out: a hold that was taken in time
    stays in time."""
    free = _free_at(pool, start, now, but, lead=lead, roles=pool.roles[:1])
    return tuple(key for key, starts in free.roles[0].per_calendar.items() if start in starts) if free else ()


def fillings(
    pool: Pool, start: Tick, *, now: datetime, but: UUID | None = None, lead: bool = True
) -> tuple[Filling, ...]:
    """Ways to fill every role at a start, each officer who can once; as `free_calendars` for the rest."""
    free = _free_at(pool, start, now, but, lead=lead, roles=pool.roles)
    found = joint.fillings(free.roles, start) if free else []
    return tuple(_filling(pool, start, chosen) for chosen in found)


def in_role(pool: Pool, start: Tick, role: Role, *, now: datetime, but: UUID | None = None) -> tuple[Claimed, ...]:
    """What each calendar of one role would give to a meeting at a start, of those that are free then, whatever the
    other roles and the lead time. `but`: as in `free_calendars`."""
    free = _free_at(pool, start, now, but, lead=False, roles=(role,))
    if free is None:
        return ()
    starts = free.roles[0].per_calendar
    able = (one for one in role.calendars if one.id in starts and start in starts[one.id])
    return tuple(_claimed(role, one, start + role.offset) for one in able)


def check_span(pool: Pool, start: Tick, *, now: datetime) -> None:
    """Raises `TooSoon` for a start nearer than the lead time, `BeyondHorizon` for one too far ahead."""
    soonest, last = _span(pool, now)
    if start < soonest:
        raise TooSoon
    if start >= last:
        raise BeyondHorizon


def load(query: Query) -> Pool:
    """The pool of a query: statement 1."""
    return pools.load(
        query.meeting_type,
        query.form,
        query.calendar,
        query.officers,
        roles=query.roles,
        duration=query.duration,
        by_staff=query.by_staff,
        resident=query.resident,
    )


def _free_at(
    pool: Pool, start: Tick, now: datetime, but: UUID | None, *, lead: bool, roles: tuple[Role, ...]
) -> Free | None:
    """What is free for a meeting from one start; None outside lead time and horizon."""
    soonest, last = _span(pool, now, lead=lead)
    if not soonest <= start < last or not pool.calendars:
        return None
    around = Window.between(start - MARGIN, start + 2 * MARGIN)
    looking = Looking(pool, now, weeks(pool.zone, around.origin, around.end), but, lead=lead and not pool.by_staff)
    return looking.free((start, start + 1), looking.read((start, start + 1)), roles)


def _filling(pool: Pool, start: Tick, chosen: tuple[int, ...]) -> Filling:
    claims = []
    for role, key in zip(pool.roles, chosen, strict=True):
        calendar = next(one for one in role.calendars if one.id == key)
        claims.append(_claimed(role, calendar, start + role.offset))
    return Filling(tuple(claims))


def _claimed(role: Role, calendar: PoolCalendar, start: Tick) -> Claimed:
    demand = role.demand_of(calendar)
    return Claimed(role.name, calendar.id, *demand.meeting(start), *demand.block(start))


def _span(pool: Pool, now: datetime, *, lead: bool = True) -> Span:
    """The starts that lead time and horizon allow."""
    reach = Window.between(floor_tick(now), floor_tick(now + timedelta(days=pool.horizon_days + 2)))
    first = now.astimezone(pool.zone).date()
    holidays = pool.holidays(first, first + _FURTHEST)
    return allowed_span(now, pool.lead if lead else Lead(), pool.horizon_days, reach, pool.zone, holidays)


def span_of(pool: Pool, query: Query, now: datetime) -> Span:
    """Lead time, horizon and the query's own limits, as one span that is never reversed."""
    start, end = _span(pool, now)
    if query.from_tick is not None:
        start = min(max(start, query.from_tick), end)
    if query.until_tick is not None:
        end = min(end, query.until_tick)
    return start, max(start, end)


def _whole_at_once(pool: Pool) -> bool:
    """Of who is looked at to the end anyway everything is read at once: the own officer, with others beside."""
    return pool.own is not None and (len(pool.roles) > 1 or len(pool.calendars) == 1)


def _after_first_days(pool: Pool, start: Tick) -> Tick:
    """Midnight after the first 7 local days."""
    day = instant(start).astimezone(pool.zone).date() + _FIRST_DAYS
    return ticks_of(day, 0, MINUTES_PER_DAY, pool.zone)[0]


def _further(looking: Looking, stops: tuple[Tick, Tick, Tick], near: Window, n: int) -> tuple[Offer, ...]:
    """On to the first stop after where we are, then to the end; at once where the end costs statement 2 as well."""
    early, middle, end = stops
    found: tuple[Offer, ...] = ()
    if early < middle and looking.knows(looking.reach):
        found, early = looking.free((early, middle), looking.read((early, middle)), window=near).first(n), middle
    if len(found) < n and early < end:
        found += looking.free((early, end), looking.read((early, end)), window=looking.reach).first(n - len(found))
    return found


def _own(looking: Looking, allowed: Span, rows: Taken, n: int) -> tuple[Offer, ...]:
    """The own officer's first starts over the whole horizon."""
    pool = looking.pool
    if pool.own is None:
        return ()
    officer = Role("officer", (pool.own,), pool.roles[0].demand)
    return looking.free(allowed, rows, (officer, *pool.roles[1:])).first(n)


def _found(
    pool: Pool,
    query: Query,
    offers: tuple[Offer, ...],
    allowed: Span,
    days: tuple[tuple[date, tuple[Tick, ...]], ...] = (),
    own: tuple[Offer, ...] = (),
) -> Found:
    whose = pool.own.uuid if pool.own is not None else None
    return Found(query, pool.demand, offers, pool.calendars, instant(allowed[1]), days, own, whose)


__all__ = [
    "MARGIN", "Claimed", "Filling", "Found", "NotOffered", "Query", "RoleWanted", "check_span", "fillings", "find",
    "free_calendars", "in_role", "load", "nearest_free", "nearest_in", "overview", "span_of",
]  # fmt: skip
