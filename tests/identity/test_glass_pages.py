"""The pages of break glass: one answer to every question, and a list for the second person."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client

from booking.models import Booking
from identity import finding, openings, scope
from identity.actors import Actor
from identity.models import Opening, Person
from tests.identity.staffing import give, plain, unit_of
from tests.town import Town

AsActor = Callable[[str], Actor]
Browser = Callable[..., Client]
BO = "20170101-2393"


@pytest.fixture
def booking(town: Town, as_actor: AsActor) -> UUID:
    """Bo's coming meeting."""
    with scope.transaction(town.municipality.id):
        bo = Person.objects.get(id=town.persons["bo"])
        finding.set_number(bo, BO.replace("-", ""))
        bo.save(update_fields=["number", "number_index"])
    return town.booked(as_actor("bo")).id


def requests(town: Town) -> list[Opening]:
    """Every request."""
    with scope.transaction(town.municipality.id):
        return list(Opening.objects.all())


@pytest.mark.django_db
def test_asking_answers_the_same_whether_or_not_there_is_anything(
    town: Town, browser_as: Browser, booking: UUID
) -> None:
    browser = browser_as("cia")
    answers = []
    for number in (BO, "19811228-9874"):
        answer = browser.post("/nodoppning/", {"number": number, "reason": "acute"}, secure=True)
        answers.append((answer.status_code, answer["Location"]))
    assert answers == [(302, "/nodoppning/?klart=fragat")] * 2
    assert [request.object for request in requests(town)] == [booking]
    page = browser.get("/nodoppning/?klart=fragat", secure=True).content.decode()
    assert "Din fråga är skickad" in page
    assert "201701" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": BO}, "Välj varför."),
        ({"reason": "acute"}, "Skriv personnumret, eller id i verksamhetssystemet."),
        ({"number": "1234", "reason": "acute"}, "Skriv personnumret med tolv siffror"),
        ({"number": BO, "reason": "because"}, "Välj ett av skälen på sidan."),
    ],
)
def test_a_faulty_question_comes_back_with_what_was_typed(
    town: Town, browser_as: Browser, booking: UUID, typed: dict[str, str], sentence: str
) -> None:
    answer = browser_as("cia").post("/nodoppning/", typed, secure=True)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(sentence) == 2  # in the summary and at the field
    assert typed.get("number", "") in page
    assert requests(town) == []


@pytest.mark.django_db
def test_an_administrator_finds_no_such_page(town: Town, browser_as: Browser) -> None:
    for address in ("/nodoppning/", "/nodoppning/vantar/"):
        assert browser_as("dan").get(address, secure=True).status_code == 404


@pytest.mark.django_db
def test_the_second_person_reads_who_asks_and_why_and_decides(town: Town, browser_as: Browser, booking: UUID) -> None:
    browser_as("cia").post("/nodoppning/", {"number": BO, "reason": "acute"}, secure=True)
    give(town, "yusuf", "coordinator", unit_of(town, "anna"))
    browser = browser_as("yusuf")
    page = browser.get("/nodoppning/vantar/", secure=True).content.decode()
    assert f"Cia Holm vill öppna bokning {booking.hex[:4].upper()}" in page
    assert "Arbetar i: Stöd hemma. Bokningen finns i: Färdtjänst. Skäl: Det är bråttom" in page
    assert "Bo Ek" not in page
    assert "väntar på dig" in browser.get("/varningar/", secure=True).content.decode()
    address = f"/nodoppning/{requests(town)[0].id}/"
    assert browser.post(address, {"do": "maybe"}, secure=True)["Location"] == "/nodoppning/vantar/"
    assert browser.post(address, {"do": "approve"}, secure=True)["Location"] == "/nodoppning/vantar/?klart=oppnad"
    said = browser.get("/nodoppning/vantar/?klart=oppnad", secure=True).content.decode()
    assert "öppen i 30 minuter" in said
    again = browser.get("/nodoppning/vantar/?klart=oppnad", secure=True).content.decode()
    assert "öppen i 30 minuter" not in again
    assert requests(town)[0].kind == openings.BREAK_GLASS
    assert requests(town)[0].opened_at is not None
    assert "Din nödöppning är godkänd" in browser_as("cia").get("/varningar/", secure=True).content.decode()


@pytest.mark.django_db
def test_others_decide_nothing_and_meet_the_404_of_nothing(town: Town, browser_as: Browser, booking: UUID) -> None:
    browser_as("cia").post("/nodoppning/", {"number": BO, "reason": "acute"}, secure=True)
    address = f"/nodoppning/{requests(town)[0].id}/"
    for key in ("cia", "anna", "dan"):
        browser = browser_as(key)
        foreign = browser.post(address, {"do": "approve"}, secure=True)
        missing = browser.post(f"/nodoppning/{uuid4()}/", {"do": "approve"}, secure=True)
        assert (foreign.status_code, plain(foreign.content)) == (404, plain(missing.content))
    assert requests(town)[0].opened_at is None


@pytest.mark.django_db
def test_a_booking_that_is_read_through_broken_glass_says_so(town: Town, browser_as: Browser, booking: UUID) -> None:
    cia = browser_as("cia")
    cia.post("/nodoppning/", {"number": BO, "reason": "acute"}, secure=True)
    browser_as("karin").post(f"/nodoppning/{requests(town)[0].id}/", {"do": "approve"}, secure=True)
    page = cia.get(f"/bokningar/{booking}/", secure=True).content.decode()
    assert re.search(
        r"Nödöppnad till kl\. \d+\.\d\d\. Det du läser skrivs i loggen, och enhetens chef får veta det\.", page
    )
    assert re.search(r'class="back" href="/varningar/"', page)
    with scope.transaction(town.municipality.id):
        officer = Booking.objects.get(id=booking).calendar.person
    assert officer is not None
    own = browser_as(officer.cast_name).get(f"/bokningar/{booking}/", secure=True).content.decode()
    assert "Nödöppnad" not in own
    assert re.search(r'class="back" href="/idag/"', own)
