"""Free times of a pool of calendars in at most 4 statements, whatever the pool.

1. the meeting type and the calendars that offer it; 2. rules and absences of calendars whose opening is not cached;
3. taken time of the first two weeks, one packed row per calendar; 4. the same for the rest, only if the first did not
give enough. Called inside an open scope; the thinking is in `slots.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from booking import pool as pools
from booking.errors import BeyondHorizon, NotOffered, TooSoon
from booking.rules import Lead, allowed_span
from booking.slots import Demand, Offer, Slot, first_slots, grid, nearest, starts_of
from booking.timeline import Tick, Timeline, Window, floor_tick, instant
from booking.walltime import local_days, ticks_of

_WEEK = timedelta(days=7)
_FIRST_WEEKS = 2
MARGIN = 288  # a block is at most a day long


@dataclass(frozen=True)
class Query:
    """What is asked for. `from_tick`, `until_tick` narrow lead time and horizon.

    `calendar` is one officer's; `officers`: only these persons' calendars, None: everybody's.
    """

    meeting_type: UUID
    form: str
    n: int = 10
    from_tick: Tick | None = None
    until_tick: Tick | None = None
    calendar: UUID | None = None
    officers: tuple[UUID, ...] | None = None


@dataclass(frozen=True)
class Found:
    """The answer: offers in order, the calendars behind their ids, and how far was searched."""

    query: Query
    demand: Demand
    offers: tuple[Offer, ...]
    uuids: dict[int, UUID]
    searched_until: datetime
    days: tuple[tuple[date, tuple[Tick, ...]], ...] = field(default=())

    def slots(self) -> tuple[Slot, ...]:
        """The offers as slots."""
        return tuple(self.slot(offer) for offer in self.offers)

    def slot(self, offer: Offer) -> Slot:
        """One offer as a slot."""
        return Slot.at(offer.tick, duration=self.demand.duration, form=self.query.form, calendars=offer.calendars)


def find(query: Query, *, now: datetime) -> Found:
    """The first `n` starts. Raises `NotOffered` for an unknown or unpublished type or form."""
    pool = pools.load(query.meeting_type, query.form, query.calendar, query.officers)
    allowed = _allowed(pool, query, now)
    near, whole = _weeks(pool.zone, *allowed, weeks=_FIRST_WEEKS), _weeks(pool.zone, *allowed)
    starts = starts_in(pool, near, allowed, reach=whole)
    offers = first_slots(starts, query.n)
    if len(offers) < query.n and near.end < whole.end:
        starts = starts_in(pool, whole, allowed)
        offers = first_slots(starts, query.n)
    return _found(pool, query, offers, allowed)


def overview(query: Query, *, now: datetime) -> Found:
    """The first `n` starts and every day's starts, over the whole span asked for."""
    pool = pools.load(query.meeting_type, query.form, query.calendar, query.officers)
    allowed = _allowed(pool, query, now)
    starts = starts_in(pool, _weeks(pool.zone, *allowed), allowed)
    table = local_days(Window.between(*allowed), pool.zone)
    days = tuple((day, tuple(ticks)) for day, ticks in grid(_cut(starts, allowed), table)) if starts else ()
    return _found(pool, query, first_slots(starts, query.n), allowed, days)


def nearest_free(query: Query, wanted: Tick, *, now: datetime, n: int = 3) -> tuple[Slot, ...]:
    """The `n` free starts nearest to one that was lost."""
    pool = pools.load(query.meeting_type, query.form, query.calendar, query.officers)
    allowed = _allowed(pool, query, now)
    starts = starts_in(pool, _weeks(pool.zone, *allowed), allowed)
    found = _found(pool, query, nearest(starts, wanted, n), allowed)
    return found.slots()


def free_calendars(
    pool: pools.Pool, start: Tick, *, now: datetime, but: UUID | None = None, lead: bool = True
) -> tuple[int, ...]:
    """Ids of the pool's calendars on which a meeting may begin at `start`. `but`: a booking whose own claims do not
    count (a move). `lead=False` leaves the lead time out: a hold that was taken in time stays in time."""
    zone = pool.zone
    window = Window.between(start - MARGIN, start + MARGIN + pool.demand.reach)
    soonest, last = allowed_span(now, pool.lead if lead else Lead(), pool.horizon_days, window, zone)
    if not soonest <= start < last:
        return ()
    starts = starts_in(pool, window, (start, start + 1), but=but)
    return tuple(calendar for calendar, timeline in starts.items() if start in timeline)


def check_span(pool: pools.Pool, start: Tick, *, now: datetime) -> None:
    """Raises `TooSoon` for a start nearer than the lead time, `BeyondHorizon` for one too far ahead."""
    soonest, last = allowed_span(now, pool.lead, pool.horizon_days, _reach(pool, now), pool.zone)
    if start < soonest:
        raise TooSoon
    if start >= last:
        raise BeyondHorizon


def starts_in(
    pool: pools.Pool,
    window: Window,
    allowed: tuple[Tick, Tick],
    *,
    but: UUID | None = None,
    reach: Window | None = None,
) -> dict[int, Timeline]:
    """Each calendar's starts in a window, by the one formula. `reach`: the widest window this search may go on to."""
    openings = pools.openings(pool, window, reach or window)
    taken = pools.taken(pool, window, but=but)
    empty = Timeline.empty(window)
    return {
        calendar.id: starts_of(openings[calendar.id], taken.get(calendar.id, empty), pool.demand, allowed)
        for calendar in pool.calendars
    }


def _reach(pool: pools.Pool, now: datetime) -> Window:
    """From now to safely beyond the horizon."""
    return Window.between(floor_tick(now), floor_tick(now + timedelta(days=pool.horizon_days + 2)))


def _allowed(pool: pools.Pool, query: Query, now: datetime) -> tuple[Tick, Tick]:
    """Lead time, horizon and the query's own limits, as one span that is never reversed."""
    start, end = allowed_span(now, pool.lead, pool.horizon_days, _reach(pool, now), pool.zone)
    if query.from_tick is not None:
        start = min(max(start, query.from_tick), end)
    if query.until_tick is not None:
        end = min(end, query.until_tick)
    return start, max(start, end)


def _weeks(zone: ZoneInfo, start: Tick, end: Tick, *, weeks: int | None = None) -> Window:
    """Whole weeks from the Monday before `start`, with a margin, so that equal questions share cached openings."""
    day = instant(start).astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    last = instant(max(start, end - 1)).astimezone(zone).date()
    count = (last - monday).days // 7 + 1
    sunday = monday + _WEEK * min(count, weeks or count) - timedelta(days=1)
    return Window.between(ticks_of(monday, 0, 1440, zone)[0] - MARGIN, ticks_of(sunday, 0, 1440, zone)[1] + MARGIN)


def _cut(starts: dict[int, Timeline], allowed: tuple[Tick, Tick]) -> dict[int, Timeline]:
    window = Window.between(*allowed)
    return {calendar: timeline.cut(window) for calendar, timeline in starts.items()}


def _found(
    pool: pools.Pool,
    query: Query,
    offers: list[Offer],
    allowed: tuple[Tick, Tick],
    days: tuple[tuple[date, tuple[Tick, ...]], ...] = (),
) -> Found:
    uuids = {calendar.id: calendar.uuid for calendar in pool.calendars}
    return Found(query, pool.demand, tuple(offers), uuids, instant(allowed[1]), days)


__all__ = ["Found", "NotOffered", "Query", "find", "free_calendars", "nearest_free", "overview", "starts_in"]
