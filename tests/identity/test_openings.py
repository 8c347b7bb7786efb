"""A protected booking opens with a reason: an opening, an entry and an alert, as one act, for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.utils import timezone

from booking import access
from booking.models import Booking
from identity import opening_presenters, openings, persons, policies, scope
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded
from identity.models import Alert, Opening, Person
from identity.policies import Facts
from tests.identity.protecting import open_person, person_of
from tests.identity.staffing import give, unit_of
from tests.town import Town

Super = Callable[[], psycopg.Connection[Any]]
AsActor = Callable[[str], Actor]


def facts_of(town: Town, booking: UUID) -> Facts:
    """The booking as the rules see it, of a protected person."""
    with scope.transaction(town.municipality.id):
        found = Booking.objects.select_related("calendar").prefetch_related("parties").get(id=booking)
        return replace(access.facts_of(found), protected=True)


def opened(town: Town, actor: Actor, booking: UUID, reason: str = "prepare") -> Opening:
    """The booking, opened by the actor."""
    facts = facts_of(town, booking)
    return openings.open_protected(
        actor=actor, object_kind="booking", object=booking, unit=facts.unit, facts=facts, reason=reason
    )


def officer_of(town: Town, as_actor: AsActor, booking: UUID) -> Actor:
    """The officer whose calendar the booking stands in."""
    officer = facts_of(town, booking).officer
    return as_actor(next(key for key, person in town.persons.items() if person == officer))


@pytest.mark.django_db(transaction=True)
def test_an_opening_is_a_row_an_entry_and_an_alert_to_the_unit(town: Town, as_actor: AsActor, superuser: Super) -> None:
    booking = town.booked(as_actor("bo")).id
    officer = officer_of(town, as_actor, booking)
    made = opened(town, officer, booking)
    with scope.transaction(town.municipality.id):
        assert openings.opened_by(booking, timezone.now()) == {officer.person_id}
        alert = Alert.objects.get(kind="protected_opened")
        assert (alert.unit_id, alert.actor_id, alert.about) == (made.unit_id, officer.person_id, made.id)
    with superuser() as database:
        asked = "SELECT actor, reason, objects_seen FROM identity_accessentry WHERE action = 'protected_opened'"
        assert database.execute(asked).fetchall() == [(officer.person_id, "prepare", [booking])]


@pytest.mark.django_db
def test_it_closes_again_after_half_an_hour(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    made = opened(town, officer_of(town, as_actor, booking), booking)
    assert made.until is not None
    with scope.transaction(town.municipality.id):
        assert made.until - made.asked_at == timedelta(minutes=30)
        assert openings.opened_by(booking, made.until - timedelta(seconds=1))
        assert not openings.opened_by(booking, made.until)
        assert not openings.opened_by(booking, made.asked_at - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["cia", "dan", "bo", "eva"])
def test_somebody_else_opens_nothing_and_the_try_is_written_down(
    town: Town, as_actor: AsActor, superuser: Super, key: str
) -> None:
    booking = town.booked(as_actor("bo")).id
    with pytest.raises(NotAllowed):
        opened(town, as_actor(key), booking)
    with scope.transaction(town.municipality.id):
        assert not Opening.objects.exists()
    with superuser() as database:
        asked = "SELECT allowed FROM identity_accessentry WHERE action = 'booking.open_protected'"
        assert database.execute(asked).fetchall() == [(False,)]


@pytest.mark.django_db
def test_a_named_reader_of_another_unit_opens_it(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    cia = as_actor("cia")
    facts = replace(facts_of(town, booking), named=frozenset({town.persons["cia"]}))
    made = openings.open_protected(
        actor=cia, object_kind="booking", object=booking, unit=facts.unit, facts=facts, reason="call"
    )
    assert made.opener_id == town.persons["cia"]


@pytest.mark.django_db
def test_a_protected_person_is_opened_by_named_readers_and_by_no_coordinator(town: Town, as_actor: AsActor) -> None:
    person = person_of(town, "eva")
    lena = give(town, "lena", "coordinator", unit_of(town, "lena"))
    for actor in (lena, as_actor("karin"), as_actor("mats"), as_actor("cia")):
        with pytest.raises(NotAllowed):
            open_person(town, actor, "eva")
        with pytest.raises(NotAllowed):
            persons.open_person(actor=actor, person=person.id, reason="call")
    open_person(town, as_actor("anna"), "eva")
    with scope.transaction(town.municipality.id):
        assert openings.opened_by(person.id, timezone.now()) == {town.persons["anna"]}


@pytest.mark.django_db
def test_an_opening_ends_with_the_right_that_it_hung_on(town: Town, as_actor: AsActor) -> None:
    """Not only when a naming is taken back: whoever has left the unit, has left what they opened in it."""
    booking = town.booked(as_actor("bo")).id
    officer = officer_of(town, as_actor, booking)
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(marked=True)
    opened(town, officer, booking)
    elsewhere = replace(officer, roles=frozenset({("officer", unit_of(town, "lena"))}))
    for actor, sees in ((officer, True), (elsewhere, False)):
        with scope.transaction(town.municipality.id):
            facts = openings.openable("booking").facts(booking)
            assert facts is not None
            assert policies.may(actor, "booking.prepare", facts) is sees
            assert Booking.objects.visible_to(actor).filter(id=booking).exists() is sees


@pytest.mark.django_db
def test_it_takes_a_sign_in_of_the_last_fifteen_minutes(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    officer = officer_of(town, as_actor, booking)
    late = replace(officer, signed_in_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(SignInNeeded):
        opened(town, late, booking)
    with scope.transaction(town.municipality.id):
        assert not Opening.objects.exists()


@pytest.mark.django_db
def test_a_reason_outside_the_list_opens_nothing(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    with pytest.raises(ValueError, match="unknown reason"):
        opened(town, officer_of(town, as_actor, booking), booking, "because")
    with scope.transaction(town.municipality.id):
        assert not Opening.objects.exists()
        assert not Alert.objects.filter(kind="protected_opened").exists()


def test_every_reason_has_words_and_an_old_one_is_shown_as_it_stands() -> None:
    assert [code for code, _ in opening_presenters.reasons()] == list(openings.REASONS)
    assert all(words != code for code, words in opening_presenters.reasons())
    assert opening_presenters.reason_words("gone") == "gone"


def test_bookings_are_registered_as_something_that_opens() -> None:
    assert "booking" in openings.kinds()


@pytest.mark.django_db
def test_a_registered_booking_is_found_with_its_facts_and_among_the_coming(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    found = openings.openable("booking")
    with scope.transaction(town.municipality.id):
        facts = found.facts(booking)
        assert facts is not None
        assert facts.resident == town.persons["bo"]
        assert found.facts(uuid4()) is None
        assert list(found.coming(town.persons["bo"], timezone.now())) == [booking]
        assert not list(found.coming(town.persons["bo"], timezone.now() + timedelta(days=400)))
