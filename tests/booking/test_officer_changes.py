"""What an officer does about a booking: move, hand over, did not come, answers, orders, ready as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from booking import services
from booking.forms import new_key
from booking.models import Booking, BookingChange, Calendar, Need, NeedState, OwnOfficer, Party, Said
from booking.services import WantedNeed
from booking.states import State
from identity import scope
from identity.actors import Actor
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]


@pytest.fixture
def made(town: Town, as_actor: As) -> Booking:
    """A time of Bo's on Anna's calendar."""
    with scope.transaction(town.municipality.id):
        Calendar.objects.exclude(id=town.calendars["anna"]).update(active=False)
    booked = town.booked(as_actor("bo"), form="phone")
    with scope.transaction(town.municipality.id):
        Calendar.objects.update(active=True)
    return booked


def now(town: Town, booking: Booking) -> Booking:
    with scope.transaction(town.municipality.id):
        return Booking.objects.select_related("calendar__person").get(id=booking.id)


def act(browser: Client, booking: Booking, do: str, **more: object) -> int:
    form = {"do": do, "key": new_key()} | more
    return browser.post(f"/bokningar/{booking.id}/gor/", form, secure=True).status_code


def test_it_is_moved_with_the_residents_yes_and_stays_without(town: Town, made: Booking, browser_as: BrowserAs) -> None:
    browser, address = browser_as("anna"), f"/bokningar/{made.id}/flytta/"
    page = browser.get(address, secure=True).content.decode()
    assert "I samma kalender" in page
    tid = page.split('name="tid" value="')[1].split('"')[0]
    form = {"tid": tid, "sequence": made.sequence, "key": new_key()}
    refused = browser.post(address, form, secure=True)
    assert refused.status_code == 422
    assert "har sagt ja" in refused.content.decode()
    assert browser.post(address, form | {"agreed": "on"}, secure=True).status_code == 302
    assert now(town, made).from_tick == int(tid.split("@")[0])


def test_other_forms_have_their_own_times(made: Booking, browser_as: BrowserAs) -> None:
    address = f"/bokningar/{made.id}/flytta/"
    page = browser_as("anna").post(address, {"form": "home", "visa": "1"}, secure=True)
    assert page.status_code == 200
    assert '<option value="home" selected>' in page.content.decode()


def test_a_move_that_is_too_late_tells_why(town: Town, made: Booking, browser_as: BrowserAs, as_actor: As) -> None:
    tick = made.from_tick
    form = {"tid": f"{tick}", "agreed": "on", "sequence": made.sequence + 5, "key": new_key()}
    response = browser_as("anna").post(f"/bokningar/{made.id}/flytta/", form, secure=True)
    assert response.status_code == 422


def test_a_colleague_takes_over_and_the_former_officer_sees_it_no_more(
    town: Town, made: Booking, browser_as: BrowserAs
) -> None:
    browser, address = browser_as("anna"), f"/bokningar/{made.id}/lamna-over/"
    page = browser.get(address, secure=True).content.decode()
    assert "Maria Niemi" in page
    assert "Anna Lindqvist" not in page.split('name="calendar"', 1)[1]
    with scope.transaction(town.municipality.id):
        maria = Calendar.objects.get(id=town.calendars["maria"]).uuid
    form = {"calendar": maria, "sequence": made.sequence, "key": new_key()}
    assert browser.post(address, form, secure=True)["Location"] == "/idag/"
    assert now(town, made).calendar_id == town.calendars["maria"]
    assert browser.get(f"/bokningar/{made.id}/", secure=True).status_code == 404


def test_nobody_chosen_is_told(made: Booking, browser_as: BrowserAs) -> None:
    form = {"sequence": made.sequence, "key": new_key()}
    response = browser_as("anna").post(f"/bokningar/{made.id}/lamna-over/", form, secure=True)
    assert response.status_code == 422
    assert "Välj vem som tar över." in response.content.decode()


def test_who_did_not_come_can_come_after_all(town: Town, made: Booking, browser_as: BrowserAs) -> None:
    with time_machine.travel(made.starts_at + timedelta(minutes=11), tick=False):
        browser = browser_as("anna")
        assert "Kom personen inte?" in browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
        assert act(browser, made, "missed") == 422  # nobody has rung
        assert act(browser, made, "missed", call="tried") == 302
        assert now(town, made).state == State.NO_SHOW
        assert "Personen kom ändå" in browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
        assert act(browser, made, "came") == 302
    assert now(town, made).state == State.CONFIRMED


def test_a_companion_is_answered_and_a_no_has_a_reason(
    town: Town, made: Booking, as_actor: As, browser_as: BrowserAs
) -> None:
    party = services.add_companion(actor=as_actor("bo"), booking=made.id, name="Siv Stöd")
    browser = browser_as("anna")
    assert "Siv Stöd" in browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
    assert act(browser, made, "no", party=party.id) == 422
    assert act(browser, made, "no", party=party.id, reason="alone") == 302
    with scope.transaction(town.municipality.id):
        assert (Party.objects.get(id=party.id).officer_said, Party.objects.get(id=party.id).reason) == ("no", "alone")
    assert act(browser, made, "yes", party=party.id) == 302
    with scope.transaction(town.municipality.id):
        assert Party.objects.get(id=party.id).officer_said == Said.YES


def test_an_order_is_followed_to_ready(town: Town, made: Booking, as_actor: As, browser_as: BrowserAs) -> None:
    services.set_needs(actor=as_actor("bo"), booking=made.id, needs=(WantedNeed("speech_to_text"),))
    with scope.transaction(town.municipality.id):
        need = Need.objects.get(booking=made.id)
    browser = browser_as("anna")
    page = browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
    assert "Skrivtolk är inte klar." in page
    assert act(browser, made, "order", need=need.id, state="ordered", order="A-1042") == 302
    assert "A-1042" in browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
    assert act(browser, made, "order", need=need.id, state="confirmed") == 302
    with scope.transaction(town.municipality.id):
        assert Need.objects.get(id=need.id).state == NeedState.CONFIRMED
    assert now(town, made).state == State.READY


def test_it_is_ready_as_it_is_with_a_reason(town: Town, made: Booking, as_actor: As, browser_as: BrowserAs) -> None:
    services.set_needs(actor=as_actor("bo"), booking=made.id, needs=(WantedNeed("deafblind"),))
    browser = browser_as("anna")
    assert act(browser, made, "ready") == 422
    assert act(browser, made, "ready", why="agreed") == 302
    assert now(town, made).state == State.READY


def test_cancelling_because_the_resident_asked_is_the_residents_own(
    town: Town, made: Booking, browser_as: BrowserAs
) -> None:
    form = {"reason": "asked", "key": new_key()}
    assert browser_as("anna").post(f"/bokningar/{made.id}/avboka/", form, secure=True).status_code == 302
    assert now(town, made).state == State.CANCELLED_BY_RESIDENT
    with scope.transaction(town.municipality.id):
        last = BookingChange.objects.filter(booking=made.id).last()
    assert last is not None
    assert last.by_id == town.persons["anna"]


@pytest.mark.parametrize("who", ["cia", "yusuf", "bo"])
@pytest.mark.parametrize("page", ["gor", "flytta", "lamna-over"])
def test_strangers_change_nothing(made: Booking, browser_as: BrowserAs, who: str, page: str) -> None:
    form = {"do": "came", "key": new_key()}
    response = browser_as(who).post(f"/bokningar/{made.id}/{page}/", form, secure=True)
    assert response.status_code in (302, 404)
    assert "/bokningar/" not in response.get("Location", "/bokningar/" if response.status_code == 302 else "")


def test_an_unknown_step_does_nothing(town: Town, made: Booking, browser_as: BrowserAs) -> None:
    assert act(browser_as("anna"), made, "promote") == 422
    assert now(town, made).state == made.state
    assert timezone.now() < made.starts_at


def test_the_own_officer_is_made_and_ended_on_the_page(town: Town, made: Booking, browser_as: BrowserAs) -> None:
    browser, address = browser_as("anna"), f"/bokningar/{made.id}/"
    assert "ingen egen handläggare" in browser.get(address, secure=True).content.decode()
    assert act(browser, made, "own") == 302
    assert "egen handläggare hos er är Anna Lindqvist" in browser.get(address, secure=True).content.decode()
    with scope.transaction(town.municipality.id):
        own = OwnOfficer.objects.get(resident=town.persons["bo"])
        assert (own.calendar_id, own.unit_id) == (town.calendars["anna"], now(town, made).calendar.unit_id)
    assert act(browser, made, "not_own") == 302
    with scope.transaction(town.municipality.id):
        assert not OwnOfficer.objects.filter(resident=town.persons["bo"]).exists()


def test_who_coordinates_the_unit_sees_to_a_booking_and_has_no_step_that_is_the_officers(
    town: Town, made: Booking, browser_as: BrowserAs
) -> None:
    browser = browser_as("karin")
    page = browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
    for step in ("Flytta tiden", "Lämna över till en kollega", "Avboka tiden", "till egen handläggare"):
        assert step in page
    for step in ("Jag har läst upp", "Visa<span", "Sätt som klart"):
        assert step not in page
    with scope.transaction(town.municipality.id):
        week = f"/vecka/{now(town, made).calendar.uuid}/?som=lista&vecka={made.starts_at.date()}"
    assert f"/bokningar/{made.id}/" in browser.get(week, secure=True).content.decode()


def test_the_menu_leads_to_a_calendar_only_who_has_one(town: Town, browser_as: BrowserAs) -> None:
    browser = browser_as("anna")
    assert 'href="/oppettider/"' in browser.get("/idag/", secure=True).content.decode()
    with scope.transaction(town.municipality.id):
        Calendar.objects.filter(id=town.calendars["anna"]).update(active=False)
    assert 'href="/oppettider/"' not in browser.get("/idag/", secure=True).content.decode()
