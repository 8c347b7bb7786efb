"""A meeting that starts now, for showing and testing a trial. It takes no time in the officer's calendar.

The booking is made as a held one and confirmed by the ordinary step, so that history, log and meeting come about as
they always do; only the search for a free time and the waiting are left out.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from booking import states, transitions
from booking.models import Booking, Calendar, CalendarOffer, ContactWay, Form, Party, PartyRole
from booking.states import Event, Guard
from booking.timeline import TICK_SECONDS, floor_tick, instant
from identity import actors, scope
from identity.models import Municipality, Person, people
from meetings.protocol import MAX_PARTICIPANTS

HOST: Final = "anna"
RESIDENT: Final = "bo"
_TICK_MINUTES: Final = TICK_SECONDS // 60


@dataclass(frozen=True, slots=True)
class Demo:
    """A meeting and the cast names of its host and its guests, the resident first."""

    meeting: UUID
    host: str
    guests: tuple[str, ...]


def meeting_now(municipality: Municipality, *, participants: int, now: datetime | None = None) -> Demo:
    """Make a meeting of `participants` people (2 to 8) that starts in these five minutes. ValueError otherwise."""
    moment = now or timezone.now()
    if not actors.trial_allowed():
        raise ValueError("there are invented people in a trial only")
    with scope.transaction(municipality.id, durable=True):
        guests = _guests(participants - 1)
        calendar = Calendar.objects.select_related("person").get(person__cast_name=HOST)
        booking = _held(municipality, calendar, guests, moment)
        facts = dict.fromkeys(Guard, True)
        step = transitions.check(booking.state, Event.CONFIRM, states.Role.RESIDENT, facts)
        resident = actors.of_person(guests[0], provider="trial", level="LOA3", session_key="", at=moment)
        transitions.take(booking, step, actor=resident, now=moment)
    return Demo(booking.id, HOST, tuple(person.cast_name for person in guests))


def _guests(number: int) -> list[Person]:
    """The resident, then companions: people of the cast who are not the host."""
    if not 1 <= number < MAX_PARTICIPANTS:
        raise ValueError(f"a meeting has 2 to {MAX_PARTICIPANTS} participants")
    others = Person.objects.exclude(cast_name__in=["", HOST, RESIDENT]).exclude(people.protected())
    guests = [Person.objects.get(cast_name=RESIDENT), *others.order_by("cast_name")[: number - 1]]
    if len(guests) < number:
        raise ValueError(f"the cast has only {len(guests)} people to invite")
    return guests


def _held(municipality: Municipality, calendar: Calendar, guests: list[Person], now: datetime) -> Booking:
    offer = CalendarOffer.objects.select_related("meeting_type").filter(calendar=calendar).first()
    if offer is None:
        raise ValueError("the officer offers no meeting type")
    start = floor_tick(now)
    booking = Booking.objects.create(
        calendar=calendar,
        meeting_type=offer.meeting_type,
        resident=guests[0],
        form=Form.VIDEO,
        state=states.State.HELD,
        from_tick=start,
        to_tick=start + offer.meeting_type.duration // _TICK_MINUTES,
        local_start=timezone.localtime(instant(start)).isoformat(timespec="minutes"),
        contact_way=ContactWay.NONE,
        calendar_uid=f"{uuid.uuid4()}@{municipality.hosts[0]}",
        created_at=now,
        changed_at=now,
    )
    roles = [PartyRole.RESIDENT] + [PartyRole.COMPANION] * (len(guests) - 1)
    for person, role in zip(guests, roles, strict=True):
        Party.objects.create(booking=booking, person=person, role=role)
    Party.objects.create(booking=booking, person=calendar.person, role=PartyRole.OFFICER)
    return booking
