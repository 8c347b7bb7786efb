"""Fit a held time to what the meeting needs, before it is booked: longer with an interpreter, and one of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from booking import access, reach, search
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import SlotTaken, WrongState
from booking.models import Booking
from booking.search import Filling
from booking.services import claims
from booking.services.asked import Wanted, WantedNeed
from booking.services.filling import all_of, as_it_stands, offered, same
from booking.services.needs import options
from booking.services.standing import Standing
from booking.states import Role, State
from identity.actors import Actor


@tried_twice
def fit_needs(*, actor: Actor, booking: UUID, needs: tuple[WantedNeed, ...]) -> Booking:
    """Hold the same start for as long as these needs make the meeting, with the same officer; or as before without.

    One of our own interpreters who is free is claimed too; else one is ordered once the time is booked. The hold runs
    ten minutes from now. Raises `SlotTaken` when the longer meeting does not fit there: nothing has changed then.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        held, facts = access.fetch_with(actor, "booking.answer", booking)
        ways = _ways(held, needs)
        officers = reach.officers(actor, held.resident_id)
        whose = Standing(held.resident_id or held.id, access.role_in(actor, held, facts), officers)
        chosen = _first(held, ways, whose, now)
        lock_calendars(claims.calendars_of(held) | all_of(chosen))
        access.reread(held)
        if held.state != State.HELD:
            raise WrongState
        claims.let_expired_go(all_of(chosen))
        _hold_so(held, _again(held, ways, whose, chosen, now))
        return held


def _ways(held: Booking, needs: Sequence[WantedNeed]) -> tuple[Wanted, ...]:
    """The ways to hold it, the best first: without any interpreter that an earlier answer asked for."""
    now = as_it_stands(held, claims.last_of(held))
    rooms = tuple(role for role in now.roles if role.role != "interpreter")
    return options(replace(now, duration=None, roles=rooms), needs)


def _fillings(held: Booking, wanted: Wanted, whose: Standing, now: datetime) -> tuple[Filling, ...]:
    pool = offered(wanted, replace(whose, role=Role.RESIDENT))
    return search.fillings(pool, held.from_tick, now=now, but=held.id, lead=False)


def _first(held: Booking, ways: Sequence[Wanted], whose: Standing, now: datetime) -> Filling:
    found = next((one for wanted in ways for one in _fillings(held, wanted, whose, now)), None)
    if found is None:
        raise SlotTaken
    return found


def _again(held: Booking, ways: Sequence[Wanted], whose: Standing, chosen: Filling, now: datetime) -> Filling:
    """The same once more, under the locks."""
    for wanted in ways:
        found = same(_fillings(held, wanted, whose, now), chosen)
        if found is not None:
            return found
    raise SlotTaken


def _hold_so(held: Booking, filling: Filling) -> None:
    claims.let_go(held)
    claims.forget(held)
    held.to_tick = filling.claims[0].to_tick
    held.save(update_fields=["to_tick"])
    claims.claim(held, filling.claims, state="hold")
