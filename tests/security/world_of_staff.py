"""The things of the world that staff look after: persons, accounts, alerts, requests, reviews, conflicts, providers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from identity import scope
from identity.models import (
    Alert,
    IdentityConflict,
    IdentityProvider,
    LogPick,
    LogReview,
    Opening,
    Proposal,
    Representation,
)

if TYPE_CHECKING:
    from tests.security.world import One, World


def fill(world: World) -> None:
    """One of each at home, in another unit, and in another municipality."""
    people = world.people
    for place, tail in (("home", ""), ("elsewhere", "_elsewhere"), ("abroad", "_abroad")):
        officer, resident = people[f"officer{tail}"], people[f"resident{tail}"]
        with scope.transaction(officer.municipality.id):
            _of_unit(world, place, officer, people["officer_elsewhere" if place == "home" else f"officer{tail}"])
            if place != "home":
                _represented(world, place, resident, people[f"representative{tail}"])
            if place != "elsewhere":
                _of_municipality(world, place, resident)
        world.add("person", place, resident.person)
        world.add("staff", place, officer.person)
    world.add("person", "sheltered", people["sheltered"].person)
    with scope.transaction(world.home.id):
        told = Alert.objects.create(kind="glass_open", recipient_id=people["colleague"].person, at=timezone.now())
        given = Representation.objects.get(representative_id=people["proven"].person, revoked_at=None)
    world.add("alert", "beside", told.id)
    world.add("reader", "sheltered", people["reader"].person)
    world.add("representation", "home", given.id)


def _of_unit(world: World, place: str, officer: One, asker: One) -> None:
    now = timezone.now()
    alert = Alert.objects.create(kind="protected_opened", unit_id=officer.unit, at=now)
    asked = Opening.objects.create(
        kind="break_glass",
        opener_id=asker.person,
        unit_id=officer.unit,
        object_kind="booking",
        object=uuid4(),
        reason="acute",
        asked_at=now,
    )
    month = date(2026, 10, 1)
    review = LogReview.objects.create(unit_id=officer.unit, month=month, made_at=now, due=date(2026, 11, 30), total=1)
    pick = LogPick.objects.create(
        review=review, entry=uuid4(), number=1, at=now, actor=asker.person, action="booking.see", why=["sample"]
    )
    proposed = Proposal.objects.create(
        kind="role",
        asked_by_id=officer.person,
        asked_at=now,
        person_id=officer.person,
        unit_id=officer.unit,
        role="auditor",
    )
    world.add("proposal", place, proposed.id)
    for kind, thing in {"alert": alert.id, "request": asked.id, "review": review.id, "pick": pick.id}.items():
        world.add(kind, place, thing)


def _represented(world: World, place: str, resident: One, by: One) -> None:
    row = Representation.objects.create(
        principal_id=resident.person,
        representative_id=by.person,
        kind="helper",
        scopes=["book"],
        made_at=timezone.now() - timedelta(days=1),
    )
    world.add("representation", place, row.id)


def _of_municipality(world: World, place: str, resident: One) -> None:
    provider = IdentityProvider.objects.create(
        kind="bankid", code="matrix", name="Matris-id", for_residents=True, enabled=False, certificate="none"
    )
    conflict = IdentityConflict.objects.create(
        provider=provider,
        person_id=resident.person,
        what="name",
        subject_index=b"1" * 32,
        claimed_name="Namn-claimed",
        claimed_number="",
        at=timezone.now(),
    )
    world.add("provider", place, provider.id)
    world.add("conflict", place, conflict.id)
