"""Time that falls free is offered to those who wait: held for one at a time, the oldest suiting wish first.

Nobody tells what fell free: whatever is free and suits is offered, so no cancelled, moved or lapsed time, removed
absence or changed rule can be missed. A start is offered to the same wish once.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

from django.utils import timezone

from booking import pool as pools
from booking import search, signals, transitions, wishes, wishing, wording
from booking.deciding import deciding, lock_calendars, lock_person, tried_twice
from booking.errors import BookingError, NotOffered
from booking.models import (
    Booking,
    Party,
    PartyRole,
    Task,
    TaskKind,
    Wish,
    WishOffer,
    WishState,
)
from booking.pool import Pool
from booking.search import Claimed, Query
from booking.services import claims
from booking.services.fairness import fairest_first
from booking.services.filling import local_text
from booking.states import Event, Guard, Role, State
from booking.timeline import Tick
from identity import access_log, actors, protection, scope
from identity.actors import Actor
from identity.models import Municipality

_TRIES = 3
_MINUTE = timedelta(minutes=1)


def offer_freed(
    *, municipality: int, calendars: Iterable[int] | None = None, now: datetime | None = None
) -> tuple[UUID, ...]:
    """Offer what is free to those whom it suits; the offers' ids. `calendars`: look only at what these are for."""
    moment = now or timezone.now()
    with scope.transaction(municipality):
        rows = {wish.id: wish for wish in wishes.waiting(calendars)}
        line = wishing.in_line(wishes.as_wished(rows.values(), moment).values())
    made, free = [], _Free(moment)
    for wished in line:
        with scope.transaction(municipality):
            starts = free.suiting(rows[wished.id], wished)
        offer = _first_that_holds(municipality, wished.id, starts, moment)
        if offer is not None:
            made.append(offer)
            free.forget()
    return tuple(made)


class _Free:
    """What is free, by what is asked for; searched again once something was taken."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._found: dict[Query, tuple[Tick, ...]] = {}

    def suiting(self, wish: Wish, wished: wishing.Wished) -> tuple[Tick, ...]:
        """The first starts that suit a wish. Needs an open scope."""
        query = _query(wish)
        if query not in self._found:
            self._found[query] = _search(query, self._now)
        fitting = (start for start in self._found[query] if _would_suit(wish, wished, start, self._now))
        return tuple(islice(fitting, _TRIES))

    def forget(self) -> None:
        """Something was taken."""
        self._found.clear()


def _query(wish: Wish) -> Query:
    """Where a wish looks: on one calendar, on any, or for a protected person on their named readers' only."""
    calendar = wish.calendar.uuid if wish.calendar else None
    return Query(wish.meeting_type_id, wish.form, n=1, calendar=calendar, officers=_officers(wish))


def _officers(wish: Wish) -> tuple[UUID, ...] | None:
    return tuple(sorted(protection.readers_of(wish.resident_id))) if wish.resident.protected else None


def _search(query: Query, now: datetime) -> tuple[Tick, ...]:
    try:
        return tuple(tick for _, ticks in search.overview(query, now=now).days for tick in ticks)
    except NotOffered:
        return ()


def _would_suit(wish: Wish, wished: wishing.Wished, start: Tick, now: datetime) -> bool:
    """Whether the start can be offered now, and answered in time to move the old one."""
    begins, ends = wishing.offer_span(now, start, wording.ZONE, by_phone=wishes.by_phone(wish))
    if begins > now or not wishing.suits(wished, start, wish.form, until=ends, zone=wording.ZONE):
        return False
    old = wishes.old_time(wish)
    limit = timedelta(minutes=wish.meeting_type.move_limit_minutes)
    return old is None or wishes.by_phone(wish) or ends <= old.starts_at - limit


def _first_that_holds(municipality: int, wish: UUID, starts: Iterable[Tick], now: datetime) -> UUID | None:
    for start in starts:
        with suppress(BookingError):  # taken meanwhile, or busy: the next start, or the next round
            offer = _ask(municipality, wish, start, now)
            if offer is not None:
                return offer
    return None


@tried_twice
def _ask(municipality: int, wanted: UUID, start: Tick, now: datetime) -> UUID | None:
    """Hold one start for one wish and ask. None when it no longer waits or no longer suits; then nothing is changed."""
    actor = actors.system(municipality)
    with deciding(municipality):
        wish = Wish.objects.select_related("meeting_type__service", "calendar", "resident", "booking").get(id=wanted)
        lock_person(wish.resident_id)
        wish.refresh_from_db(fields=["state", "unanswered"])
        wished = wishes.as_wished([wish], now)[wish.id]
        if not (wishing.may_be_asked(wished) and _would_suit(wish, wished, start, now)):
            return None
        calendar = _locked(wish, start, now)
        if calendar is None or (wish.resident.protected and not _officers(wish)):
            return None
        offer = _write(wish, calendar, start, now, actor)
        if not offer.by_phone:
            signals.wish_offered.send(sender=WishOffer, offer=offer, actor=actor)
        return offer.id


def _locked(wish: Wish, start: Tick, now: datetime) -> int | None:
    """The fairest calendar that is free at the start, its lock taken and read again under it; None without one."""
    query = _query(wish)
    read = (query.meeting_type, query.form, query.calendar, query.officers)
    for calendar in fairest_first(search.free_calendars(pools.load(*read), start, now=now), start)[:1]:
        lock_calendars([calendar])
        claims.let_expired_go([calendar])
        if calendar in search.free_calendars(pools.load(*read), start, now=now):
            return calendar
    return None


