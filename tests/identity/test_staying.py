"""The warning before a sign-in ends: asking is no use, one press makes it last, and nothing is said that is not so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from identity.models import Municipality, Session
from identity.sessions import ABSOLUTE, IDLE
from tests.town import Town

BrowserAs = Callable[..., Client]
HERE = "/logga-in/kvar/"
pytestmark = pytest.mark.django_db


def told(browser: Client, **sent: str) -> dict[str, Any]:
    answer = browser.post(HERE, sent, secure=True)
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.mark.parametrize(("who", "kind"), [("bo", "resident"), ("anna", "staff")])
def test_asking_tells_when_it_ends_and_is_no_use(browser_as: BrowserAs, who: str, kind: str) -> None:
    with time_machine.travel("2026-12-01T13:00:00Z", tick=False) as clock:
        browser = browser_as(who)
        seen = Session.objects.get().last_seen
        clock.shift(IDLE[kind] - timedelta(seconds=100))
        ends = timezone.localtime(seen + IDLE[kind])
        words = f"Du loggas ut kl. {ends.hour}.{ends.minute:02}."
        assert told(browser) == {"left": 100, "more": True, "words": words}
        assert Session.objects.get().last_seen == seen
        clock.shift(timedelta(seconds=101))
        assert told(browser)["left"] == 0
        assert browser.get("/inloggningar/", secure=True).status_code == 302


def test_one_press_makes_it_last(browser_as: BrowserAs) -> None:
    with time_machine.travel("2026-12-01T13:00:00Z", tick=False) as clock:
        bo = browser_as("bo")
        clock.shift(timedelta(minutes=29))
        assert told(bo, do="more")["left"] == 30 * 60
        clock.shift(timedelta(minutes=29))
        assert bo.get("/inloggningar/", secure=True).status_code == 200


def test_what_has_ended_is_not_brought_back(browser_as: BrowserAs) -> None:
    with time_machine.travel("2026-12-01T13:00:00Z", tick=False) as clock:
        bo = browser_as("bo")
        clock.shift(timedelta(minutes=31))
        ended = told(bo, do="more")
        assert ended == {
            "left": 0,
            "more": False,
            "words": "Du är utloggad. Logga in igen, så kommer du tillbaka hit.",
        }
        assert bo.get("/inloggningar/", secure=True).status_code == 302


def test_nobody_is_promised_more_than_ten_hours(browser_as: BrowserAs) -> None:
    with time_machine.travel("2026-12-01T06:00:00Z", tick=False) as clock:
        bo = browser_as("bo")
        for _ in range(23):
            clock.shift(timedelta(minutes=25))
            told(bo, do="more")
        clock.shift(timedelta(minutes=24))
        last = told(bo, do="more")
        assert (last["left"], last["more"]) == (60, False)
        assert timedelta(minutes=25 * 23 + 24, seconds=60) == ABSOLUTE


def test_a_stranger_and_another_municipality_are_told_of_nobody(
    browser_as: BrowserAs, town: Town, neighbour: Municipality
) -> None:
    assert told(browser_as(""))["left"] == 0
    bo = browser_as("bo")
    bo.defaults["SERVER_NAME"] = "granne.example"
    assert told(bo)["left"] == 0


def test_a_page_of_who_is_signed_in_asks_by_itself_and_shows_no_button_without_scripts(browser_as: BrowserAs) -> None:
    page = browser_as("bo").get("/mina-tider/", secure=True).content.decode()
    assert 'data-module="stay" data-idle="1800"' in page
    assert '<button type="submit" class="btn" hidden>Fortsätt vara inloggad</button>' in page
    assert 'data-idle="900"' in browser_as("anna").get("/idag/", secure=True).content.decode()
    assert 'data-module="stay"' not in browser_as("").get("/", secure=True).content.decode()


def test_who_was_left_alone_reads_why_the_sign_in_page_is_there(browser_as: BrowserAs) -> None:
    words = "Du är utloggad. Logga in igen, så kommer du tillbaka hit."
    with time_machine.travel("2026-12-01T13:00:00Z", tick=False) as clock:
        bo = browser_as("bo")
        assert words not in bo.get("/logga-in/?igen=1&next=/mina-tider/", secure=True).content.decode()
        clock.shift(timedelta(minutes=31))
        assert words in bo.get("/mina-tider/", secure=True, follow=True).content.decode()
    assert words not in browser_as("").get("/mina-tider/", secure=True, follow=True).content.decode()
