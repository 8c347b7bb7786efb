"""Why a time is not free, asked on a page: plain words, and no link to what the asker may not open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from booking.asking import ReasonTold, Why
from booking.models import Booking, Calendar
from booking.presenters.why import reasons
from booking.wording import local
from identity import scope
from identity.actors import Actor
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_words(why: Why) -> None:
    (one,) = reasons([ReasonTold(why)])
    assert one.text.endswith(".")
    assert one.address == ""


def asked(town: Town, booking: Booking, minutes: int = 0) -> str:
    """The page's address for the start of a booking, some minutes later."""
    at = local(booking.starts_at + timedelta(minutes=minutes))
    with scope.transaction(town.municipality.id):
        calendar = Calendar.objects.get(id=booking.calendar_id).uuid
    kind = town.types["fardtjanst"]
    return f"/vecka/{calendar}/varfor/?dag={at:%Y-%m-%d}&tid={at:%H.%M}&typ={kind}&form=video"


@pytest.fixture
def made(town: Town, as_actor: As) -> Booking:
    """A time of Bo's on Anna's calendar."""
    with scope.transaction(town.municipality.id):
        Calendar.objects.exclude(id=town.calendars["anna"]).update(active=False)
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        Calendar.objects.update(active=True)
    return booked


def test_the_officer_is_led_to_the_booking_and_a_colleague_is_not(
    town: Town, made: Booking, browser_as: BrowserAs
) -> None:
    own = browser_as("anna").get(asked(town, made), secure=True).content.decode()
    others = browser_as("yusuf").get(asked(town, made), secure=True).content.decode()
    for page in (own, others):
        assert "Det finns en annan bokning då." in page
    assert f"/bokningar/{made.id}/" in own
    assert str(made.id) not in others


def test_a_time_that_is_free_says_so(town: Town, made: Booking, browser_as: BrowserAs) -> None:
    page = browser_as("anna").get(asked(town, made, 60), secure=True).content.decode()
    assert "Tiden är ledig" in page


def test_off_the_grid_is_told(town: Town, made: Booking, browser_as: BrowserAs) -> None:
    assert "Möten börjar inte på den minuten." in (
        browser_as("anna").get(asked(town, made, 65), secure=True).content.decode()
    )


@pytest.mark.parametrize("query", ["", "?tid=", "?dag=9999-12-31&tid=9.00", "?dag=x&tid=99.00&typ=x&form=x"])
def test_what_is_no_question_is_told(town: Town, browser_as: BrowserAs, query: str) -> None:
    with scope.transaction(town.municipality.id):
        calendar = Calendar.objects.get(id=town.calendars["anna"]).uuid
    response = browser_as("anna").get(f"/vecka/{calendar}/varfor/{query}", secure=True)
    assert response.status_code == (422 if query else 200)


def test_who_does_not_work_in_the_unit_gets_what_there_is_of_nothing(
    town: Town, made: Booking, browser_as: BrowserAs
) -> None:
    assert browser_as("cia").get(asked(town, made), secure=True).status_code == 404