def _write(wish: Wish, calendar: int, start: Tick, now: datetime, actor: Actor) -> WishOffer:
    """The hold, who is asked about it, and how long; for who is rung a task."""
    phone = wishes.by_phone(wish)
    ends = wishing.offer_span(now, start, wording.ZONE, by_phone=phone)[1]
    held = _held(wish, calendar, start, now, actor)
    claims.hold_until(held, ends)
    Wish.objects.filter(id=wish.id).update(state=WishState.OFFERED)
    offer = WishOffer.objects.create(
        wish=wish,
        booking=held,
        by_phone=phone,
        made_at=now,
        expires_at=ends,
        waited_minutes=max(0, (now - wish.made_at) // _MINUTE),
    )
    if phone:
        Task.objects.create(
            kind=TaskKind.RING_NEXT,
            unit_id=wish.meeting_type.service.unit_id,
            person_id=next(iter(_officers(wish) or ()), None),
            booking=held,
            offer=offer,
            due_at=ends,
            made_at=now,
        )
    return offer


def _held(wish: Wish, calendar: int, start: Tick, now: datetime, actor: Actor) -> Booking:
    chosen: Pool = pools.load(wish.meeting_type_id, wish.form)
    # How surely somebody signed in is asked when they accept; what they hold themselves is no hindrance to be asked.
    facts = {Guard.SIGNED_IN_AT_LEVEL: True, Guard.SLOT_FREE: True, Guard.HOLDS_BELOW_LIMIT: True}
    step = transitions.check(None, Event.HOLD, Role.RESIDENT, facts)
    host = Municipality.objects.get(id=scope.current()).hosts[0]
    held = Booking.objects.create(
        calendar_id=calendar,
        meeting_type_id=wish.meeting_type_id,
        resident_id=wish.resident_id,
        form=wish.form,
        state=State.HELD,
        from_tick=start,
        to_tick=start + chosen.demand.duration,
        local_start=local_text(start, chosen),
        language=wish.language,
        calendar_uid=f"{uuid4()}@{host}",
        created_at=now,
        changed_at=now,
    )
    Party.objects.create(booking=held, person_id=wish.resident_id, role=PartyRole.RESIDENT)
    spans = *chosen.demand.meeting(start), *chosen.demand.block(start)
    claims.claim(held, [Claimed(claims.OFFICER, calendar, *spans)], state="hold")
    transitions.take(held, step, actor=actor, now=now)
    return held


def lapse_offers(*, municipality: int, now: datetime | None = None) -> int:
    """End offers whose time has run out, and wishes whose last day has been; how many offers."""
    moment = now or timezone.now()
    with scope.transaction(municipality):
        due = list(WishOffer.objects.filter(outcome="", expires_at__lte=moment).values_list("id", flat=True))
    for offer in due:
        _lapse(municipality, offer, moment)
    with scope.transaction(municipality, durable=True):
        over = Wish.objects.filter(state__in=(WishState.WAITING, WishState.RESTING))
        over.filter(latest__lt=wording.local_date(moment)).update(state=WishState.PAST)
    return len(due)


@tried_twice
def _lapse(municipality: int, offer: UUID, now: datetime) -> None:
    with deciding(municipality):
        found = WishOffer.objects.select_related("wish", "booking").get(id=offer)
        lock_person(found.wish.resident_id)
        end_offer(found, "lapsed", actor=actors.system(municipality), now=now)


def end_offer(offer: WishOffer, outcome: str, *, actor: Actor, now: datetime) -> bool:
    """End an open offer without a time taken, let its hold go, and say what becomes of the wish.

    Under the person's lock; takes the calendar's. False when it had ended already. No answer costs no place, and after
    three the wish rests; an officer who did not ring is nobody's silence.
    """
    held = offer.booking
    if held is not None:
        lock_calendars([held.calendar_id])
    open_one = WishOffer.objects.select_for_update(no_key=True).filter(id=offer.id, outcome="").first()
    if open_one is None:
        return False
    close(offer, outcome, actor=actor, now=now)
    if held is not None:
        claims.let_go(held)
        step = transitions.check(held.state, Event.RELEASE, Role.SYSTEM, {})
        transitions.take(held, step, actor=actor, now=now)
    wish: Wish = Wish.objects.get(id=offer.wish_id)
    silent = outcome == "lapsed" and not offer.by_phone
    wish.unanswered = wish.unanswered + 1 if silent else 0 if outcome == "declined" else wish.unanswered
    wish.state = WishState.RESTING if wishing.rests(wish.unanswered) else WishState.WAITING
    wish.save(update_fields=["unanswered", "state"])
    return True


def close(offer: WishOffer, outcome: str, *, actor: Actor, now: datetime) -> None:
    """Write down what came of an offer, and that nobody needs to ring about it any more."""
    offer.outcome, offer.ended_at = outcome, now
    offer.save(update_fields=["outcome", "ended_at"])
    Task.objects.filter(offer=offer, done_at=None).update(done_at=now, done_by=actor.person_id)
    access_log.record(actor=actor, action=f"wish.{outcome}", kind="wish", objects=[offer.wish_id])
