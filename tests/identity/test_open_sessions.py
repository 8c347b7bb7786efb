"""/inloggningar/: one sees and ends one's own sign-ins, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from identity import open_sessions
from identity.models import Session
from identity.sessions import row_key
from tests.town import Town

Browser = Callable[..., Client]
HERE = "/inloggningar/"


def marks(client: Client) -> list[str]:
    """The sign-ins on the page, in its order."""
    return re.findall(r'name="session" value="([0-9a-f]{32})"', client.get(HERE, secure=True).content.decode())


def living(town: Town, key: str) -> int:
    """How many sign-ins somebody has."""
    return Session.objects.filter(person_uuid=town.persons[key]).count()


@pytest.mark.parametrize("who", ["bo", "anna", "dan"])
def test_everybody_sees_their_own_sign_ins_this_one_first(browser_as: Browser, who: str) -> None:
    elsewhere, here = browser_as(who), browser_as(who)
    browser_as("cia")
    assert elsewhere.session.session_key != here.session.session_key
    assert marks(here) == [open_sessions.mark_of(row_key(one.session.session_key)) for one in (here, elsewhere)]


def test_where_from_is_told_to_the_staff_only(browser_as: Browser) -> None:
    assert "Från 127.0.0.1" in browser_as("anna").get(HERE, secure=True).content.decode()
    assert "127.0.0.1" not in browser_as("bo").get(HERE, secure=True).content.decode()


def test_one_is_ended_and_the_other_goes_on(browser_as: Browser, town: Town) -> None:
    elsewhere, here = browser_as("bo"), browser_as("bo")
    mark = open_sessions.mark_of(row_key(elsewhere.session.session_key))
    assert here.post(HERE, {"do": "end", "session": mark}, secure=True)["Location"] == HERE
    assert elsewhere.get("/mina-tider/", secure=True).status_code == 302
    assert here.get("/mina-tider/", secure=True).status_code == 200


def test_ending_this_one_is_signing_out(browser_as: Browser, town: Town) -> None:
    here = browser_as("bo")
    answer = here.post(HERE, {"do": "end", "session": marks(here)[0]}, secure=True)
    assert (answer["Location"], answer["Clear-Site-Data"]) == ("/?utloggad", '"cache", "storage"')
    assert living(town, "bo") == 0


def test_all_others_are_ended_at_once(browser_as: Browser, town: Town) -> None:
    for _ in range(3):
        browser_as("bo")
    here = browser_as("bo")
    here.post(HERE, {"do": "end_others"}, secure=True)
    assert (living(town, "bo"), len(marks(here))) == (1, 1)


@pytest.mark.parametrize("do", ["end", "end_others"])
def test_nobody_ends_somebody_elses(browser_as: Browser, town: Town, do: str) -> None:
    cia, bo = browser_as("cia"), browser_as("bo")
    mark = open_sessions.mark_of(row_key(cia.session.session_key))
    bo.post(HERE, {"do": do, "session": mark}, secure=True)
    assert (living(town, "cia"), living(town, "bo")) == (1, 1)


@pytest.mark.parametrize("sent", [{}, {"do": "x"}, {"do": "end"}, {"do": "end", "session": "\x00" * 80}])
def test_what_no_button_sends_does_nothing(browser_as: Browser, town: Town, sent: dict[str, str]) -> None:
    here = browser_as("bo")
    assert here.post(HERE, sent, secure=True).status_code == 302
    assert living(town, "bo") == 1


def test_the_key_of_a_session_is_on_no_page(browser_as: Browser) -> None:
    here = browser_as("anna")
    assert str(here.session.session_key) not in here.get(HERE, secure=True).content.decode()


def test_news_of_a_new_device_stand_there_until_they_are_read(browser_as: Browser) -> None:
    browser_as("bo")
    here = browser_as()
    here.get("/prova/in/bo/", secure=True, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    assert "ny enhet" in here.get(HERE, secure=True).content.decode()
    here.post(HERE, {"do": "read"}, secure=True)
    assert "ny enhet" not in here.get(HERE, secure=True).content.decode()


def test_nobody_sees_the_page_without_a_sign_in(browser_as: Browser) -> None:
    assert browser_as().get(HERE, secure=True)["Location"].startswith("/logga-in/")


@pytest.mark.parametrize(("who", "minutes"), [("bo", 31), ("anna", 16)])
def test_one_that_was_left_alone_too_long_is_not_shown(browser_as: Browser, who: str, minutes: int) -> None:
    left, here = browser_as(who), browser_as(who)
    early = timezone.now() - timedelta(minutes=minutes)
    Session.objects.filter(session_key=row_key(left.session.session_key)).update(last_seen=early)
    assert marks(here) == [open_sessions.mark_of(row_key(here.session.session_key))]


def test_unknown_devices_are_one_line_and_end_together(browser_as: Browser, town: Town) -> None:
    others = [browser_as("bo") for _ in range(3)]
    here = browser_as("bo")
    page = here.get(HERE, secure=True).content.decode()
    assert "Okänd enhet (3)" in page
    assert page.index('value="end_others"') < page.index('value="end"')
    here.post(HERE, {"do": "end", "session": marks(here)[1:]}, secure=True)
    assert living(town, "bo") == 1
    assert here.get(HERE, secure=True).status_code == 200
    assert {other.get(HERE, secure=True).status_code for other in others} == {302}


@time_machine.travel("2026-11-22 03:22:00+00:00", tick=False)
def test_times_are_told_in_words(browser_as: Browser) -> None:
    page = browser_as("bo").get(HERE, secure=True).content.decode()
    assert "22 november" in page
    assert "2026-11-22" not in page
