"""Needs on the officer's page after booking: added, taken away, met by one of our own, ordered; and a move refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from psycopg.types.range import Range

from booking.book_for_form import BookForForm
from booking.forms import new_key
from booking.models import Booking, BusyFeed, Calendar, Need, NeedState
from identity import scope
from identity.actors import Actor
from tests.booking.desk import Desk
from tests.booking.test_needs import interpreter
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
BrowserAs = Callable[[str], Client]


@pytest.fixture
def made(town: Town, as_actor: Callable[[str], Actor]) -> Booking:
    """A time of Bo's on Anna's calendar."""
    with scope.transaction(town.municipality.id):
        Calendar.objects.exclude(id=town.calendars["anna"]).update(active=False)
    booked = town.booked(as_actor("bo"), form="video")
    with scope.transaction(town.municipality.id):
        Calendar.objects.update(active=True)
    return booked


def act(browser: Client, booking: Booking, do: str, **more: object) -> int:
    form = {"do": do, "key": new_key()} | more
    return browser.post(f"/bokningar/{booking.id}/gor/", form, secure=True).status_code


def only_need(town: Town, booking: Booking) -> Need:
    with scope.transaction(town.municipality.id):
        return Need.objects.get(booking=booking.id)


def test_an_interpreter_is_added_met_by_our_own_and_taken_away(
    town: Town, desk: Desk, made: Booking, browser_as: BrowserAs
) -> None:
    browser, address = browser_as("anna"), f"/bokningar/{made.id}/"
    assert act(browser, made, "add", kind="interpreter") == 422  # no language
    assert act(browser, made, "add", kind="interpreter", language="ar") == 302
    assert act(browser, made, "add", kind="interpreter", language="ar") == 302  # once is enough
    need = only_need(town, made)
    assert need.state == NeedState.WANTED
    ours = interpreter(desk)
    assert str(ours.uuid) in browser.get(address, secure=True).content.decode()
    assert act(browser, made, "ours", need=need.id, calendar=ours.uuid) == 302
    assert (only_need(town, made).state, only_need(town, made).calendar_id) == (NeedState.CONFIRMED, ours.id)
    assert act(browser, made, "drop", need=need.id) == 302
    assert [claim.role for claim in desk.claims(made)] == ["officer"]


def test_an_interpreter_who_is_closed_or_busy_elsewhere_is_neither_offered_nor_taken(
    town: Town, desk: Desk, made: Booking, browser_as: BrowserAs
) -> None:
    browser = browser_as("anna")
    assert act(browser, made, "add", kind="interpreter", language="ar") == 302
    need, ours = only_need(town, made), interpreter(desk)
    with scope.transaction(town.municipality.id):
        BusyFeed.objects.create(calendar=ours, busy=[Range(made.from_tick, made.from_tick + 1)])
    closed = interpreter(desk, open_weeks=False)
    with scope.transaction(town.municipality.id):
        Calendar.objects.filter(id=ours.id).update(active=True)
    page = browser.get(f"/bokningar/{made.id}/", secure=True).content.decode()
    for calendar in (ours, closed):
        assert str(calendar.uuid) not in page
        assert act(browser, made, "ours", need=need.id, calendar=calendar.uuid) == 422
    assert only_need(town, made).state == NeedState.WANTED


def test_a_move_to_a_taken_time_shows_the_nearest_and_keeps_what_was_answered(
    town: Town, made: Booking, desk: Desk, browser_as: BrowserAs
) -> None:
    free = desk.free(made)
    with scope.transaction(town.municipality.id):
        own = Calendar.objects.get(id=town.calendars["anna"])
        BusyFeed.objects.create(calendar=own, busy=[Range(free[2], free[2] + 1)])
    form = {"tid": f"{free[2]}@{own.uuid}", "agreed": "on", "sequence": made.sequence, "key": new_key()}
    response = browser_as("anna").post(f"/bokningar/{made.id}/flytta/", form, secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.split("Närmaste lediga tider")[1].split("I samma kalender")[0].count('name="tid"') == 3
    assert 'name="agreed" id="id_agreed" value="on" checked' in page


def test_names_of_companions_are_parted_by_commas_and_kept_short() -> None:
    form = BookForForm({"companions": " Siv Stöd, , Bo Bror"})
    form.is_valid()
    assert form.cleaned_data["companions"] == ("Siv Stöd", "Bo Bror")
    assert "companions" in BookForForm({"companions": "x" * 81}).errors
