"""The officer's day: own bookings only, one next action, states in words, and one logged read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.test import Client

from booking import officer_day
from booking.models import Booking, BusyFeed
from booking.officer_presenters import day_page, short_name, state_words
from booking.states import State
from identity import scope
from identity.actors import Actor
from identity.models import Person
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]
Superuser = Callable[[], psycopg.Connection[Any]]


def annas(town: Town, as_actor: As, who: str = "bo") -> Booking:
    """A booking on Anna's calendar, whoever of her colleagues got the ones before it."""
    while True:
        made = town.booked(as_actor(who))
        if made.calendar_id == town.calendars["anna"]:
            return made


def page_of(browser: Client, at: datetime) -> str:
    """The day page as somebody sees it at a moment."""
    with time_machine.travel(at, tick=False):
        assert browser.get("/prova/in/anna/", secure=True).status_code == 302
        response = browser.get("/idag/", secure=True)
    assert response.status_code == 200
    return response.content.decode()


def in_state(town: Town, booking: Booking, state: State) -> None:
    """Put a booking into a state, as the use cases of the meeting do."""
    with scope.transaction(town.municipality.id):
        Booking.objects.filter(id=booking.id).update(state=state)


def test_the_next_meeting_has_one_next_action(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    made = annas(town, as_actor)
    page = page_of(browser_as(""), made.starts_at - timedelta(minutes=5))
    assert page.count("Öppna mötet") == 1
    assert "/lett/" in page
    assert "Bo E." in page
    assert "Bo Ek" not in page
    assert "Samtal om din ansökan" in page
    assert "Bokad" in page


def test_a_day_without_meetings_says_so_and_how_many_times_are_free(browser_as: BrowserAs, town: Town) -> None:
    monday_morning = datetime(2026, 11, 23, 5, tzinfo=UTC)
    page = page_of(browser_as(""), monday_morning)
    assert "Inga möten i dag. 7 lediga tider." in page


def test_a_sunday_has_no_free_times(browser_as: BrowserAs, town: Town) -> None:
    assert "Inga möten i dag. Inga lediga tider." in page_of(browser_as(""), datetime(2026, 11, 22, 9, tzinfo=UTC))


def test_another_officer_s_meetings_are_not_there(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    made = annas(town, as_actor)
    cia = browser_as("cia")
    with time_machine.travel(made.starts_at - timedelta(minutes=5), tick=False):
        cia.get("/prova/in/cia/", secure=True)
        page = cia.get("/idag/", secure=True).content.decode()
    assert "Bo E." not in page
    assert "Öppna" not in page


def test_a_protected_resident_has_no_name_in_the_list(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    made = annas(town, as_actor, "bo")
    with scope.transaction(town.municipality.id):
        Person.objects.filter(cast_name="bo").update(registered=True)
    page = page_of(browser_as(""), made.starts_at - timedelta(minutes=5))
    assert "Skyddad bokning" in page
    assert "Bo Ek" not in page
    assert not re.search(r"\bBo\b", page)


def test_the_page_reloads_itself_only_without_scripts(browser_as: BrowserAs, town: Town) -> None:
    page = page_of(browser_as(""), datetime(2026, 11, 23, 5, tzinfo=UTC))
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
    assert page.count("http-equiv") == 1


def test_the_list_is_logged_once_with_the_bookings_that_were_seen(
    town: Town, as_actor: As, browser_as: BrowserAs, superuser: Superuser
) -> None:
    made = annas(town, as_actor)
    page_of(browser_as(""), made.starts_at - timedelta(minutes=5))
    with superuser() as database:
        rows = database.execute(
            "SELECT objects_seen FROM identity_accessentry WHERE action = 'booking.list' AND actor = %s",
            [town.persons["anna"]],
        ).fetchall()
    assert len(rows) == 1
    assert made.id in rows[0][0]


def test_somebody_in_the_lobby_comes_first_and_stands_in_the_title(
    town: Town, as_actor: As, browser_as: BrowserAs
) -> None:
    made = annas(town, as_actor)
    in_state(town, made, State.WAITING)
    page = page_of(browser_as(""), made.starts_at + timedelta(minutes=1))
    assert "(1 väntar) I dag" in page
    assert "d-wait" in page


def test_a_meeting_that_is_over_is_quiet_and_cannot_be_opened(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    made = annas(town, as_actor)
    in_state(town, made, State.ENDED)
    page = page_of(browser_as(""), made.ends_at + timedelta(minutes=1))
    assert 'class="past"' in page
    assert "Klar" in page
    assert f"{made.id}/lett/" not in page


def test_a_cancelled_meeting_is_no_meeting_of_the_day(town: Town, as_actor: As) -> None:
    made = annas(town, as_actor)
    in_state(town, made, State.CANCELLED_BY_RESIDENT)
    now = made.starts_at - timedelta(minutes=5)
    with scope.transaction(town.municipality.id):
        page = day_page(officer_day.bookings(as_actor("anna"), now=now), 3, now=now)
    assert page.next is None
    assert page.count == "0 möten, 3 lediga tider"
    assert [line.state.text for line in page.today] == ["Avbokad av invånaren"]


def test_a_later_meeting_is_listed_under_its_day(town: Town, as_actor: As) -> None:
    made = annas(town, as_actor)
    now = made.starts_at - timedelta(days=2)
    with scope.transaction(town.municipality.id):
        page = day_page(officer_day.bookings(as_actor("anna"), now=now), 0, now=now)
    assert page.none == "Inga möten i dag. Inga lediga tider."
    assert [len(day.meetings) for day in page.coming] == [1]
    assert page.next is not None
    assert page.next.when == page.coming[0].day


def test_a_calendar_that_could_not_be_read_is_pointed_out(browser_as: BrowserAs, town: Town) -> None:
    anna = browser_as("anna")
    with scope.transaction(town.municipality.id):
        BusyFeed.objects.create(calendar_id=town.calendars["anna"], kind="url", address="https://k.example/a")
    words = "En kalender som gör dig upptagen kunde inte läsas."
    assert words not in anna.get("/idag/", secure=True).content.decode()
    with scope.transaction(town.municipality.id):
        BusyFeed.objects.update(state="stale", reason="not_found")
    assert words in anna.get("/idag/", secure=True).content.decode()
    assert words not in browser_as("cia").get("/idag/", secure=True).content.decode()


@pytest.mark.parametrize("path", ["/idag/", "/oppettider/", "/kalender/"])
def test_residents_and_strangers_are_sent_to_sign_in(browser_as: BrowserAs, path: str) -> None:
    for who in ("", "bo", "eva"):
        response = browser_as(who).get(path, secure=True)
        assert response.status_code == 302
        assert response["Location"].startswith("/logga-in/")


@pytest.mark.parametrize("path", ["/oppettider/", "/kalender/"])
def test_staff_without_a_calendar_reads_that_there_is_none(browser_as: BrowserAs, path: str) -> None:
    response = browser_as("dan").get(path, secure=True)
    assert response.status_code == 200
    assert "Du har ingen egen kalender" in response.content.decode()


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_words_and_dots(state: State) -> None:
    words = state_words(state)
    assert words.text
    assert words.dots in {"d-booked", "d-wait", "d-met", "d-done", "d-off"}


def test_waiting_says_for_how_long() -> None:
    now = datetime(2026, 12, 3, 12, 30, tzinfo=UTC)
    assert state_words(State.WAITING, now - timedelta(minutes=3), now).text == "Väntar sedan 3 minuter"
    assert state_words(State.WAITING, now, now).text == "Väntar"


@pytest.mark.parametrize(
    ("name", "expected"), [("Karin Ek", "Karin E."), ("Karin", "Karin"), ("Anna Maria Öst", "Anna Ö.")]
)
def test_a_list_shows_the_first_name_and_an_initial(name: str, expected: str) -> None:
    assert short_name(Person(municipality_id=1, name=name)) == expected


@pytest.mark.parametrize(
    ("starts", "reach", "expected"), [([], 3, 0), ([1, 2, 3, 4], 1, 4), ([1, 2, 3, 4], 2, 2), ([9, 1], 9, 1)]
)
def test_times_are_counted_as_meetings_one_after_another(starts: list[int], reach: int, expected: int) -> None:
    assert officer_day.fitting(starts, reach) == expected
