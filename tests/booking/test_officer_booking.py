"""The officer's page of one booking: what stands there, who reaches it, and what is written down of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import access
from booking.models import Booking, Party
from booking.services import Contact
from booking.states import State
from identity import finding, openings, protection, representing, scope
from identity.actors import Actor
from identity.models import Alert, Opening, Person
from identity.representing import Mandate
from tests.numbers_of_tests import series
from tests.town import Town

pytestmark = pytest.mark.django_db
AsActor = Callable[[str], Actor]
BrowserAs = Callable[..., Client]
Superuser = Callable[[], psycopg.Connection[Any]]
NUMBER = "201701012393"


def officer_of(town: Town, booking: Booking) -> str:
    """Whose calendar a booking stands in, by cast name."""
    return next(key for key, calendar in town.calendars.items() if calendar == booking.calendar_id)


def address(booking: Booking, rest: str = "") -> str:
    """The page of a booking, or what belongs to it."""
    return f"/bokningar/{booking.id}/{rest}"


def page(browser: Client, booking: Booking, rest: str = "") -> str:
    """The page as it is read."""
    response = browser.get(address(booking, rest), secure=True, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def main_of(response: Any) -> str:  # noqa: ANN401 - the test client's response has no public type
    """What a page says, without menu and foot; nothing for none."""
    _, _, rest = response.content.decode().partition("<main")
    return str(rest.partition("</main>")[0])


@pytest.fixture
def booked(town: Town, as_actor: AsActor) -> Booking:
    """A booking of Bo's, who has a number."""
    with scope.transaction(town.municipality.id):
        bo = Person.objects.get(cast_name="bo")
        finding.set_number(bo, NUMBER)
        bo.save(update_fields=["number", "number_index"])
    return town.booked(as_actor("bo"))


@pytest.fixture
def evas(town: Town, as_actor: AsActor) -> Booking:
    """A booking of Eva's."""
    return town.booked(as_actor("eva"), contact=Contact("none"))


def test_it_says_when_how_who_and_what_has_happened(town: Town, booked: Booking, browser_as: BrowserAs) -> None:
    seen = page(browser_as(officer_of(town, booked)), booked)
    for words in ("Bo Ek", "Videomöte", "Färdtjänst, samtal om din ansökan", "E-post till bo@", "Bokades", "Invånaren"):
        assert words in seen
    assert "<title>Bokning – Exempelkommun</title>" in seen


def test_it_is_reached_from_the_day(town: Town, booked: Booking, browser_as: BrowserAs) -> None:
    day = browser_as(officer_of(town, booked)).get("/idag/", secure=True).content.decode()
    assert f'href="{address(booked)}"' in day


def test_the_number_is_masked_until_it_is_asked_for(town: Town, booked: Booking, browser_as: BrowserAs) -> None:
    browser = browser_as(officer_of(town, booked))
    assert "20170101" not in page(browser, booked)
    assert "••••••••-••••" in page(browser, booked)
    shown = browser.post(address(booked, "nummer/"), secure=True)
    assert "20170101-2393" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert "20170101" not in page(browser, booked, "nummer/")


@pytest.mark.django_db(transaction=True)
def test_each_reading_is_one_entry_and_so_is_the_look_at_the_number(
    town: Town, booked: Booking, browser_as: BrowserAs, superuser: Superuser
) -> None:
    officer = officer_of(town, booked)
    browser = browser_as(officer)
    page(browser, booked)
    page(browser, booked)
    browser.post(address(booked, "nummer/"), secure=True)
    with superuser() as database:
        rows = database.execute(
            "SELECT action, objects_seen FROM identity_accessentry WHERE actor = %s AND action <> 'signed_in'"
            " ORDER BY at",
            [town.persons[officer]],
        ).fetchall()
    assert [row[0] for row in rows] == [*["booking.prepare"] * 2, "booking.see_number", "booking.prepare"]
    assert all({booked.id, town.persons["bo"]} <= set(row[1]) for row in rows)


@pytest.mark.parametrize("key", ["bo", "eva", "cia", "dan", "alva", "farid", "colleague"])
@pytest.mark.parametrize("rest", ["", "nummer/", "oppna/", "avboka/"])
def test_to_everybody_else_there_is_no_such_booking(
    town: Town, booked: Booking, browser_as: BrowserAs, key: str, rest: str
) -> None:
    who = next(k for k in ("anna", "maria", "yusuf") if k != officer_of(town, booked)) if key == "colleague" else key
    browser = browser_as(who)
    data = {"reason": "prepare", "key": "k" * 32}
    answers = [
        browser.post(f"/bokningar/{id}/{rest}", data, secure=True)
        if rest
        else browser.get(f"/bokningar/{id}/{rest}", secure=True)
        for id in (booked.id, uuid4())
    ]
    assert {answer.status_code for answer in answers} in ({404}, {302})
    assert main_of(answers[0]) == main_of(answers[1])
    if answers[0].status_code == 302:
        assert key in ("bo", "eva", "farid")
        assert "/logga-in/" in answers[0]["Location"]


def test_missing_and_foreign_are_found_out_by_the_same_statements(
    town: Town, booked: Booking, evas: Booking, as_actor: AsActor
) -> None:
    for key in ("cia", "bo", "hans"):
        actor, counted = as_actor(key), []
        for sought in (evas.id, uuid4()):
            with scope.transaction(town.municipality.id), CaptureQueriesContext(connection) as seen:
                access.look(actor, sought)
            counted.append([s["sql"].partition(" WHERE ")[0] for s in seen.captured_queries])
        assert counted[0] == counted[1]


