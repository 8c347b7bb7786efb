"""What is kept of a device: a few words, and a mark that tells nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from identity import scope
from identity.device_words import device_words
from identity.models import Alert, Session
from tests.town import Town

WORDS = {"Edge", "Opera", "Samsung Internet", "Firefox", "Chrome", "Safari"}
SYSTEMS = {"iPhone", "iPad", "Android", "ChromeOS", "Windows", "Mac", "Linux"}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605 Version/18.5 Mobile/15E Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (FIREFOX, "Firefox, Windows"),
        (SAFARI, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/138.0 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64 16181.61.0) Chrome/138.0 Safari/537.36", "Chrome, ChromeOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/18.5 Safari/605", "Safari, Mac"),
        ("curl/8.9", ""),
        ("", ""),
    ],
)
def test_browser_and_system_are_told_in_a_few_words(sent: str, said: str) -> None:
    assert device_words(sent) == said


@given(st.text(max_size=2000))
def test_nothing_of_what_was_sent_is_repeated(sent: str) -> None:
    assert set(filter(None, device_words(sent).split(", "))) <= WORDS | SYSTEMS


def sign_in(browser: Client, key: str, agent: str, address: str = "192.0.2.7") -> None:
    """Sign one of the cast in from a device at an address."""
    answer = browser.get(f"/prova/in/{key}/", secure=True, HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert answer.status_code == 302


def told(town: Town, key: str) -> list[bool]:
    """Of each device that is remembered of somebody: whether it was told as new and not seen yet."""
    with scope.transaction(town.municipality.id):
        rows = Alert.objects.filter(kind="new_device", recipient=town.persons[key]).order_by("at")
        return [row.seen_at is None for row in rows]


def test_the_first_device_is_remembered_and_the_next_one_told_once(
    browser_as: Callable[..., Client], town: Town
) -> None:
    for agent in (FIREFOX, FIREFOX, SAFARI, SAFARI, FIREFOX):
        sign_in(browser_as(), "bo", agent)
    assert told(town, "bo") == [False, True]


def test_another_network_is_another_device_for_the_staff_only(browser_as: Callable[..., Client], town: Town) -> None:
    for key in ("anna", "bo"):
        for address in ("192.0.2.7", "192.0.2.200", "198.51.100.7"):
            sign_in(browser_as(), key, FIREFOX, address)
    assert told(town, "anna") == [False, True]
    assert told(town, "bo") == [False]


def test_a_session_keeps_words_and_where_from_for_the_staff_only(browser_as: Callable[..., Client], town: Town) -> None:
    for key in ("anna", "bo"):
        sign_in(browser_as(), key, FIREFOX)
    kept = {row.person_uuid: row.get_decoded() for row in Session.objects.filter(person_uuid__isnull=False)}
    anna, bo = kept[town.persons["anna"]], kept[town.persons["bo"]]
    assert (anna["device"], anna["address"]) == ("Firefox, Windows", "192.0.2.7")
    assert (bo["device"], bo["address"]) == ("Firefox, Windows", "")
    assert not any("Mozilla" in str(value) for values in kept.values() for value in values.values())
