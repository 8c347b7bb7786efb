"""A conflict of identity is for those who look after the people that it is about, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from identity import alert_desk, conflict_news, conflicts, scope
from identity.actors import Actor
from identity.conflicts import CannotDecide
from identity.errors import NotAllowed
from identity.models import Alert, IdentityConflict, IdentityProvider
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
