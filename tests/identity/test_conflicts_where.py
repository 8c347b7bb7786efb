"""A conflict of identity is for those who look after the people that it is about, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from identity import alert_desk, conflict_news, conflicts, scope
from identity.actors import Actor
from identity.conflicts import CannotDecide
from identity.errors import NotAllowed
from identity.models import Alert, IdentityConflict, IdentityProvider, Membership
from tests.identity.staffing import give, unit_of
from tests.town import Town

AsActor = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(town: Town, as_actor: AsActor) -> Actor:
    """A coordinator of a unit that has never met Bo, whom another unit meets."""
    town.booked(as_actor("bo"))
    return give(town, "cia", "coordinator", unit_of(town, "cia"))


def about(town: Town, key: str, decided: str = "") -> UUID:
    """A conflict about one of the cast, told as a sign-in tells it."""
    with scope.transaction(town.municipality.id):
        provider, _ = IdentityProvider.objects.get_or_create(
            code="eleg", defaults={"kind": "oidc", "name": "E-legitimation"}
        )
        row = IdentityConflict.objects.create(
            provider=provider,
            person_id=town.persons[key],
            what="name",
            subject_index=b"1",
            claimed_name="Någon Annan",
            at=timezone.now(),
            decided=decided,
        )
        conflict_news.tell(row)
        return row.id


def test_who_never_met_the_person_neither_lists_opens_decides_nor_lifts(
    town: Town, as_actor: AsActor, elsewhere: Actor
) -> None:
    waits, stopped = about(town, "bo"), about(town, "bo", "refused")
    assert {row.id for row in conflicts.listed(actor=as_actor("karin"))} == {waits, stopped}
    assert not conflicts.listed(actor=elsewhere)
    with pytest.raises(NotAllowed):
        conflicts.open_one(actor=elsewhere, conflict=waits, reason="call")
    with pytest.raises(NotAllowed):
        conflicts.decide(actor=elsewhere, conflict=waits, decision="kept")
    with pytest.raises(CannotDecide):  # as of one that was lifted already
        conflicts.lift(actor=elsewhere, conflict=stopped)
    conflicts.lift(actor=as_actor("karin"), conflict=stopped)


def test_whom_no_unit_meets_is_any_coordinator_s(town: Town, elsewhere: Actor) -> None:
    waits = about(town, "hans")
    assert [row.id for row in conflicts.listed(actor=elsewhere)] == [waits]
    conflicts.decide(actor=elsewhere, conflict=waits, decision="kept")


def test_where_the_unit_has_nobody_who_could_decide_any_coordinator_does(town: Town, as_actor: AsActor) -> None:
    town.booked(as_actor("bo"), unit="hemma", form="phone")
    waits = about(town, "bo")
    conflicts.decide(actor=as_actor("karin"), conflict=waits, decision="kept")


def test_only_who_may_decide_is_told_and_deciding_is_the_end_of_it(
    town: Town, as_actor: AsActor, elsewhere: Actor
) -> None:
    waits = about(town, "bo")
    with scope.transaction(town.municipality.id):
        told = set(Alert.objects.filter(about=waits).values_list("recipient_id", flat=True))
        assert told == {town.persons["karin"], town.persons["mats"]}
        assert not alert_desk.unseen(elsewhere)
        assert alert_desk.unseen(as_actor("mats")) == 1
    conflicts.decide(actor=as_actor("karin"), conflict=waits, decision="kept")
    with scope.transaction(town.municipality.id):
        assert not alert_desk.unseen(as_actor("mats"))


def test_of_nobody_s_conflict_every_coordinator_is_told(town: Town, elsewhere: Actor) -> None:
    about(town, "hans")
    with scope.transaction(town.municipality.id):
        assert alert_desk.unseen(elsewhere) == 1


def test_a_unit_whose_only_coordinator_it_is_about_leaves_it_to_the_others(
    town: Town, as_actor: AsActor, elsewhere: Actor
) -> None:
    """Whoever it is about cannot decide it: then nobody of the unit does, and the others see it."""
    with scope.transaction(town.municipality.id):
        Membership.objects.filter(role__in=("coordinator", "unit_manager"), unit=unit_of(town, "anna")).delete()
    give(town, "bo", "coordinator", unit_of(town, "anna"))
    waits = about(town, "bo")
    assert [row.id for row in conflicts.listed(actor=elsewhere)] == [waits]
    conflicts.decide(actor=elsewhere, conflict=waits, decision="kept")


@pytest.mark.django_db(transaction=True)
def test_a_refused_try_at_a_conflict_is_written_down(
    town: Town, as_actor: AsActor, superuser: Callable[[], psycopg.Connection[Any]]
) -> None:
    town.booked(as_actor("bo"))
    cia = give(town, "cia", "coordinator", unit_of(town, "cia"))
    waits, stopped = about(town, "bo"), about(town, "bo", "refused")
    for refused, use in (
        (NotAllowed, lambda: conflicts.open_one(actor=as_actor("anna"), conflict=waits, reason="call")),
        (NotAllowed, lambda: conflicts.decide(actor=as_actor("anna"), conflict=waits, decision="kept")),
        (CannotDecide, lambda: conflicts.lift(actor=cia, conflict=stopped)),
    ):
        with pytest.raises(refused):
            use()
    with superuser() as database:
        rows = database.execute("SELECT actor, objects_seen FROM identity_accessentry WHERE NOT allowed").fetchall()
    anna = town.persons["anna"]
    assert sorted(rows) == sorted([(anna, [waits]), (anna, [waits]), (cia.person_id, [stopped])])
