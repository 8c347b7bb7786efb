"""Hold a time for ten minutes while the rest is filled in; keep it longer; let it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from booking import access, idempotency, search, transitions
from booking.deciding import deciding, lock_calendars, lock_person, tried_twice
from booking.errors import HoldExpired, SlotTaken
from booking.models import AskedHow, Booking, IdempotencyKey, Occupancy, Party, PartyRole, WishOffer
from booking.pool import Pool
from booking.search import Filling
from booking.services import claims
from booking.services.asked import Wanted, WantedNeed
from booking.services.filling import all_of, as_it_stands, choose, local_text, offered, query_of, same
from booking.services.needs import options
from booking.services.standing import Standing, standing
from booking.slots import Slot
from booking.states import Event, Guard, Role, State
from identity import scope
from identity.actors import Actor
from identity.models import Municipality
from identity.policies import LEVELS

MAX_HOLDS = 2
_TRIES = 3


@tried_twice
def hold(*, actor: Actor, wanted: Wanted, key: str = "", now: datetime | None = None) -> Booking:
    """Hold the time for the signed-in person, for whom they represent, or, as staff, for who asked them.

    `key`: the same key, the same hold. Of the officers who are free the one with the least booked time for their share
    is taken; if that time was just lost, the next. Every role's calendar is claimed in the same transaction. Raises
    `SlotTaken` with the three nearest, `TooSoon`, `BeyondHorizon`, `LimitReached`, `NotOffered`, `KeyReused`,
    `SignInRefused` when the type asks for a stronger e-ID.
    """
    moment = now or timezone.now()
    return in_turn(
        actor, wanted, moment, lambda lost: hold_one(actor, wanted, moment, lost, key=key, asked=asked_of(wanted))
    )


def in_turn(actor: Actor, wanted: Wanted, now: datetime, attempt: Callable[[set[int]], Booking]) -> Booking:
    """Try one officer after the other, each in a transaction of its own, at most 3; then `SlotTaken` with the nearest.

    `attempt` is given those that were lost and adds the one that it chooses: a lock that is waited for in vain is let
    go before the next is asked for, so locks are always taken ascending.
    """
    lost: set[int] = set()
    for number in range(1, _TRIES + 1):
        try:
            with deciding(actor.municipality_id):
                return attempt(lost)
        except SlotTaken:
            if len(lost) < number:  # nobody was free before any lock: told with the nearest already
                raise
    raise SlotTaken(alternatives=nearest(actor, wanted, now))


def hold_one(
    actor: Actor,
    wanted: Wanted,
    now: datetime,
    lost: set[int],
    *,
    key: str,
    asked: dict[str, object],
    needs: tuple[WantedNeed, ...] = (),
    direct: bool = False,
) -> Booking:
    """Hold in the open transaction: search, locks, re-check, rows. `asked`: what the key stands for.

    `needs` may make it longer, and take an interpreter's calendar too. `direct`: it is booked in this transaction, and
    is no hold that would be counted of another system's.
    """
    whose, made = standing(actor, wanted), uuid4()
    before = idempotency.replayed(actor=actor, key=key, asked=asked, result=made, status=201) if key else None
    if before is not None:
        return access.of_key(before)
    wanted, chosen = choose(options(wanted, needs), whose, now, but=lost, tell=True)
    lost.add(chosen.officer)
    counted = None if actor.token and (direct or not actor.live_holds) else actor.token or whose.resident
    if counted is not None:
        lock_person(counted)
    lock_calendars(all_of(chosen))
    claims.let_expired_go(all_of(chosen))
    # Read under the lock: rules, absences and the type itself may have changed since the search.
    pool = offered(wanted, whose)
    filling = same(search.fillings(pool, wanted.start, now=now, lead=not whose.by_staff), chosen)
    facts = {
        Guard.SIGNED_IN_AT_LEVEL: whose.role is Role.OFFICER or LEVELS.get(actor.level, 0) >= LEVELS.get(pool.level, 3),
        Guard.SLOT_FREE: filling is not None,
        Guard.HOLDS_BELOW_LIMIT: counted is None or _below_limit(actor, whose),
    }
    step = transitions.check(None, Event.HOLD, whose.role, facts)
    booking = new_booking(actor, wanted, whose, pool, filling or chosen, made, now)
    claims.claim(booking, (filling or chosen).claims, state="hold")
    transitions.take(booking, step, actor=actor, now=now, unit=unit_of(pool, booking))
    return booking


def unit_of(pool: Pool, booking: Booking) -> UUID:
    """The unit of the calendar that a new booking stands on, without another look."""
    return next(calendar.unit for calendar in pool.calendars if calendar.id == booking.calendar_id)


def asked_of(wanted: Wanted) -> dict[str, object]:
    """What a key of holding stands for."""
    return {"use": "hold", **asdict(wanted)}


def _below_limit(actor: Actor, whose: Standing) -> bool:
    """Two at once for a resident; for another system as many as its token says; for staff any number."""
    if actor.token is not None:
        made = IdempotencyKey.objects.filter(actor=actor.key(), result=OuterRef("id"))
        return _live(Booking.objects.filter(Exists(made), asked_how=AskedHow.SYSTEM)) < actor.live_holds
    return whose.by_staff or live_holds_of(whose.resident) < MAX_HOLDS


def live_holds_of(person: UUID) -> int:
    """How many holds somebody has now, of those they took themselves; one of several calendars is one."""
    return claims.live_holds(person)


def _live(bookings: QuerySet[Booking]) -> int:
    claimed = Occupancy.objects.filter(
        booking=OuterRef("id"), live=True, state="hold", expires_at__gt=claims.ClockNow()
    )
    return bookings.filter(Exists(claimed), state=State.HELD).count()


def new_booking(
    actor: Actor,
    wanted: Wanted,
    whose: Standing,
    pool: Pool,
    filling: Filling,
    made: UUID,
    now: datetime,
    series: UUID | None = None,
) -> Booking:
    """The row of a held booking, and the resident as its first party."""
    host = Municipality.objects.values_list("hosts", flat=True).get(id=actor.municipality_id)[0]
    officer = filling.claims[0]
    booking = Booking.objects.create(
        id=made,
        calendar_id=officer.calendar,
        meeting_type_id=wanted.meeting_type,
        resident_id=whose.resident,
        form=wanted.form,
        state=State.HELD,
        from_tick=officer.from_tick,
        to_tick=officer.to_tick,
        local_start=local_text(wanted.start, pool),
        language=actor.language,
        booked_by_id=actor.person_id if actor.person_id != whose.resident else None,
        asked_how=wanted.asked_how,
        series_id=series,
        calendar_uid=f"{uuid4()}@{host}",
        created_at=now,
        changed_at=now,
    )
    Party.objects.create(booking=booking, person_id=whose.resident, role=PartyRole.RESIDENT)
    return booking


def nearest(actor: Actor, wanted: Wanted, now: datetime) -> tuple[Slot, ...]:
    """The three free starts nearest to the one that was wanted. Opens its own scope."""
    with scope.transaction(actor.municipality_id):
        return search.nearest_free(query_of(wanted, standing(actor, wanted)), wanted.start, now=now)


@tried_twice
def extend_hold(*, actor: Actor, booking: UUID, key: str = "") -> Booking:
    """Mer tid: ten minutes from now, at most ten times (`LimitReached`). `key`: the same key, once.

    A hold that ran out is taken again silently if the time is still free; else `HoldExpired`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        held, facts = access.fetch_with(actor, "booking.answer", booking)
        asked = {"use": "extend_hold", "booking": booking}
        if key and idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return held
        lock_calendars(claims.calendars_of(held))
        access.reread(held)
        known = {Guard.HOLD_ALIVE: True, Guard.EXTENSIONS_LEFT: held.extensions < claims.MAX_EXTENSIONS}
        step = transitions.check(held.state, Event.EXTEND, access.role_in(actor, held, facts), known)
        if not claims.prolong(held):
            take_again(held, now, state="hold")
        held.extensions += 1
        held.save(update_fields=["extensions"])
        transitions.take(held, step, actor=actor, now=now)
        return held


def take_again(held: Booking, now: datetime, *, state: str) -> None:
    """Claim the time of a hold that ran out anew, under its calendars' locks. `HoldExpired` if it is not free."""
    before = claims.last_of(held)
    claims.let_expired_go({one.calendar for one in before})
    claims.forget(held)
    wanted = as_it_stands(held, before)
    whose = Standing(held.resident_id or held.id, Role.OFFICER, None)
    filling = next(iter(search.fillings(offered(wanted, whose), held.from_tick, now=now, lead=False)), None)
    if filling is None or held.starts_at <= now:
        raise HoldExpired
    claims.claim(held, filling.claims, state=state)


@tried_twice
def release(*, actor: Actor, booking: UUID) -> Booking:
    """Let a held time go; the answers stay for 24 hours. Releasing twice answers the same."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        held = access.fetch(actor, "booking.answer", booking)
        lock_calendars(claims.calendars_of(held))
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