def test_the_officer_cancels_with_a_reason_from_the_list(town: Town, booked: Booking, browser_as: BrowserAs) -> None:
    browser = browser_as(officer_of(town, booked))
    refused = browser.post(address(booked, "avboka/"), {"key": "k" * 32}, secure=True)
    assert refused.status_code == 422
    assert "Välj varför du avbokar." in refused.content.decode()
    done = browser.post(address(booked, "avboka/"), {"key": "k" * 32, "reason": "ill"}, secure=True, follow=True)
    assert "Avbokad av oss" in done.content.decode()
    assert "Avboka tiden" not in done.content.decode()
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=booked.id).state == State.CANCELLED_BY_OFFICER


def test_who_represents_stands_there_and_what_is_not_shown_is_said(
    town: Town, booked: Booking, browser_as: BrowserAs, as_actor: AsActor
) -> None:
    officer = officer_of(town, booked)
    number = series(1)[0]
    mandate = Mandate(town.persons["bo"], number, "Ombudet", "proxy", ("book", "attend"))
    row = representing.record(actor=as_actor(officer), mandate=mandate)
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=row.representative_id).update(cast_name="ombud")
        ombud = Person.objects.get(id=row.representative_id)
        ombud.name = "Siv Holm"
        ombud.save(update_fields=["name"])
        Party.objects.create(booking_id=booked.id, person=ombud, role="representative")
    seen = page(browser_as(officer), booked)
    assert "Siv Holm" in seen
    assert "ej styrkt" in seen
    shown = Mandate(town.persons["bo"], number, "Ombudet", "proxy", ("book", "attend"), "mandate")
    representing.record(actor=as_actor(officer), mandate=shown)
    assert "ej styrkt" not in page(browser_as(officer), booked)


HERS = ("Eva", "Lund", "Samtal om din ansökan", "Färdtjänst", "Videomöte", "Bokades")


def opened(browser: Client, booking: Booking, reason: str = "prepare") -> str:
    """The page after the reason was given."""
    response = browser.post(address(booking, "oppna/"), {"reason": reason}, secure=True, follow=True)
    return response.content.decode()


def test_a_protected_booking_asks_for_a_reason_and_says_nothing_before(
    town: Town, evas: Booking, browser_as: BrowserAs
) -> None:
    browser = browser_as(officer_of(town, evas))
    closed = page(browser, evas)
    assert "Varför öppnar du?" in closed
    assert not [word for word in HERS if word in closed.split("<main")[1]]
    assert "Välj varför du öppnar." in browser.post(address(evas, "oppna/"), secure=True).content.decode()
    assert "Eva Lund" in opened(browser, evas)


def test_every_opening_asks_anew_when_it_has_run_out_and_the_manager_is_told_each_time(
    town: Town, evas: Booking, browser_as: BrowserAs
) -> None:
    browser = browser_as(officer_of(town, evas))
    for number in (1, 2):
        assert "Varför öppnar du?" in page(browser, evas)
        opened(browser, evas)
        assert "Eva Lund" in page(browser, evas)
        with scope.transaction(town.municipality.id):
            assert Alert.objects.filter(kind="protected_opened").count() == number
            assert Opening.objects.filter(kind=openings.PROTECTED).update(until=timezone.now()) == number


def test_every_read_of_it_needs_the_opening(town: Town, evas: Booking, browser_as: BrowserAs) -> None:
    browser = browser_as(officer_of(town, evas))
    for rest in ("nummer/", "avboka/"):
        answer = browser.post(address(evas, rest), {"reason": "ill", "key": "k" * 32}, secure=True)
        assert answer.status_code == 404
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=evas.id).state == State.CONFIRMED


def test_a_named_reader_without_the_calendar_reaches_it_by_code_and_day_only(
    town: Town, evas: Booking, browser_as: BrowserAs
) -> None:
    other = "maria" if officer_of(town, evas) == "anna" else "anna"
    browser = browser_as(other)
    listed = browser.get("/skyddade/", secure=True).content.decode()
    main = listed.split("<main")[1].split("</main>")[0]
    assert evas.id.hex[:4].upper() in main
    assert not [word for word in (*HERS, "kl.") if word in main]
    assert "Eva Lund" in opened(browser, evas)
    assert "Avboka tiden" not in opened(browser, evas)


@pytest.mark.parametrize("key", ["yusuf", "cia", "karin", "mats", "dan", "alva"])
def test_nobody_else_opens_it_or_finds_it_in_the_list(
    town: Town, evas: Booking, browser_as: BrowserAs, key: str
) -> None:
    browser = browser_as(key)
    assert evas.id.hex[:4].upper() not in browser.get("/skyddade/", secure=True).content.decode()
    assert browser.get(address(evas), secure=True).status_code == 404
    answer = browser.post(address(evas, "oppna/"), {"reason": "prepare"}, secure=True)
    assert answer.status_code == 404
    with scope.transaction(town.municipality.id):
        assert not Opening.objects.exists()


def test_a_naming_that_is_taken_back_closes_the_page_at_once(
    town: Town, evas: Booking, browser_as: BrowserAs, as_actor: AsActor
) -> None:
    other = "maria" if officer_of(town, evas) == "anna" else "anna"
    browser = browser_as(other)
    assert "Eva Lund" in opened(browser, evas)
    protection.unname_reader(actor=as_actor("karin"), person=town.persons["eva"], reader=town.persons[other])
    assert browser.get(address(evas), secure=True).status_code == 404


def test_her_contact_is_the_officers_to_choose(town: Town, evas: Booking, browser_as: BrowserAs) -> None:
    assert "Inget skickas av sig självt." in opened(browser_as(officer_of(town, evas)), evas)
