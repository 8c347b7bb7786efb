"""Move a booking: to another start, another officer's calendar, another form, or several of these at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from booking import access, idempotency, search, transitions
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import NotOffered, SlotTaken, Stale
from booking.models import Booking, Calendar, Need, PartyRole
from booking.pool import Pool, RoleWanted
from booking.search import Filling, Query
from booking.services import claims, needs
from booking.services.asked import Wanted
from booking.services.filling import all_of, as_it_stands, local_text, offered, same
from booking.services.standing import Standing
from booking.signals import PreviousTime
from booking.slots import Slot
from booking.states import Event, Guard, Role
from booking.timeline import Tick
from identity import protection, scope
from identity.actors import Actor

_STORED = ("calendar", "from_tick", "to_tick", "form", "local_start", "sequence")


@dataclass(frozen=True)
class To:
    """Where to, as the caller saw it: `sequence` is the booking's; `agreed`: the resident said yes to an officer."""

    start: Tick
    sequence: int
    agreed: bool = False
    calendar: UUID | None = None
    form: str | None = None


@tried_twice
def move(
    *,
    actor: Actor,
    booking: UUID,
    start: Tick,
    sequence: int,
    key: str,
    agreed: bool = False,
    calendar: UUID | None = None,
    form: str | None = None,
) -> Booking:
    """Move a booking, claiming the new time before the old is let go: never two, never none.

    `calendar`: another officer's; `form`: another form, which may keep the time when its buffers fit. Interpreter and
    room move too; an interpreter who is not free is to be ordered anew. Raises `SlotTaken` with the three nearest,
    `Stale`, `TooLate`, `NotOffered`, and `WrongState` for an officer without the resident's yes.
    """
    now, to = timezone.now(), To(start, sequence, agreed, calendar, form)
    try:
        with deciding(actor.municipality_id):
            return _move(actor, booking, to, key, now)
    except SlotTaken:
        raise SlotTaken(alternatives=nearest_for(actor, booking, to, now)) from None


def _move(actor: Actor, booking: UUID, to: To, key: str, now: datetime) -> Booking:
    moved, around = access.fetch_with(actor, "booking.move", booking)
    asked = {"use": "move", "booking": booking, "start": to.start, "sequence": to.sequence}
    asked |= {"calendar": to.calendar, "form": to.form} if to.calendar or to.form else {}
    if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
        return moved
    return move_one(actor, moved, to, access.role_in(actor, moved, around, as_staff=to.agreed), now)


def move_one(actor: Actor, moved: Booking, to: To, role: Role, now: datetime) -> Booking:
    """Move in the open transaction. Raises as `move`, but without the nearest."""
    whose = standing_of(moved, role)
    chosen = _first_way(moved, to, whose, now)
    lock_calendars(claims.calendars_of(moved) | (all_of(chosen[1]) if chosen else set()))
    access.reread(moved)
    if moved.sequence != to.sequence:
        raise Stale
    found = _again(moved, to, whose, chosen, now)
    facts = _facts(moved, to, found[0] if found else None, now)
    step = transitions.check(moved.state, Event.MOVE, role, facts)
    if found is None:
        raise SlotTaken
    previous = _claim_new_time(moved, to, *found)
    claimed = found[1].claims
    if Need.objects.filter(booking=moved).exists():
        needs.follow(moved, claimed, now)
    transitions.take(moved, step, actor=actor, now=now, previous=previous, fields=_STORED, stamp=True)
    return moved


def standing_of(moved: Booking, role: Role) -> Standing:
    """Whose calendars may be taken: of a protected resident only their named readers'."""
    resident = moved.resident_id or moved.id
    sheltered = moved.resident is not None and moved.resident.protected
    return Standing(resident, role, tuple(sorted(protection.readers_of(resident))) if sheltered else None)


