"""Break glass takes two persons: who asks sees nothing and never decides; every step is written down and told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from identity import break_glass, finding, openings, persons, policies, scope
from identity.actors import Actor
from identity.errors import Limited, NotAllowed
from identity.models import Alert, Opening, Person
from tests.identity.staffing import give, unit_of
from tests.town import Town

Super = Callable[[], psycopg.Connection[Any]]
AsActor = Callable[[str], Actor]
BO = "201701012393"


@pytest.fixture
def booking(town: Town, as_actor: AsActor) -> UUID:
    """Bo's coming meeting at Färdtjänst; Bo has a number."""
    with scope.transaction(town.municipality.id):
        bo = Person.objects.get(id=town.persons["bo"])
        finding.set_number(bo, BO)
        bo.save(update_fields=["number", "number_index"])
    return town.booked(as_actor("bo")).id


def asked(town: Town) -> list[Opening]:
    """Every request there is."""
    with scope.transaction(town.municipality.id):
        return list(Opening.objects.order_by("asked_at"))


def told(town: Town) -> list[tuple[str, UUID | None, UUID | None]]:
    """Kind, unit and recipient of every alert, in order."""
    with scope.transaction(town.municipality.id):
        return list(Alert.objects.order_by("at").values_list("kind", "unit_id", "recipient_id"))


def actions(superuser: Super) -> list[str]:
    """What the access log says about glass, in order."""
    with superuser() as database:
        rows = database.execute("SELECT action FROM identity_accessentry WHERE action LIKE 'glass%' ORDER BY at")
        return [row[0] for row in rows.fetchall()]


def open_now(town: Town, booking: UUID) -> frozenset[UUID]:
    """For whom the booking stands open."""
    with scope.transaction(town.municipality.id):
        return openings.opened_by(booking, timezone.now())


@pytest.mark.django_db(transaction=True)
def test_asking_opens_nothing_and_tells_the_manager_of_the_booking_s_unit(
    town: Town, as_actor: AsActor, booking: UUID, superuser: Super
) -> None:
    break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    (request,) = asked(town)
    assert (request.object, request.opener_id, request.unit_id) == (booking, town.persons["cia"], unit_of(town, "anna"))
    assert open_now(town, booking) == frozenset()
    assert told(town) == [("glass_asked", unit_of(town, "anna"), None)]
    assert actions(superuser) == ["glass_sought", "glass_asked"]


@pytest.mark.django_db(transaction=True)
def test_approved_by_a_second_person_it_is_open_for_half_an_hour_and_told_at_each_step(
    town: Town, as_actor: AsActor, booking: UUID, superuser: Super
) -> None:
    cia, unit = as_actor("cia"), unit_of(town, "anna")
    yusuf = give(town, "yusuf", "coordinator", unit)
    break_glass.ask_about(actor=cia, number=BO, reason="acute")
    made = break_glass.approve(actor=yusuf, opening=asked(town)[0].id)
    assert made.approver_id == town.persons["yusuf"]
    assert made.opened_at is not None
    assert made.until is not None
    assert timedelta(minutes=29) < made.until - made.opened_at < timedelta(minutes=31)
    assert open_now(town, booking) == {town.persons["cia"]}
    for _ in range(2):
        with scope.transaction(town.municipality.id):
            openings.note_use(actor=cia, object=booking, now=timezone.now())
            openings.note_use(actor=yusuf, object=booking, now=timezone.now())
    assert told(town) == [
        ("glass_asked", unit, None),
        ("glass_approved", unit, None),
        ("glass_open", None, town.persons["cia"]),
        ("glass_used", unit, None),
    ]
    assert actions(superuser) == ["glass_sought", "glass_asked", "glass_approved", "glass_used"]
    with time_machine.travel(made.until):
        assert open_now(town, booking) == frozenset()


@pytest.mark.django_db
def test_nobody_approves_their_own_request(town: Town, as_actor: AsActor, booking: UUID) -> None:
    unit = unit_of(town, "anna")
    cia = give(town, "cia", "unit_manager", unit)
    break_glass.ask_about(actor=cia, number=BO, reason="acute")
    with pytest.raises(NotAllowed):
        break_glass.approve(actor=cia, opening=asked(town)[0].id)
    assert open_now(town, booking) == frozenset()
    with scope.transaction(town.municipality.id):
        assert break_glass.waiting(cia, timezone.now()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["officer", "administrator", "auditor"])
def test_other_roles_of_the_unit_decide_nothing(town: Town, as_actor: AsActor, booking: UUID, role: str) -> None:
    break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    other = give(town, "lena", role, unit_of(town, "anna"))
    with pytest.raises(NotAllowed):
        break_glass.approve(actor=other, opening=asked(town)[0].id)
    with pytest.raises(NotAllowed):
        break_glass.refuse(actor=other, opening=asked(town)[0].id)
    assert asked(town)[0].decided_at is None


@pytest.mark.django_db
def test_a_coordinator_of_another_unit_neither_sees_nor_decides(town: Town, as_actor: AsActor, booking: UUID) -> None:
    break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    lena = give(town, "lena", "coordinator", unit_of(town, "lena"))
    with scope.transaction(town.municipality.id):
        assert break_glass.waiting(lena, timezone.now()) == []
    with pytest.raises(NotAllowed):
        break_glass.approve(actor=lena, opening=asked(town)[0].id)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["dan", "bo", "eva", "farid"])
def test_administrators_residents_and_interpreters_may_not_ask(
    town: Town, as_actor: AsActor, booking: UUID, superuser: Super, key: str
) -> None:
    with pytest.raises(NotAllowed):
        break_glass.ask_about(actor=as_actor(key), number=BO, reason="acute")
    assert asked(town) == []
    with superuser() as database:
        refused = database.execute("SELECT action FROM identity_accessentry WHERE NOT allowed").fetchall()
    assert refused == [("glass.ask",)]


