"""Booked meetings whose officer works here no longer: who learns of them, reads them and cancels them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from booking.models import Booking
from booking.search import Query, find
from booking.states import State
from identity import protection, scope
from identity.actors import Actor
from identity.models import Alert, Membership, StaffAccount
from tests.identity.staffing import give, unit_of
from tests.town import Town

pytestmark = pytest.mark.django_db
AsActor = Callable[[str], Actor]
BrowserAs = Callable[..., Client]
LIST = "/bokningar/utan-handlaggare/"


def officer_of(town: Town, booking: Booking) -> str:
    """Whose calendar a booking stands in, by cast name."""
    return next(key for key, calendar in town.calendars.items() if calendar == booking.calendar_id)


@pytest.fixture
def booked(town: Town, as_actor: AsActor) -> Booking:
    """A booking of Bo's, in the unit that Karin coordinates."""
    return town.booked(as_actor("bo"))


def closed(town: Town, browser_as: BrowserAs, booking: Booking) -> str:
    """The page after Dan closed the officer's account."""
    page = f"/installningar/personal/{town.persons[officer_of(town, booking)]}/"
    dan = browser_as("dan")
    asked = dan.post(page, {"do": "close"}, secure=True).content.decode()
    assert "har ett bokat möte. Det står kvar tills någon avbokar det." in asked
    return dan.post(page, {"do": "close", "sure": "yes"}, secure=True, follow=True).content.decode()


def test_closing_an_account_tells_who_coordinates_the_unit(town: Town, browser_as: BrowserAs, booked: Booking) -> None:
    karin = browser_as("karin")
    assert "Enhetens samordnare har fått veta" in closed(town, browser_as, booked)
    with scope.transaction(town.municipality.id):
        told = set(Alert.objects.filter(kind="meetings_left").values_list("recipient", flat=True))
    assert town.persons["karin"] in told
    assert f'href="{LIST}"' in karin.get("/varningar/", secure=True).content.decode()
    assert f'href="{LIST}"' in karin.get("/idag/", secure=True).content.decode()


def test_the_coordinator_reads_and_cancels_what_was_left(town: Town, browser_as: BrowserAs, booked: Booking) -> None:
    karin = browser_as("karin")
    assert str(booked.id) not in karin.get(LIST, secure=True).content.decode()
    closed(town, browser_as, booked)
    assert str(booked.id) in karin.get(LIST, secure=True).content.decode()
    page = karin.get(f"/bokningar/{booked.id}/", secure=True).content.decode()
    assert "Avboka tiden" in page
    assert "/intyga/" not in page
    given = {"reason": "other", "key": "a-key-of-karin-0001"}
    assert karin.post(f"/bokningar/{booked.id}/avboka/", given, secure=True)["Location"] == LIST
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=booked.id).state == State.CANCELLED_BY_OFFICER
    assert karin.get(f"/bokningar/{booked.id}/", secure=True).status_code == 404, "what is over is nobody's to see to"


def test_a_meeting_that_is_over_does_not_open_when_its_officer_leaves(
    town: Town, browser_as: BrowserAs, booked: Booking
) -> None:
    with scope.transaction(town.municipality.id):
        Booking.objects.filter(id=booked.id).update(from_tick=F("from_tick") - 100_000, to_tick=F("to_tick") - 100_000)
    officer = town.persons[officer_of(town, booked)]
    browser_as("dan").post(f"/installningar/personal/{officer}/", {"do": "close", "sure": "yes"}, secure=True)
    assert browser_as("karin").get(f"/bokningar/{booked.id}/", secure=True).status_code == 404


def test_of_who_has_left_nothing_is_offered_until_they_are_back(town: Town, booked: Booking) -> None:
    def offered() -> set[int]:
        with scope.transaction(town.municipality.id):
            found = find(Query(town.types["fardtjanst"], "video", 500), now=timezone.now())
        return {calendar for offer in found.offers for calendar in offer.calendars}

    officer, before = officer_of(town, booked), offered()
    assert booked.calendar_id in before
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person=town.persons[officer], role="officer")
        StaffAccount.objects.filter(person=town.persons[officer]).update(closed_at=timezone.now())
    assert offered() == before - {booked.calendar_id}
    with scope.transaction(town.municipality.id):
        StaffAccount.objects.filter(person=town.persons[officer]).update(closed_at=None)
        held.delete()
    assert offered() == before - {booked.calendar_id}
    give(town, officer, "officer", held.unit_id)
    assert offered() == before


def test_where_nobody_coordinates_the_administrator_is_told_to_give_the_role(
    town: Town, browser_as: BrowserAs, booked: Booking
) -> None:
    with scope.transaction(town.municipality.id):
        Membership.objects.filter(role__in=("coordinator", "unit_manager")).delete()
    assert "Ingen samordnar enheten" in closed(town, browser_as, booked)
    with scope.transaction(town.municipality.id):
        told = set(Alert.objects.filter(kind="meetings_unled").values_list("recipient", flat=True))
        assert not Alert.objects.filter(kind="meetings_left").exists()
    assert told == {town.persons["dan"]}
    assert "Ge någon rollen samordnare" in browser_as("dan").get("/varningar/", secure=True).content.decode()


def test_a_role_that_is_taken_leaves_meetings_as_a_closed_account_does(
    town: Town, browser_as: BrowserAs, booked: Booking
) -> None:
    officer = town.persons[officer_of(town, booked)]
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person=officer, role="officer")
    given = {"do": "take", "role": held.id}
    browser_as("dan").post(f"/installningar/personal/{officer}/", given, secure=True)
    assert str(booked.id) in browser_as("karin").get(LIST, secure=True).content.decode()
    with scope.transaction(town.municipality.id):
        assert Alert.objects.filter(kind="meetings_left", recipient=town.persons["karin"]).exists()


def test_what_was_left_of_a_protected_person_stays_closed(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booked: Booking
) -> None:
    protection.ask_for_safe_contact(actor=as_actor("bo"))
    closed(town, browser_as, booked)
    karin = browser_as("karin")
    page = karin.get(LIST, secure=True).content.decode()
    assert "Bara en namngiven läsare öppnar den." in page
    assert str(booked.id) not in page
    assert karin.get(f"/bokningar/{booked.id}/", secure=True).status_code == 404


def test_another_units_coordinator_reads_nothing_of_it(town: Town, browser_as: BrowserAs, booked: Booking) -> None:
    give(town, "cia", "coordinator", unit_of(town, "cia"))
    closed(town, browser_as, booked)
    cia = browser_as("cia")
    assert str(booked.id) not in cia.get(LIST, secure=True).content.decode()
    assert cia.get(f"/bokningar/{booked.id}/", secure=True).status_code == 404
