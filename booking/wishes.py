"""Wishes and offers as the rules read them, and the only ways to fetch one. Called inside an open scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from booking import wishing
from booking.models import Booking, ContactWay, MeetingType, Wish, WishOffer, WishState
from booking.patterns import MINUTES_PER_DAY
from booking.states import State
from booking.timeline import instant
from booking.walltime import ticks_of
from booking.wishing import Wished
from booking.wording import ZONE
from identity import policies, protection, representing, scope
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Person
from identity.policies import Facts

OPEN = (WishState.WAITING, WishState.OFFERED, WishState.RESTING)
UPCOMING = frozenset({State.CONFIRMED, State.READY})
_WITH = ("meeting_type__service", "calendar", "resident", "booking")


RESIDENTS, STAFF = "wish.answer", "wish.answer_for"
ANYBODYS = (RESIDENTS, STAFF)


def fetch(actor: Actor, wish: UUID, actions: tuple[str, ...] = ANYBODYS) -> Wish:
    """A wish that the actor may act on by one of the actions.

    Raises `NotAllowed`: missing, foreign and forbidden are one answer.
    """
    found: Wish | None = Wish.objects.select_related(*_WITH).filter(id=wish).first()
    return _allowed(actor, found, wish, actions)


def fetch_offer(actor: Actor, offer: UUID, actions: tuple[str, ...] = ANYBODYS) -> WishOffer:
    """An offer of a wish that the actor may act on. Raises `NotAllowed` as `fetch` does."""
    rows = WishOffer.objects.select_related("booking__calendar", *(f"wish__{name}" for name in _WITH))
    found: WishOffer | None = rows.filter(id=offer).first()
    _allowed(actor, found.wish if found else None, offer, actions)
    assert found is not None  # noqa: S101 - tells the type checker
    return found


def _allowed(actor: Actor, wish: Wish | None, sought: UUID, actions: tuple[str, ...]) -> Wish:
    facts = facts_of(wish, sought, of_staff=actor.is_staff)
    if wish is None or not any(policies.may(actor, action, facts) for action in actions):
        raise NotAllowed(actions[0], Tried(actor, actions[0], "wish", sought))
    return wish


def facts_of(wish: Wish | None, sought: UUID, *, of_staff: bool) -> Facts:
    """What the rules look at; of a wish that is not there by the same statements."""
    resident = wish.resident_id if wish else sought
    opened = representing.opened_to(resident)
    named = protection.readers_of(resident) if of_staff else frozenset()
    around = Facts(scope.current(), represented_by=opened, named=named, object=sought)
    if wish is None:
        return around
    return Facts(
        scope.current(),
        unit=wish.meeting_type.service.unit_id,
        resident=wish.resident_id,
        person=wish.resident_id,
        protected=wish.resident.protected,
        represented_by=opened,
        named=named,
        level_needed=wish.meeting_type.level,
        object=sought,
    )


def facts_to_join(meeting_type: MeetingType, resident: Person | None) -> Facts:
    """What the rules look at before there is a wish; `resident`: another than the actor, or None."""
    return Facts(
        scope.current(),
        unit=meeting_type.service.unit_id,
        resident=resident.id if resident else None,
        protected=resident.protected if resident else False,
        represented_by=representing.opened_to(resident.id) if resident else (),
        named=protection.readers_of(resident.id) if resident else frozenset(),
        level_needed=meeting_type.level,
    )


def by_staff(actor: Actor, wish: Wish) -> bool:
    """Whether the actor answers as one who works here: neither the resident nor who represents them."""
    return not policies.may(actor, RESIDENTS, facts_of(wish, wish.id, of_staff=actor.is_staff))


def by_phone(wish: Wish) -> bool:
    """Whether somebody rings: there is no quick way of contact, or nothing is sent about the person."""
    return wish.resident.protected or wish.contact_way != ContactWay.EMAIL or not wish.contact_to


def waiting(calendars: Iterable[int] | None = None) -> list[Wish]:
    """Wishes that wait, oldest first. `calendars`: only those of meeting types that these calendars offer."""
    rows: QuerySet[Wish] = Wish.objects.filter(state=WishState.WAITING).select_related(*_WITH)
    if calendars is not None:
        rows = rows.filter(meeting_type__offers__calendar__in=list(calendars)).distinct()
    return list(rows.order_by("made_at", "id"))


def as_wished(rows: Iterable[Wish], now: datetime) -> dict[UUID, Wished]:
    """Wishes as the rules read them, by id; two statements for all of them."""
    wishes = list(rows)
    asked: dict[UUID, set[int]] = {wish.id: set() for wish in wishes}
    ended = WishOffer.objects.filter(wish__in=asked, booking__isnull=False)
    for wish, start in ended.values_list("wish", "booking__from_tick"):
        asked[wish].add(start)
    today = asked_today({wish.resident_id for wish in wishes}, now)
    return {wish.id: _wished(wish, frozenset(asked[wish.id]), today[wish.resident_id]) for wish in wishes}


def asked_today(residents: Iterable[UUID], now: datetime) -> Counter[UUID]:
    """How many offers each person had on the local day of `now`."""
    first = instant(ticks_of(now.astimezone(ZONE).date(), 0, MINUTES_PER_DAY, ZONE)[0])
    rows = WishOffer.objects.filter(wish__resident__in=list(residents), made_at__gte=first)
    return Counter(rows.values_list("wish__resident", flat=True))


def _wished(wish: Wish, asked: frozenset[int], asked_today: int) -> Wished:
    old = wish.booking if wish.booking is not None and wish.booking.state in UPCOMING else None
    return Wished(
        id=wish.id,
        form=wish.form,
        made_at=wish.made_at,
        weekdays=frozenset(wish.weekdays),
        parts=frozenset(wish.parts),
        earliest=wish.earliest,
        latest=wish.latest,
        notice=timedelta(minutes=wish.notice_minutes),
        before=old.from_tick if old else None,
        asked=asked,
        asked_today=asked_today,
        waits=wish.state == WishState.WAITING,
    )


def old_time(wish: Wish) -> Booking | None:
    """The person's old time that moves when a new one is accepted; None when there is none to come."""
    old: Booking | None = wish.booking
    return old if old is not None and old.state in UPCOMING else None


def median_wait(meeting_type: UUID) -> timedelta | None:
    """The median age of wishes that were offered a time of this type; None while fewer than five offers have ended."""
    ended = WishOffer.objects.filter(wish__meeting_type=meeting_type).exclude(outcome="")
    return wishing.median_wait(list(ended.values_list("waited_minutes", flat=True)))