def wanted_of(moved: Booking, to: To) -> Iterator[Wanted]:
    """What is asked for, the best first: the same interpreter, any who speaks the language, one who is ordered."""
    now = as_it_stands(moved, claims.live(moved.id))
    form = to.form or moved.form
    kept = now.duration if form == moved.form or now.roles else None
    asked = replace(now, start=to.start, form=form, calendar=to.calendar or now.calendar, duration=kept)
    yield asked
    if not asked.roles:
        return
    languages = dict(
        Need.objects.filter(booking=moved, calendar__isnull=False).values_list("calendar__uuid", "language")
    )
    yield replace(asked, roles=tuple(_anybody(role, languages) for role in asked.roles))
    rooms = tuple(replace(role, calendar=None) for role in asked.roles if role.role == "room")
    yield replace(asked, roles=rooms)


def _anybody(role: RoleWanted, languages: dict[UUID, str]) -> RoleWanted:
    spoken = languages.get(role.calendar, "") if role.calendar else ""
    return replace(role, calendar=None, language=spoken)


def _first_way(moved: Booking, to: To, whose: Standing, now: datetime) -> tuple[Wanted, Filling] | None:
    for wanted in wanted_of(moved, to):
        lead = not whose.by_staff
        filling = next(iter(search.fillings(offered(wanted, whose), to.start, now=now, but=moved.id, lead=lead)), None)
        if filling is not None:
            return wanted, filling
    return None


def _again(
    moved: Booking, to: To, whose: Standing, chosen: tuple[Wanted, Filling] | None, now: datetime
) -> tuple[Pool, Filling] | None:
    """The same once more, under the locks."""
    if chosen is None:
        return None
    wanted, filling = chosen
    claims.let_expired_go(all_of(filling))
    pool = offered(wanted, whose)
    found = same(search.fillings(pool, to.start, now=now, but=moved.id, lead=not whose.by_staff), filling)
    return (pool, found) if found else None


def _facts(moved: Booking, to: To, pool: Pool | None, now: datetime) -> dict[Guard, bool]:
    minutes = pool.move_limit_minutes if pool else moved.meeting_type.move_limit_minutes
    here = to.start == moved.from_tick and to.form in (None, moved.form) and to.calendar in (None, moved.calendar.uuid)
    return {
        Guard.SLOT_FREE: pool is not None and not here,
        Guard.FORM_ALLOWED: (to.form or moved.form) in moved.meeting_type.forms,
        Guard.WITHIN_MOVE_LIMIT: now <= moved.starts_at - timedelta(minutes=minutes),
        Guard.RESIDENT_AGREED: to.agreed,
    }


def _claim_new_time(moved: Booking, to: To, pool: Pool, filling: Filling) -> PreviousTime:
    previous = PreviousTime(moved.from_tick, moved.to_tick, moved.calendar_id)
    officer = filling.claims[0]
    claims.replace(moved, filling.claims)
    moved.from_tick, moved.to_tick, moved.form = officer.from_tick, officer.to_tick, to.form or moved.form
    moved.local_start = local_text(to.start, pool)
    moved.sequence += 1
    if officer.calendar != moved.calendar_id:
        change_officer(moved, officer.calendar)
    return previous


def change_officer(moved: Booking, calendar: int) -> None:
    """Stand on another officer's calendar: they are the party, and the former one is none any more."""
    moved.calendar = Calendar.objects.get(id=calendar)
    former = moved.parties.filter(role=PartyRole.OFFICER)
    if moved.calendar.person_id is None:
        former.delete()
    elif not former.update(person=moved.calendar.person_id):
        moved.parties.create(person_id=moved.calendar.person_id, role=PartyRole.OFFICER)


def nearest_for(actor: Actor, booking: UUID, to: To, now: datetime) -> tuple[Slot, ...]:
    """The three nearest free starts on the booking's own calendar, or on the one that was asked for."""
    with scope.transaction(actor.municipality_id):
        seen, around = access.fetch_with(actor, "booking.move", booking)
        whose = standing_of(seen, access.role_in(actor, seen, around, as_staff=to.agreed))
        calendar = to.calendar or seen.calendar.uuid
        query = Query(seen.meeting_type_id, to.form or seen.form, calendar=calendar, officers=whose.officers)
        try:
            return search.nearest_free(query, to.start, now=now)
        except NotOffered:
            return ()
