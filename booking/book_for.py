"""Booking for a resident who rings, stands at the desk or has written: what can be booked, when, and for whom.

A resident is found by personal number or external id, or among those whom the officer is to meet; never by name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from booking import own_calendar, search
from booking.models import Booking, Calendar, MeetingType
from booking.pool import RoleWanted, longer
from booking.search import Query
from booking.sheltering import TO_COME
from booking.slots import Offer
from booking.timeline import TICK_MINUTES, Tick, floor_tick
from identity import access_log, finding, limits, policies, protection, scope
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Person, people
from identity.policies import Facts

ACTION = "booking.book_for"
FIRST = 10
_A_MINUTE, _AT_ONCE = 6, 30


@dataclass(frozen=True)
class Asked:
    """What the times are for. `language`: of an interpreter, empty for none; `after`: the first tick to look at."""

    meeting_type: MeetingType
    form: str
    language: str = ""
    after: Tick | None = None


@dataclass(frozen=True)
class Times:
    """The first free starts: on the officer's own calendar, and with anybody who offers the type.

    `minutes`: how long the meeting is; `ordered`: no interpreter of our own is free, so one is ordered.
    """

    calendar: Calendar | None
    own: tuple[Offer, ...]
    anybody: tuple[Offer, ...]
    minutes: int
    ordered: bool = False


@dataclass(frozen=True)
class Who:
    """Whom it is for: somebody of one's coming bookings, or by number (twelve digits) or external id, or somebody new.

    `name` is only for somebody whom we do not know yet.
    """

    booking: UUID | None = None
    number: str = ""
    external_id: str = ""
    name: str = ""

    @property
    def only_named(self) -> bool:
        """Nobody could find them again: they would be written down anew."""
        return not (self.booking or self.number or self.external_id)


def types_of(actor: Actor) -> tuple[MeetingType, ...]:
    """What the actor may book for residents, own calendar's first. Needs an open scope; `NotAllowed` when nothing."""
    units = actor.units("officer") | actor.units("coordinator")
    rows = MeetingType.objects.filter(
        published=True, internal=False, service__published=True, service__unit_id__in=units
    ).select_related("service")
    own = own_calendar.find(actor)
    mine = set(own.offers.values_list("meeting_type", flat=True)) if own is not None else set()
    found = sorted(rows, key=lambda one: (one.id not in mine, one.service.position, one.name))
    if not found:
        raise NotAllowed(ACTION)
    return tuple(found)


def times(actor: Actor, asked: Asked, *, now: datetime) -> Times:
    """The first free starts. With an interpreter those at which one of our own is free too, if there are any.

    Needs an open scope.
    """
    calendar = own_calendar.find(actor)
    query = Query(asked.meeting_type.id, asked.form, n=FIRST, from_tick=asked.after, by_staff=True)
    if not asked.language:
        return _found(query, calendar, now)
    with_ours = replace(query, roles=(RoleWanted("interpreter", language=asked.language),))
    joint = _found(with_ours, calendar, now)
    if joint.own or joint.anybody:
        return joint
    minutes = longer(asked.meeting_type.duration, asked.meeting_type.interpreter_percent)
    return replace(_found(replace(query, duration=minutes), calendar, now), ordered=True)


def _found(query: Query, calendar: Calendar | None, now: datetime) -> Times:
    anybody = search.find(query, now=now)
    own: tuple[Offer, ...] = ()
    if calendar is not None and calendar.id in anybody.uuids:
        own = search.find(replace(query, calendar=calendar.uuid), now=now).offers
    return Times(calendar, own, anybody.offers, anybody.demand.duration * TICK_MINUTES)


def to_meet(actor: Actor, *, now: datetime) -> tuple[Booking, ...]:
    """One coming booking of each resident on the own calendar, by start; nobody's who is protected.

    Needs an open scope; the read is an entry.
    """
    calendar = own_calendar.find(actor)
    rows = Booking.objects.filter(calendar=calendar, state__in=TO_COME, to_tick__gt=floor_tick(now))
    coming = rows.exclude(resident=None).exclude(people.protected("resident")).select_related("resident")
    first: dict[UUID, Booking] = {}
    for row in coming.order_by("from_tick"):
        if row.resident_id is not None:
            first.setdefault(row.resident_id, row)
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=[one.id for one in first.values()])
    return tuple(first.values())


def find(*, actor: Actor, who: Who, meeting_type: UUID, now: datetime) -> UUID | None:
    """The person it is for; somebody new is written down. None for nobody, and for whom the actor may not book.

    Each look by number or id is an entry, and limited as any look-up of a person. Raises `NotAllowed`, `Limited`.
    """
    if who.booking is None and (who.number or who.external_id):
        limits.take(f"find:{actor.municipality_id}:{actor.person_id}", per_minute=_A_MINUTE, burst=_AT_ONCE)
    with acting(actor.municipality_id):
        types = {one.id: one for one in types_of(actor)}
        if meeting_type not in types:
            raise NotAllowed(ACTION)
        person = _known(actor, who, now)
        if person is not None:
            return person.id if _may(actor, types[meeting_type], person) else None
        return _written(actor, who) if who.name else None


def _known(actor: Actor, who: Who, now: datetime) -> Person | None:
    if who.booking is not None:
        return next((one.resident for one in to_meet(actor, now=now) if one.id == who.booking), None)
    person: Person | None = None
    if who.number:
        person = finding.by_number(who.number)
    elif who.external_id:
        person = Person.objects.filter(external_id=who.external_id, erased_at=None).first()
    if who.number or who.external_id:
        sought = [person.id] if person is not None else [uuid4()]
        access_log.record(actor=actor, action="person.find", kind="person", objects=sought, allowed=person is not None)
    return person


def _may(actor: Actor, meeting_type: MeetingType, person: Person) -> bool:
    facts = Facts(
        scope.current(),
        unit=meeting_type.service.unit_id,
        resident=person.id,
        person=person.id,
        protected=person.protected,
        named=protection.readers_of(person.id),
    )
    return policies.may(actor, ACTION, facts)


def _written(actor: Actor, who: Who) -> UUID:
    person = Person(name=who.name, external_id=who.external_id)
    if who.number:
        finding.set_number(person, who.number)
    person.save()
    access_log.record(actor=actor, action="person.add", kind="person", objects=[person.id])
    return person.id