@pytest.mark.django_db(transaction=True)
def test_a_number_that_nobody_has_answers_alike_and_is_written_down_alike(
    town: Town, as_actor: AsActor, booking: UUID, superuser: Super
) -> None:
    break_glass.ask_about(actor=as_actor("cia"), number="198112289874", reason="acute")
    break_glass.ask_about(actor=as_actor("cia"), external_id="nobody", reason="acute")
    assert asked(town) == []
    assert told(town) == []
    assert actions(superuser) == ["glass_sought", "glass_sought"]


@pytest.mark.django_db
def test_somebody_is_found_by_another_system_s_name_for_them_too(town: Town, as_actor: AsActor, booking: UUID) -> None:
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(external_id="T-77")
    break_glass.ask_about(actor=as_actor("cia"), external_id="T-77", reason="acute")
    assert [request.object for request in asked(town)] == [booking]


@pytest.mark.django_db
def test_asking_twice_asks_once(town: Town, as_actor: AsActor, booking: UUID) -> None:
    for _ in range(2):
        break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    assert len(asked(town)) == 1


@pytest.mark.django_db
def test_who_asks_again_and_again_must_wait(town: Town, as_actor: AsActor) -> None:
    for _ in range(10):
        break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    with pytest.raises(Limited):
        break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")


@pytest.mark.django_db
def test_a_refused_request_stays_closed_and_the_asker_is_told_nothing(
    town: Town, as_actor: AsActor, booking: UUID
) -> None:
    break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    yusuf = give(town, "yusuf", "coordinator", unit_of(town, "anna"))
    break_glass.refuse(actor=yusuf, opening=asked(town)[0].id)
    assert open_now(town, booking) == frozenset()
    assert [kind for kind, _, recipient in told(town) if recipient] == []
    with pytest.raises(NotAllowed):
        break_glass.approve(actor=yusuf, opening=asked(town)[0].id)


@pytest.mark.django_db
def test_a_request_that_nobody_decided_in_a_day_lapses(town: Town, as_actor: AsActor, booking: UUID) -> None:
    break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    yusuf = give(town, "yusuf", "coordinator", unit_of(town, "anna"))
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        with scope.transaction(town.municipality.id):
            assert break_glass.waiting(yusuf, timezone.now()) == []
        with pytest.raises(NotAllowed):
            break_glass.approve(actor=yusuf, opening=asked(town)[0].id)


@pytest.mark.django_db
def test_who_loses_the_role_loses_the_opening(town: Town, as_actor: AsActor, booking: UUID) -> None:
    """What is open is open to staff: the rule looks at today's roles, not at those of the approval."""
    break_glass.ask_about(actor=as_actor("cia"), number=BO, reason="acute")
    break_glass.approve(actor=give(town, "yusuf", "coordinator", unit_of(town, "anna")), opening=asked(town)[0].id)
    facts = policies.Facts(town.municipality.id, broken_by=open_now(town, booking))
    cia = as_actor("cia")
    assert policies.may(cia, "booking.see", facts)
    without = Actor(cia.municipality_id, cia.person_id)
    assert not policies.may(without, "booking.see", facts)


@pytest.mark.django_db
def test_one_object_can_be_asked_for_by_its_id(town: Town, as_actor: AsActor, booking: UUID) -> None:
    unit = unit_of(town, "anna")
    request = break_glass.ask(actor=as_actor("cia"), object_kind="booking", object=booking, unit=unit, reason="change")
    assert not request.live(timezone.now())
    with pytest.raises(NotAllowed):
        break_glass.ask(actor=as_actor("dan"), object_kind="booking", object=booking, unit=unit, reason="change")


@pytest.mark.django_db
def test_a_coordinator_who_is_not_named_sees_a_protected_person_when_a_second_one_agrees(
    town: Town, as_actor: AsActor
) -> None:
    karin, mats, eva = as_actor("karin"), as_actor("mats"), town.persons["eva"]
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=eva).update(external_id="case-eva")
    break_glass.ask_about(actor=as_actor("anna"), external_id="case-eva", reason="acute")
    assert asked(town) == [], "who is no coordinator asks for bookings only"
    break_glass.ask_about(actor=karin, external_id="case-eva", reason="acute")
    (request,) = asked(town)
    assert (request.object_kind, request.object) == ("person", eva)
    for asker in (karin, as_actor("anna")):
        with pytest.raises(NotAllowed):
            break_glass.approve(actor=asker, opening=request.id)
    with scope.transaction(town.municipality.id):
        assert seen_fields(karin, eva) == {"shelter"}
        assert request in break_glass.waiting(mats, timezone.now())
        assert request not in break_glass.waiting(karin, timezone.now())
    break_glass.approve(actor=mats, opening=request.id)
    with scope.transaction(town.municipality.id):
        assert seen_fields(karin, eva) == {"*", "shelter"}
        assert seen_fields(mats, eva) == {"shelter"}
        assert Alert.objects.filter(kind="glass_used", about=request.id).count() == 1


def seen_fields(actor: Actor, person: UUID) -> set[str]:
    """What somebody is shown of a person."""
    seen = persons.see(actor, person)
    assert seen is not None
    return set(seen.fields) - {"name", "number"}


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_one(town: Town, as_actor: AsActor, booking: UUID) -> None:
    cia = as_actor("cia")

    def ask(_: int) -> None:
        try:
            break_glass.ask_about(actor=cia, number=BO, reason="acute")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert len(asked(town)) == 1
    assert [kind for kind, _, _ in told(town)] == ["glass_asked"]
