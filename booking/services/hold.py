"""Hold a time for ten minutes while the rest is filled in; keep it longer; let it go."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from booking import access, idempotency, pool, reach, search, transitions
from booking.deciding import deciding, lock_calendars, lock_person, tried_twice
from booking.errors import HoldExpired, SlotTaken
from booking.models import Booking, MeetingType, Party, PartyRole, WishOffer
from booking.pool import Pool
from booking.search import Query
from booking.services import claims
from booking.slots import Slot
from booking.states import Event, Guard, Role
from booking.timeline import Tick, instant
from identity import policies, representing, scope
from identity.actors import Actor
from identity.errors import NotAllowed, SignInRefused
from identity.models import Municipality, Person, people
from identity.policies import LEVELS

_MAX_HOLDS = 2
_TRIES = 3
_FAIR_DAYS = 14 * 288
_LOAD = """
SELECT calendar_id, sum(block_to - block_from) FROM booking_occupancy
WHERE municipality_id = %s AND calendar_id = ANY(%s) AND live AND block_from BETWEEN %s AND %s GROUP BY calendar_id
"""


@dataclass(frozen=True)
class Wanted:
    """The time that somebody chose: a start on some calendar that offers it, or on one named calendar.

    `resident`: whom it is for, when somebody books for another.
    """

    meeting_type: UUID
    form: str
    start: Tick
    calendar: UUID | None = None
    resident: UUID | None = None


@tried_twice
def hold(*, actor: Actor, wanted: Wanted, key: str = "", now: datetime | None = None) -> Booking:
    """Hold the time for the signed-in person, or for whom they represent. `key`: the same key, the same hold.

    Of the calendars that are free the one with the least booked time is taken; if it was just lost, the next. Raises
    `SlotTaken` with the three nearest, `TooSoon`, `BeyondHorizon`, `LimitReached`, `NotOffered`, `KeyReused`,
    `SignInRefused` when the type asks for a stronger e-ID.
    """
    moment = now or timezone.now()
    with scope.transaction(actor.municipality_id):
        _may_hold(actor, wanted)
        held = idempotency.earlier(actor=actor, key=key, asked=_asked(wanted)) if key else None
        if held is not None:
            return access.fetch(actor, "booking.answer", held)
        candidates = _candidates(wanted, reach.officers(actor, wanted.resident), moment)
    for calendar in candidates:
        try:
            return _hold_on(actor, wanted, calendar, key, moment)
        except SlotTaken:
            continue
    raise SlotTaken(alternatives=_nearest(actor, wanted, moment))


def _may_hold(actor: Actor, wanted: Wanted) -> None:
    """Raises `NotAllowed`, or `SignInRefused` when only the level is too low."""
    level = MeetingType.objects.filter(id=wanted.meeting_type).values_list("level", flat=True).first() or "none"
    facts = policies.Facts(actor.municipality_id, level_needed=level)
    action = "booking.hold"
    if wanted.resident not in (None, actor.person_id):
        sheltered = Person.objects.filter(people.protected(), id=wanted.resident).exists()
        opened = representing.opened_to(wanted.resident)
        action, facts = "booking.hold_for", replace(facts, represented_by=opened, protected=sheltered)
    if policies.may(actor, action, replace(facts, level_needed="none")) and not policies.may(actor, action, facts):
        raise SignInRefused("level")
    policies.require(actor, action, facts)


def _asked(wanted: Wanted) -> dict[str, object]:
    return {"use": "hold", **asdict(wanted)}


def _candidates(wanted: Wanted, officers: reach.Officers, now: datetime) -> list[int]:
    """Calendars to try, fairest first; of a sheltered person only their named readers'.

    Raises `TooSoon`, `BeyondHorizon`.
    """
    chosen = pool.load(wanted.meeting_type, wanted.form, wanted.calendar, officers)
    search.check_span(chosen, wanted.start, now=now)
    return fairest_first(search.free_calendars(chosen, wanted.start, now=now), wanted.start)[:_TRIES]


def fairest_first(calendars: tuple[int, ...], start: Tick) -> list[int]:
    """Least booked time within two weeks first; ties by a hash, so that no name is always first."""
    with connection.cursor() as cursor:
        span = [start - _FAIR_DAYS, start + _FAIR_DAYS]
        cursor.execute(_LOAD, [scope.current(), list(calendars), *span])
        load = dict(cursor.fetchall())
    tie = {c: hashlib.sha256(f"{start // 288} {c}".encode()).digest() for c in calendars}
    return sorted(calendars, key=lambda c: (load.get(c, 0), tie[c]))


def _hold_on(actor: Actor, wanted: Wanted, calendar: int, key: str, now: datetime) -> Booking:
    resident, made = wanted.resident or known(actor), uuid4()
    with deciding(actor.municipality_id):
        before = key and idempotency.replayed(actor=actor, key=key, asked=_asked(wanted), result=made)
        if before:
            return access.fetch(actor, "booking.answer", before)
        lock_person(resident)
        lock_calendars([calendar])
        claims.let_expired_go([calendar])
        # Read under the lock: rules, absences and the type itself may have changed since the search.
        chosen = pool.load(wanted.meeting_type, wanted.form, wanted.calendar, reach.officers(actor, wanted.resident))
        facts = {
            Guard.SIGNED_IN_AT_LEVEL: LEVELS.get(actor.level, 0) >= LEVELS.get(chosen.level, 3),
            Guard.SLOT_FREE: calendar in search.free_calendars(chosen, wanted.start, now=now),
            Guard.HOLDS_BELOW_LIMIT: claims.live_holds_of(resident) < _MAX_HOLDS,
        }
        step = transitions.check(None, Event.HOLD, Role.RESIDENT, facts)
        booking = _new_booking(actor, wanted, chosen, calendar, made, now)
        claims.claim(booking, chosen.demand, state="hold")
        transitions.take(booking, step, actor=actor, now=now)
        return booking


def known(actor: Actor) -> UUID:
    """The signed-in person. Raises `NotAllowed` for nobody."""
    if actor.person_id is None:
        raise NotAllowed("booking.hold")
    return actor.person_id


def _new_booking(actor: Actor, wanted: Wanted, chosen: Pool, calendar: int, made: UUID, now: datetime) -> Booking:
    host = Municipality.objects.get(id=actor.municipality_id).hosts[0]
    booking = Booking.objects.create(
        id=made,
        calendar_id=calendar,
        meeting_type_id=wanted.meeting_type,
        resident_id=wanted.resident or known(actor),
        form=wanted.form,
        state="held",
        from_tick=wanted.start,
        to_tick=wanted.start + chosen.demand.duration,
        local_start=local_text(wanted.start, chosen),
        language=actor.language,
        calendar_uid=f"{uuid4()}@{host}",
        created_at=now,
        changed_at=now,
    )
    Party.objects.create(booking=booking, person_id=wanted.resident or known(actor), role=PartyRole.RESIDENT)
    return booking


def local_text(start: Tick, chosen: Pool) -> str:
    """The local wall time as booked, with its offset: what is compared if zone data ever changes."""
    return instant(start).astimezone(chosen.zone).isoformat(timespec="minutes")


def _nearest(actor: Actor, wanted: Wanted, now: datetime) -> tuple[Slot, ...]:
    with scope.transaction(actor.municipality_id):
        officers = reach.officers(actor, wanted.resident)
        query = Query(wanted.meeting_type, wanted.form, calendar=wanted.calendar, officers=officers)
        return search.nearest_free(query, wanted.start, now=now)


def extend_hold(*, actor: Actor, booking: UUID) -> Booking:
    """Mer tid: ten minutes from now, at most ten times (`LimitReached`).

    A hold that ran out is taken again silently if the time is still free; else `HoldExpired`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        held = access.fetch(actor, "booking.answer", booking)
        lock_calendars([held.calendar_id])
        access.reread(held)
        facts = {
            Guard.HOLD_ALIVE: True,
            Guard.EXTENSIONS_LEFT: held.extensions < claims.MAX_EXTENSIONS,
        }
        step = transitions.check(held.state, Event.EXTEND, Role.RESIDENT, facts)
        if not claims.prolong(held):
            take_again(held, now, state="hold")
        transitions.take(held, step, actor=actor, now=now)
        return held


