"""T22: a person is erased by two managers, when the law allows it, and nothing that says who it was is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from booking.models import Booking
from booking.services import cancel
from identity import erasure, extract, finding, rotation, scope, sealing, verifying
from identity.actors import Actor
from identity.errors import ErasureRefused, NotAllowed, SignInNeeded
from identity.models import (
    ExternalIdentity,
    IdentityConflict,
    IdentityProvider,
    Membership,
    NamedReader,
    Opening,
    Person,
    Representation,
    Session,
)
from identity.recognising import Claims, recognise
from notifications.models import Message
from tests.identity.test_retention import decide_all
from tests.numbers_of_tests import PUBLISHED
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])
As = Callable[[str], Actor]
Super = Callable[[], psycopg.Connection[Any]]
PLANTED = ("Bo Ek", "bo@exempelkommun.example", "070-1740605", PUBLISHED[0], "extern-4711")


def managers(town: Town, as_actor: As) -> tuple[Actor, Actor]:
    """Anna and Yusuf, who manage their unit."""
    with scope.transaction(town.municipality.id):
        for name in ("anna", "yusuf"):
            held = Membership.objects.get(person_id=town.persons[name], role="officer")
            Membership.objects.get_or_create(person_id=town.persons[name], unit=held.unit, role="unit_manager")
    return as_actor("anna"), as_actor("yusuf")


def filled(town: Town, as_actor: As) -> UUID:
    """Bo, with everything that can be kept of a resident: a cancelled booking, mail, a sign-in, a representative."""
    bo = as_actor("bo")
    booked = town.booked(bo)
    cancel(actor=bo, booking=booked.id, key="c" * 16)
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(id=town.persons["bo"])
        person.phone, person.external_id = PLANTED[2], PLANTED[4]
        finding.set_number(person, PUBLISHED[0])
        person.save()
        provider = IdentityProvider.objects.create(kind="oidc", code="eid", name="Legitimation")
        now = timezone.now()
        Representation.objects.create(
            principal=person, representative_id=town.persons["hans"], kind="helper", scopes=["book"], made_at=now
        )
        NamedReader.objects.create(person=person, reader_id=town.persons["anna"], at=now)
    claims = Claims("subject", "LOA3", name="Bo Ek", number=PUBLISHED[0])
    recognise(municipality=town.municipality.id, provider=provider, claims=claims)
    return person.id


def later() -> time_machine.travel:
    """When the decided time is over."""
    return time_machine.travel(timezone.now() + timedelta(days=500))


def fresh(actor: Actor) -> Actor:
    """The same one, signed in just now."""
    return replace(actor, signed_in_at=timezone.now())


def erased(town: Town, as_actor: As) -> UUID:
    """Bo, erased."""
    person = filled(town, as_actor)
    decide_all(as_actor("dan"))
    anna, yusuf = managers(town, as_actor)
    with later():
        erasure.ask(actor=fresh(anna), person=person)
        erasure.erase(actor=fresh(yusuf), person=person)
    return person


def every_value(town: Town, superuser: Super) -> str:
    """Every value of every table as text, and every sealed value opened."""
    with superuser() as database:
        tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        raw = [database.execute(f'SELECT t::text FROM "{table}" t').fetchall() for (table,) in tables]  # noqa: S608
    with scope.transaction(town.municipality.id):
        opened = [
            getattr(row, field.name)
            for model in rotation.sealed_models()
            for row in model.objects.all()
            for field in rotation.sealed_fields(model)
        ]
    return "\n".join(str(value) for rows in [*raw, opened] for value in rows)


def test_nothing_that_says_who_it_was_is_left_in_any_table(town: Town, as_actor: As, superuser: Super) -> None:
    with scope.transaction(town.municipality.id):
        index = finding.index(PUBLISHED[0]).hex()
    filled_person = filled(town, as_actor)
    before = every_value(town, superuser)
    assert [value for value in (*PLANTED, index) if value not in before] == []
    decide_all(as_actor("dan"))
    anna, yusuf = managers(town, as_actor)
    with later():
        erasure.ask(actor=fresh(anna), person=filled_person)
        erasure.erase(actor=fresh(yusuf), person=filled_person)
    after = every_value(town, superuser)
    assert [value for value in (*PLANTED, index) if value in after] == []


def test_a_number_that_was_claimed_for_somebody_else_goes_too_and_other_claims_stay(town: Town, as_actor: As) -> None:
    filled_person = filled(town, as_actor)
    with scope.transaction(town.municipality.id):
        provider = IdentityProvider.objects.get(code="eid")
        for number in (PUBLISHED[0], PUBLISHED[1]):
            IdentityConflict.objects.create(
                provider=provider,
                person_id=town.persons["eva"],
                what="number",
                subject_index=b"index",
                claimed_number=number,
                at=timezone.now(),
            )
    decide_all(as_actor("dan"))
    anna, yusuf = managers(town, as_actor)
    with later():
        erasure.ask(actor=fresh(anna), person=filled_person)
        erasure.erase(actor=fresh(yusuf), person=filled_person)
    with scope.transaction(town.municipality.id):
        assert [row.claimed_number for row in IdentityConflict.objects.all()] == [PUBLISHED[1]]


def test_the_row_stays_with_its_id_and_the_logs_chain_stands(town: Town, as_actor: As, superuser: Super) -> None:
    person = erased(town, as_actor)
    with scope.transaction(town.municipality.id):
        row = Person.objects.get(id=person)
        assert row.erased_at is not None
        assert (row.name, row.number, row.number_index) == ("", "", None)
        assert Booking.objects.filter(resident=person).exists()
        assert not ExternalIdentity.objects.filter(person=person).exists()
        assert not Representation.objects.exists()
        assert not NamedReader.objects.filter(person=person).exists()
    assert not Session.objects.filter(person_uuid=person).exists()
    with superuser() as database:
        acts = database.execute(
            "SELECT action, actor FROM identity_accessentry WHERE action LIKE 'person.%%erase' ORDER BY at", []
        ).fetchall()
    sealing.seal_all(60)
    assert verifying.verify(town.municipality, [], now=timezone.now()).fault is None
    assert acts == [("person.ask_erase", town.persons["anna"]), ("person.erase", town.persons["yusuf"])]


def test_the_same_person_can_come_back_as_somebody_new(town: Town, as_actor: As) -> None:
    person = erased(town, as_actor)
    with scope.transaction(town.municipality.id):
        provider = IdentityProvider.objects.get(code="eid")
    claims = Claims("subject", "LOA3", name="Bo Ek", number=PUBLISHED[0])
    again = recognise(municipality=town.municipality.id, provider=provider, claims=claims)
    assert again.id != person


def test_what_was_not_sent_is_gone_and_the_rest_says_nothing(town: Town, as_actor: As) -> None:
    person = erased(town, as_actor)
    with scope.transaction(town.municipality.id):
        left = Message.objects.filter(recipient=person)
        assert not left.filter(state="waiting").exists()
        assert {(message.address, message.invitation) for message in left} <= {("", "")}


def test_one_alone_cannot(town: Town, as_actor: As) -> None:
    person = filled(town, as_actor)
    decide_all(as_actor("dan"))
    anna, _ = managers(town, as_actor)
    with later():
        with pytest.raises(NotAllowed):
            erasure.erase(actor=fresh(anna), person=person)
        erasure.ask(actor=fresh(anna), person=person)
        with pytest.raises(NotAllowed):
            erasure.erase(actor=fresh(anna), person=person)


def test_a_wish_is_old_after_a_week_and_gone_when_somebody_leaves_it(town: Town, as_actor: As) -> None:
    person = filled(town, as_actor)
    decide_all(as_actor("dan"))
    anna, yusuf = managers(town, as_actor)
    with later() as clock:
        erasure.ask(actor=fresh(anna), person=person)
        clock.shift(timedelta(days=8))
        with pytest.raises(NotAllowed):
            erasure.erase(actor=fresh(yusuf), person=person)
        erasure.ask(actor=fresh(anna), person=person)
        erasure.withdraw(actor=fresh(yusuf), person=person)
        with pytest.raises(NotAllowed):
            erasure.erase(actor=fresh(yusuf), person=person)


def test_asking_twice_is_asking_once(town: Town, as_actor: As) -> None:
    person = filled(town, as_actor)
    decide_all(as_actor("dan"))
    anna, yusuf = managers(town, as_actor)
    with later():
        erasure.ask(actor=fresh(anna), person=person)
        erasure.ask(actor=fresh(yusuf), person=person)
    with scope.transaction(town.municipality.id):
        assert Opening.objects.filter(kind="erasure").count() == 1


def refusal(actor: Actor, person: UUID) -> str:
    """Why it is refused."""
    with pytest.raises(ErasureRefused) as refused:
        erasure.ask(actor=actor, person=person)
    return str(refused.value.code)


def test_each_reason_against_it_has_its_word(town: Town, as_actor: As) -> None:
    anna, _ = managers(town, as_actor)
    person = filled(town, as_actor)
    assert refusal(fresh(anna), person) == "undecided"
    decide_all(as_actor("dan"))
    assert refusal(fresh(anna), person) == "kept"
    town.booked(as_actor("bo"))
    assert refusal(fresh(anna), person) == "coming"
    assert refusal(fresh(anna), town.persons["maria"]) == "staff"


@pytest.mark.parametrize("who", ["bo", "cia", "dan"])
def test_nobody_but_a_manager_asks(who: str, town: Town, as_actor: As) -> None:
    person = filled(town, as_actor)
    decide_all(as_actor("dan"))
    for act in (erasure.ask, erasure.erase, erasure.withdraw):
        with later(), pytest.raises(NotAllowed):
            act(actor=fresh(as_actor(who)), person=person)


def test_it_takes_a_fresh_sign_in_and_an_opening_for_a_protected_person(town: Town, as_actor: As) -> None:
    person = filled(town, as_actor)
    decide_all(as_actor("dan"))
    anna, _ = managers(town, as_actor)
    with later():
        with pytest.raises(SignInNeeded):
            erasure.ask(actor=anna, person=person)
        with pytest.raises(NotAllowed):
            erasure.ask(actor=fresh(anna), person=town.persons["eva"])


def test_an_erased_person_has_no_extract(town: Town, as_actor: As) -> None:
    person = erased(town, as_actor)
    with pytest.raises(NotAllowed):
        extract.of_person(actor=as_actor("anna"), person=person)


def test_two_managers_do_it_on_the_page(town: Town, as_actor: As, browser_as: Callable[[str], Client]) -> None:
    person = filled(town, as_actor)
    decide_all(as_actor("dan"))
    managers(town, as_actor)
    page = f"/personer/{person}/radera/"
    early = browser_as("anna").get(page, secure=True).content.decode()
    assert "ska enligt nämndens beslut finnas kvar till" in early
    assert "Be om att radera" not in early
    with later():
        first, second = browser_as("anna"), browser_as("yusuf")
        assert "Be om att radera" in first.get(page, secure=True).content.decode()
        assert first.post(page, {"do": "ask"}, secure=True).status_code == 302
        assert "En annan chef bestämmer" in first.get(page, secure=True).content.decode()
        assert "Radera uppgifterna</button>" not in first.get(page, secure=True).content.decode()
        told = second.get("/varningar/", secure=True).content.decode()
        assert "Någon ber att en persons uppgifter raderas" in told
        assert page in told
        done = second.post(page, {"do": "confirm"}, secure=True)
        assert "Uppgifterna är raderade" in done.content.decode()
        assert second.get(page, secure=True).status_code == 404


def manager_of_a_time_that_was(town: Town, as_actor: As) -> str:
    """Who manages another unit, where Bo had a time that is cancelled."""
    over = town.booked(as_actor("bo"), unit="ekonomi", form="phone")
    cancel(actor=as_actor("bo"), booking=over.id, key="e" * 16)
    officer = next(key for key, calendar in town.calendars.items() if calendar == over.calendar_id)
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person_id=town.persons[officer], role="officer")
        Membership.objects.get_or_create(person_id=town.persons[officer], unit=held.unit, role="unit_manager")
    return officer


def test_the_page_leads_to_the_meeting_that_stands_in_the_way(
    town: Town, as_actor: As, browser_as: Callable[[str], Client]
) -> None:
    managers(town, as_actor)
    booked = town.booked(as_actor("bo"))
    officer = next(key for key, calendar in town.calendars.items() if calendar == booked.calendar_id)
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person_id=town.persons[officer], role="officer")
        Membership.objects.get_or_create(person_id=town.persons[officer], unit=held.unit, role="unit_manager")
    page = f"/personer/{town.persons['bo']}/radera/"
    led = browser_as(officer).get(page, secure=True).content.decode()
    assert f'href="/bokningar/{booked.id}/"' in led
    assert "Avboka det först:" in led
    other = manager_of_a_time_that_was(town, as_actor)
    told = browser_as(other).get(page, secure=True).content.decode()
    assert str(booked.id) not in told
    assert "Be handläggaren att avboka det först." in told
