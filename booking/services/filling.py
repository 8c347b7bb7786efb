"""The ways to fill a meeting's roles at a start: asked before the locks, and once more under them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from booking import pool as pools
from booking import search
from booking.errors import SlotTaken
from booking.models import Booking, Calendar
from booking.pool import Pool, RoleName, RoleWanted
from booking.search import Claimed, Filling, Query
from booking.services import claims
from booking.services.asked import Wanted
from booking.services.fairness import fairest_first
from booking.services.standing import Standing
from booking.slots import Slot
from booking.timeline import TICK_MINUTES, Tick, instant


def offered(wanted: Wanted, whose: Standing) -> Pool:
    """The calendars that are offered for it, and how long it takes there. Raises `NotOffered`.

    Who has an officer of their own in a type that asks for it, is bound to them; staff may choose another.
    """
    return pools.load(
        wanted.meeting_type,
        wanted.form,
        wanted.calendar,
        whose.officers,
        roles=wanted.roles,
        duration=wanted.duration,
        by_staff=whose.by_staff,
        resident=None if whose.by_staff else whose.resident,
    )


def query_of(wanted: Wanted, whose: Standing) -> Query:
    """The search for such a time, in the pool that is `offered` for it."""
    return Query(
        wanted.meeting_type,
        wanted.form,
        calendar=wanted.calendar,
        officers=whose.officers,
        resident=None if whose.by_staff else whose.resident,
        duration=wanted.duration,
        roles=wanted.roles,
        by_staff=whose.by_staff,
    )


def all_of(filling: Filling) -> set[int]:
    """Every calendar that a filling touches: what must be locked."""
    return {claim.calendar for claim in filling.claims}


def choose(
    options: Sequence[Wanted], whose: Standing, now: datetime, *, but: Collection[int] = (), tell: bool = False
) -> tuple[Wanted, Filling]:
    """The first option that somebody can fill, and its fairest filling, before any lock.

    `but`: officers' calendars that were just lost. Raises `TooSoon`, `BeyondHorizon`, and `SlotTaken` when nobody is
    free for any of them; `tell`: with the three starts nearest to it, of the last option, from the pool that is read
    already: where many want one time nearly all end here.
    """
    near: tuple[Slot, ...] = ()
    for wanted in options:
        pool = offered(wanted, whose)
        if not whose.by_staff:
            search.check_span(pool, wanted.start, now=now)
        found = fairest(search.fillings(pool, wanted.start, now=now, lead=not whose.by_staff), wanted.start, but=but)
        if found is not None:
            return wanted, found
        if tell and wanted is options[-1]:
            near = search.nearest_in(pool, query_of(wanted, whose), wanted.start, now=now)
    raise SlotTaken(alternatives=near)


def fairest(fillings: Iterable[Filling], start: Tick, *, but: Collection[int] = ()) -> Filling | None:
    """The filling whose officer has the least booked time for their share; None when nobody is left."""
    by_officer = {filling.officer: filling for filling in fillings if filling.officer not in but}
    order = fairest_first(by_officer, start)
    return by_officer[order[0]] if order else None


def same(fillings: Iterable[Filling], chosen: Filling) -> Filling | None:
    """The filling of the same officer that touches no calendar but those that are locked; None when it is gone."""
    locked = all_of(chosen)
    return next((one for one in fillings if one.officer == chosen.officer and all_of(one) <= locked), None)


def as_it_stands(booking: Booking, claimed: Sequence[Claimed]) -> Wanted:
    """What a booking takes now, as if it were asked for: the same officer, length and other calendars."""
    others = [one for one in claimed if one.role != claims.OFFICER]
    known = Calendar.objects.in_bulk([one.calendar for one in others]) if others else {}
    roles = tuple(_as_wanted(one, known[one.calendar].uuid, booking.from_tick) for one in others)
    minutes = (booking.to_tick - booking.from_tick) * TICK_MINUTES
    return Wanted(
        booking.meeting_type_id, booking.form, booking.from_tick, booking.calendar.uuid, duration=minutes, roles=roles
    )


def _as_wanted(one: Claimed, calendar: UUID, start: Tick) -> RoleWanted:
    role: RoleName = "room" if one.role == "room" else "interpreter"
    offset, minutes = one.from_tick - start, one.to_tick - one.from_tick
    return RoleWanted(role, calendar, offset=offset * TICK_MINUTES, minutes=minutes * TICK_MINUTES)


def local_text(start: Tick, pool: Pool) -> str:
    """The local wall time as booked, with its offset: what is compared if zone data ever changes."""
    return instant(start).astimezone(pool.zone).isoformat(timespec="minutes")