def take_again(held: Booking, now: datetime, *, state: str) -> None:
    """Claim the time of a hold that ran out anew, under the calendar's lock. `HoldExpired` if it is not free."""
    claims.let_expired_go([held.calendar_id])
    claims.let_go(held)
    chosen = pool.load(held.meeting_type_id, held.form, held.calendar.uuid)
    free = search.free_calendars(chosen, held.from_tick, now=now, lead=False)
    if held.calendar_id not in free or held.starts_at <= now:
        raise HoldExpired
    claims.claim(held, chosen.demand, state=state)


def release(*, actor: Actor, booking: UUID) -> Booking:
    """Let a held time go; the answers stay for 24 hours. Releasing twice answers the same."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        held = access.fetch(actor, "booking.answer", booking)
        lock_calendars([held.calendar_id])
        access.reread(held)
        step = transitions.check(held.state, Event.RELEASE, Role.RESIDENT, {})
        claims.let_go(held)
        transitions.take(held, step, actor=actor, now=now)
        return held


def purge_lapsed(*, municipality: int, before: datetime | None = None) -> int:
    """Delete held bookings whose time ran out more than 24 hours ago; how many."""
    limit = (before or timezone.now()) - timedelta(hours=24)
    with scope.transaction(municipality, durable=True):
        old = Booking.objects.filter(state="held", changed_at__lt=limit).exclude(
            occupancies__live=True, occupancies__expires_at__gt=claims.ClockNow()
        )
        # What somebody in the waiting list was asked about says what they are not asked again.
        asked = WishOffer.objects.filter(wish__state__in=("waiting", "offered", "resting"), booking__isnull=False)
        old = old.exclude(id__in=asked.values("booking"))
        return old.delete()[1].get("booking.Booking", 0)
