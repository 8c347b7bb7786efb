"""One's own time on a page of its own, and as a file for a calendar: neutral, by choice, nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone
from icalendar import Calendar

from booking.models import Booking, Need
from identity import scope
from identity.actors import Actor
from tests.booking.pages import Path, text_of
from tests.security.answers import normal
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]
UNSAID = ("Färdtjänst", "färdtjänst", "ansökan", "Anna", "Yusuf", "Maria", "Bo Ek", "plan 2")


@pytest.fixture
def booked(town: Town, as_actor: Callable[[str], Actor]) -> Booking:
    """Bo's time, five days from now."""
    return town.booked(as_actor("bo"), town.first_free(days=5)[0])


def test_the_page_says_when_how_what_to_bring_and_every_way_to_change(path_of: PathOf, booked: Booking) -> None:
    page = path_of("bo").get(f"/mina-tider/{booked.id}/")
    assert "<title>Din tid – Exempelkommun</title>" in page
    for words in ("Samtal om din ansökan", "Ha gärna med dig", "Läkarintyg", "Bokad"):
        assert words in page
    for rest in ("andra/", "avboka/", "tid.ics"):
        assert f'href="/mina-tider/{booked.id}/{rest}"' in page


def test_what_a_meeting_waits_for_stands_on_the_page_and_in_the_list(
    path_of: PathOf, town: Town, booked: Booking
) -> None:
    with scope.transaction(town.municipality.id):
        Need.objects.create(booking=booked, kind="interpreter", language="ar", changed_at=timezone.now())
    for address in ("/mina-tider/", f"/mina-tider/{booked.id}/"):
        assert "Vi ordnar tolk i arabiska. Det kostar dig ingenting." in path_of("bo").get(address)


def test_the_file_holds_the_time_and_nothing_of_what_it_is_about(path_of: PathOf, booked: Booking) -> None:
    response = path_of("bo").browser.get(f"/mina-tider/{booked.id}/tid.ics", secure=True)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="tid.ics"'
    octets = response.content
    assert [word for word in UNSAID if word in octets.decode()] == []
    calendar = Calendar.from_ical(octets)
    (event,) = calendar.events
    assert (calendar["METHOD"], event["SUMMARY"], event["UID"]) == ("PUBLISH", "Bokad tid", booked.calendar_uid)
    start: date = event.start
    assert start == booked.starts_at
    assert event["CLASS"] == "PRIVATE"


def test_a_sheltered_persons_time_has_no_file(path_of: PathOf, town: Town, as_actor: Callable[[str], Actor]) -> None:
    booked = town.booked(as_actor("eva"), town.first_free(days=5)[0])
    path = path_of("eva")
    assert "tid.ics" not in path.get(f"/mina-tider/{booked.id}/")
    assert path.browser.get(f"/mina-tider/{booked.id}/tid.ics", secure=True).status_code == 404


@pytest.mark.parametrize("rest", ["", "tid.ics"])
@pytest.mark.parametrize("who", ["eva", "cia", "anna"])
def test_a_strangers_time_is_the_same_404_as_none(path_of: PathOf, booked: Booking, rest: str, who: str) -> None:
    browser = path_of(who).browser
    asked = (booked.id, uuid4())
    answers = [browser.get(f"/mina-tider/{booking}/{rest}", secure=True) for booking in asked]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({normal(answer.content, *asked) for answer in answers}) == 1


def test_a_cancelled_time_offers_nothing_to_change(path_of: PathOf, booked: Booking) -> None:
    path = path_of("bo")
    path.post(f"/mina-tider/{booked.id}/avboka/")
    page = path.get(f"/mina-tider/{booked.id}/")
    assert "Avbokad av dig" in page
    assert "tid.ics" not in page
    assert "avboka/" not in page
    assert text_of(path.browser.get(f"/mina-tider/{booked.id}/tid.ics", secure=True)).count("STATUS:CANCELLED") == 1
