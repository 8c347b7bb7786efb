"""The list says in SQL what the rules say of one booking: for everybody, in towns made at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from booking import access
from booking.models import Booking, MeetingType
from identity import actors, openings, policies, scope
from identity.actors import Actor
from identity.models import Opening, Person, Representation, RepresentationKind
from identity.models.people import FLAGS
from identity.policies import LEVELS
from tests.town import Town

pytestmark = pytest.mark.django_db
RESIDENTS, OFFICERS = ("bo", "hans", "eva"), ("anna", "maria", "yusuf", "cia", "dan")


def seldom(rng: random.Random) -> bool:
    """True one time in three."""
    return rng.random() < 0.33


def at_random(town: Town, rng: random.Random) -> None:
    """Flags, levels, representations and openings, as they might stand. In an open scope."""
    now, bookings = timezone.now(), list(Booking.objects.values_list("id", flat=True))
    for key in RESIDENTS:
        Person.objects.filter(id=town.persons[key]).update(**{flag: rng.random() < 0.2 for flag in FLAGS})
    for kind in MeetingType.objects.all():
        kind.level, kind.vouched_enough = rng.choice(["LOA2", "LOA3"]), rng.random() < 0.5
        kind.save(update_fields=["level", "vouched_enough"])
    for principal in RESIDENTS:
        for other in (*RESIDENTS, "dan", "farid"):
            if other != principal:
                represent(town, rng, principal, other)
    for opener in OFFICERS:
        begins = now - timedelta(minutes=rng.choice([1, 40]))
        Opening.objects.create(
            kind=rng.choice([openings.PROTECTED, openings.BREAK_GLASS]),
            opener_id=town.persons[opener],
            object_kind="booking",
            object=rng.choice(bookings),
            reason="call",
            asked_at=begins,
            opened_at=None if seldom(rng) else begins,
            until=begins + timedelta(minutes=30),
        )


def represent(town: Town, rng: random.Random, principal: str, other: str) -> None:
    """One representation of any sort, or none."""
    if seldom(rng):
        return
    now = timezone.now()
    Representation.objects.create(
        principal_id=town.persons[principal],
        representative_id=town.persons[other],
        kind=rng.choice(RepresentationKind.values),
        scopes=rng.sample(["book", "attend", "speak"], rng.randint(0, 3)),
        seen_at=None if seldom(rng) else now,
        valid_to=rng.choice([None, now.date() - timedelta(days=2), now.date() + timedelta(days=2)]),
        made_at=now,
        revoked_at=now if seldom(rng) else None,
    )


def readers(town: Town, rng: random.Random) -> list[Actor]:
    """Everybody of the cast, as surely known as chance has it, some of them by an officer's word only."""
    found, bookings = [], list(Booking.objects.values_list("id", flat=True))
    for person in Person.objects.exclude(cast_name=""):
        level = rng.choice(list(LEVELS))
        actor = actors.of_person(person, provider="trial", level=level, session_key="s", at=timezone.now())
        found.append(replace(actor, only_booking=rng.choice(bookings)) if level == "vouched" else actor)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_the_list_and_the_rules_agree(town: Town, as_actor: Callable[[str], Actor], seed: int) -> None:
    for key, unit in (("eva", "fardtjanst"), ("bo", "fardtjanst"), ("hans", "fardtjanst"), ("bo", "hemma")):
        town.booked(as_actor(key), unit=unit)
    rng, seen = random.Random(seed), 0
    with scope.transaction(town.municipality.id):
        at_random(town, rng)
        for actor in readers(town, rng):
            listed = set(Booking.objects.visible_to(actor).values_list("id", flat=True))
            rows = Booking.objects.select_related("calendar", "meeting_type", "resident")
            ruled = {row.id for row in rows if policies.may(actor, "booking.list", access.facts_of(row))}
            assert listed == ruled, actor
            seen += len(listed)
    assert seen > 3


def test_nobody_sees_nothing(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        assert not Booking.objects.visible_to(Actor(town.municipality.id)).exists()
