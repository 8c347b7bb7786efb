"""The things of the world that the waiting list makes: places, times that are offered, and what the unit must do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from booking.models import Booking, Calendar, MeetingType, Task, TaskKind, Wish, WishOffer, WishState
from booking.states import State
from booking.timeline import floor_tick, instant
from identity import scope

if TYPE_CHECKING:
    from tests.security.world import One, World


def fill(world: World) -> None:
    """A place with a time on offer, a task, and somebody to ring: at home, in another unit, abroad, and sheltered."""
    people = world.people
    for place, tail in (("home", ""), ("elsewhere", "_elsewhere"), ("abroad", "_abroad")):
        _of(world, place, people[f"officer{tail}"], people[f"resident{tail}"])
    _of(world, "sheltered", people["officer"], people["sheltered"], people["reader"])
    del world.things["task"]["sheltered"]  # a task names nobody: it is as the one at home


def _of(world: World, place: str, officer: One, resident: One, reader: One | None = None) -> None:
    with scope.transaction(officer.municipality.id):
        asked = _offer(officer, resident, by_phone=False)
        rung = _offer(officer, resident, by_phone=True)
        rings = _task(officer, rung, TaskKind.RING_NEXT, reader)
        moves = _task(officer, asked, TaskKind.CALL, None)
    for kind, thing in {"wish": asked.wish_id, "offer": asked.id, "ring": rings.id, "task": moves.id}.items():
        world.add(kind, place, thing)


def _task(officer: One, offer: WishOffer, kind: str, whose: One | None) -> Task:
    return Task.objects.create(
        kind=kind,
        unit_id=officer.unit,
        person_id=whose.person if whose else None,
        booking=offer.booking,
        offer=offer if kind == TaskKind.RING_NEXT else None,
        due_at=offer.expires_at,
        made_at=offer.made_at,
    )


def _offer(officer: One, resident: One, *, by_phone: bool) -> WishOffer:
    now = timezone.now()
    calendar = Calendar.objects.get(person_id=officer.person)
    kind = MeetingType.objects.get(offers__calendar=calendar)
    start = floor_tick(now + timedelta(days=5, hours=by_phone))
    held = Booking.objects.create(
        calendar=calendar,
        meeting_type=kind,
        resident_id=resident.person,
        form="video",
        state=State.HELD,
        from_tick=start,
        to_tick=start + 6,
        local_start=timezone.localtime(instant(start)).isoformat(timespec="minutes"),
        calendar_uid=f"{uuid4()}@{officer.municipality.hosts[0]}",
        created_at=now,
        changed_at=now,
    )
    wish = Wish.objects.create(
        resident_id=resident.person,
        meeting_type=kind,
        form="video",
        state=WishState.OFFERED,
        contact_way="none" if by_phone else "email",
        contact_to="" if by_phone else "somebody@exempel.example",
        made_at=now,
    )
    return WishOffer.objects.create(
        wish=wish,
        booking=held,
        by_phone=by_phone,
        made_at=now,
        expires_at=now + timedelta(hours=2),
        waited_minutes=10,
    )
