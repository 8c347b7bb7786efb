"""Booking for who rings: times first, few fields, nobody found by name, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from booking import book_for
from booking.book_for import Asked, Who
from booking.forms import new_key
from booking.models import Booking, Calendar, MeetingType, Need, NeedState, Party
from booking.presenters.book_for import page_of
from booking.states import State
from config import trial, trial_week
from identity import finding, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import NamedReader, Person
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]
UNKNOWN = trial_week.RESIDENTS[0][1]
NUMBERS = {member.key: member.number for member in trial.CAST}


@pytest.fixture
def numbered(town: Town) -> Town:
    trial.number_residents(town.municipality)
    return town


def first(town: Town, actor: Actor, language: str = "", form: str = "phone") -> book_for.Times:
    with scope.transaction(town.municipality.id):
        kind = MeetingType.objects.get(id=town.types["fardtjanst"])
        return book_for.times(actor, Asked(kind, form, language), now=timezone.now())


def sent(town: Town, actor: Actor, **more: object) -> dict[str, object]:
    """A whole form for the first time of the own calendar."""
    found = first(town, actor)
    assert found.calendar is not None
    return {
        "typ": str(town.types["fardtjanst"]),
        "form": "phone",
        "tid": f"{found.own[0].tick}@{found.calendar.uuid}",
        "asked_how": "phone",
        "key": new_key(),
    } | more


def only(town: Town) -> Booking:
    with scope.transaction(town.municipality.id):
        return Booking.objects.select_related("resident", "calendar").get(state__in=(State.CONFIRMED, State.READY))


def test_ten_times_are_there_before_anything_is_typed(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    found = first(town, as_actor("anna"))
    assert len(found.own) == len(found.anybody) == book_for.FIRST
    page = browser_as("anna").get("/boka-at/", secure=True).content.decode()
    assert page.count('name="tid"') >= book_for.FIRST
    assert "Hos dig" in page


def test_by_number_it_takes_one_time_one_number_and_one_button(
    numbered: Town, as_actor: As, browser_as: BrowserAs
) -> None:
    browser = browser_as("anna")
    form = sent(numbered, as_actor("anna"), number=NUMBERS["bo"], needs=["pauses"])
    response = browser.post("/boka-at/", form, secure=True)
    assert (response.status_code, response["Location"]) == (302, "/boka-at/")
    made = only(numbered)
    assert made.resident_id == numbered.persons["bo"]
    assert (made.booked_by_id, made.asked_how) == (numbered.persons["anna"], "phone")
    assert made.calendar_id == numbered.calendars["anna"]
    again = browser.get("/boka-at/", secure=True).content.decode()
    assert "Tiden är bokad." in again
    assert "Bo Ek" not in again
    assert '<option value="phone" selected>' in again


def test_the_same_form_twice_is_one_booking(numbered: Town, as_actor: As, browser_as: BrowserAs) -> None:
    browser, form = browser_as("anna"), sent(numbered, as_actor("anna"), number=NUMBERS["bo"])
    for _ in range(2):
        assert browser.post("/boka-at/", form, secure=True).status_code == 302
    only(numbered)


def test_somebody_new_is_written_down_once(numbered: Town, as_actor: As, browser_as: BrowserAs) -> None:
    browser = browser_as("anna")
    form = sent(numbered, as_actor("anna"), name="Nils Ny", number=UNKNOWN, to="nils@exempelkommun.example")
    assert browser.post("/boka-at/", form, secure=True).status_code == 302
    made = only(numbered)
    assert made.resident is not None
    assert (made.resident.name, made.contact_to) == ("Nils Ny", "nils@exempelkommun.example")
    with scope.transaction(numbered.municipality.id):
        found = finding.by_number(UNKNOWN)
        assert found is not None
        assert found.id == made.resident_id


def test_without_a_number_a_second_try_writes_down_nobody_twice(
    numbered: Town, as_actor: As, browser_as: BrowserAs
) -> None:
    browser, form = browser_as("anna"), sent(numbered, as_actor("anna"), name="Nils Ny")
    with scope.transaction(numbered.municipality.id):
        Calendar.objects.exclude(id=numbered.calendars["anna"]).update(active=False)
    free = first(numbered, as_actor("anna")).own[9].tick
    numbered.booked(as_actor("hans"), int(str(form["tid"]).split("@")[0]), form="phone")
    statuses = [browser.post("/boka-at/", form | more, secure=True).status_code for more in ({}, {"tid": free}) * 2]
    assert statuses[:2] == [422, 302]
    with scope.transaction(numbered.municipality.id):
        assert sum(person.name == "Nils Ny" for person in Person.objects.all()) == 1


def test_one_of_those_to_meet_is_picked_without_a_number(numbered: Town, as_actor: As, browser_as: BrowserAs) -> None:
    with scope.transaction(numbered.municipality.id):
        Calendar.objects.exclude(id=numbered.calendars["anna"]).update(active=False)
    before = numbered.booked(as_actor("bo"), form="phone")
    browser = browser_as("anna")
    assert "Bo E., " in browser.get("/boka-at/", secure=True).content.decode()
    assert browser.post("/boka-at/", sent(numbered, as_actor("anna"), mote=before.id), secure=True).status_code == 302
    with scope.transaction(numbered.municipality.id):
        assert Booking.objects.filter(resident_id=numbered.persons["bo"]).count() == 2


def test_who_is_taken_meanwhile_gets_three_nearest_and_keeps_everything(
    numbered: Town, as_actor: As, browser_as: BrowserAs
) -> None:
    form = sent(numbered, as_actor("anna"), number=NUMBERS["hans"], to="hans@exempelkommun.example", needs=["text"])
    with scope.transaction(numbered.municipality.id):
        Calendar.objects.exclude(id=numbered.calendars["anna"]).update(active=False)
    numbered.booked(as_actor("bo"), int(str(form["tid"]).split("@")[0]), form="phone")
    response = browser_as("anna").post("/boka-at/", form, secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Närmaste lediga tider" in page
    assert "hans@exempelkommun.example" in page
    assert f'value="{NUMBERS["hans"]}"' in page
    assert 'value="text" checked' in page


def test_other_times_are_shown_without_losing_what_is_typed(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    form = {"typ": str(town.types["fardtjanst"]), "form": "video", "name": "Nils Ny", "visa": "1", "tolk": "ar"}
    page = browser_as("anna").post("/boka-at/", form, secure=True)
    assert page.status_code == 200
    assert 'value="Nils Ny"' in page.content.decode()
    assert "En egen tolk i arabiska är ledig" in page.content.decode()
    assert "70 minuter" in page.content.decode()


def test_an_interpreter_of_our_own_is_claimed_with_the_time(
    numbered: Town, as_actor: As, browser_as: BrowserAs
) -> None:
    found = first(numbered, as_actor("anna"), "ar")
    assert found.calendar is not None
    tid = f"{found.own[0].tick}@{found.calendar.uuid}"
    form = sent(numbered, as_actor("anna"), number=NUMBERS["bo"], tolk="ar", tid=tid)
    assert browser_as("anna").post("/boka-at/", form, secure=True).status_code == 302
    made = only(numbered)
    with scope.transaction(numbered.municipality.id):
        need = Need.objects.get(booking=made)
        assert (need.language, need.state) == ("ar", NeedState.CONFIRMED)
        assert need.calendar_id == numbered.calendars["farid"]


def test_a_language_that_nobody_of_ours_speaks_is_ordered(town: Town, as_actor: As) -> None:
    found = first(town, as_actor("anna"), "uk")
    assert found.ordered
    assert found.minutes == 70
    with scope.transaction(town.municipality.id):
        kind = MeetingType.objects.get(id=town.types["fardtjanst"])
        page = page_of([kind], Asked(kind, "phone", "uk"), found, [])
    assert "Tolken beställs" in page.note


def test_nobody_and_somebody_protected_are_one_sentence(numbered: Town, as_actor: As, browser_as: BrowserAs) -> None:
    browser, told = browser_as("yusuf"), set()
    for number in (UNKNOWN, NUMBERS["eva"]):
        response = browser.post("/boka-at/", sent(numbered, as_actor("yusuf"), number=number), secure=True)
        assert response.status_code == 422
        told.add("Vi hittar ingen som du kan boka åt." in response.content.decode())
    assert told == {True}


def test_a_named_reader_books_for_a_protected_person(numbered: Town, as_actor: As, browser_as: BrowserAs) -> None:
    with scope.transaction(numbered.municipality.id):
        assert NamedReader.objects.filter(reader=numbered.persons["anna"]).exists()
    form = sent(numbered, as_actor("anna"), number=NUMBERS["eva"])
    assert browser_as("anna").post("/boka-at/", form, secure=True).status_code == 302
    assert only(numbered).resident_id == numbered.persons["eva"]


@pytest.mark.parametrize("lacks", ["tid", "asked_how", "key"])
def test_what_is_missing_is_told_at_its_place(numbered: Town, as_actor: As, browser_as: BrowserAs, lacks: str) -> None:
    form = sent(numbered, as_actor("anna"), number=NUMBERS["bo"])
    del form[lacks]
    assert browser_as("anna").post("/boka-at/", form, secure=True).status_code == 422


def test_who_books_for_nobody_sees_no_page(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    for who in ("dan", "alva", "mats"):
        assert browser_as(who).get("/boka-at/", secure=True).status_code == 404
    with pytest.raises(NotAllowed):
        book_for.find(
            actor=as_actor("cia"), who=Who(name="Nils"), meeting_type=town.types["fardtjanst"], now=timezone.now()
        )


def test_a_later_day_shows_its_own_times(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    later = (timezone.now() + timedelta(days=14)).date()
    page = browser_as("anna").get(f"/boka-at/?dag={later}", secure=True).content.decode()
    assert f'value="{later}"' in page
    for odd in ("dag=x", "fran=x", "fran=999999999", "dag=9999-12-31", "typ=x&form=x&tolk=x"):
        assert browser_as("anna").get(f"/boka-at/?{odd}", secure=True).status_code == 200


def test_the_officer_is_a_party_of_it(numbered: Town, as_actor: As, browser_as: BrowserAs) -> None:
    browser_as("anna").post("/boka-at/", sent(numbered, as_actor("anna"), number=NUMBERS["bo"]), secure=True)
    with scope.transaction(numbered.municipality.id):
        assert set(Party.objects.values_list("person", flat=True)) == {numbered.persons["bo"], numbered.persons["anna"]}
