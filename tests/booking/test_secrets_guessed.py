"""Guessed API tokens and feed addresses: counted before anything is looked up; who has the right one is not slowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from booking import feed_services
from booking.calendars import feed
from booking.models import CalendarFeed
from identity import scope, secrets_of
from identity.actors import Actor
from identity.models import Municipality
from tests.booking.calendars.feeds import path_of, uuid_of
from tests.tokens import token
from tests.town import Town

ATTACKER, NEIGHBOUR, ELSEWHERE = "203.0.113.5", "203.0.113.6", "198.51.100.7"
Ask = Callable[..., Any]


def with_token(shown: str, address: str, host: str = "localhost") -> Any:  # noqa: ANN401 - the test client's answer
    headers = {"Authorization": f"Bearer {shown}"}
    return Client(headers=headers).get("/api/v1/slots", secure=True, SERVER_NAME=host, REMOTE_ADDR=address)


def fetched(path: str, address: str, host: str = "localhost") -> Any:  # noqa: ANN401 - the test client's answer
    return Client().get(path, secure=True, SERVER_NAME=host, REMOTE_ADDR=address)


def test_wrong_tokens_are_capped_and_a_right_one_elsewhere_passes(town: Town) -> None:
    right = token(town.municipality, "slots:read")
    ends = []
    for _ in range(60):
        ends.append(with_token(secrets_of.make(town.municipality, "motas_")[0], ATTACKER).status_code)
        assert with_token(right, NEIGHBOUR).status_code == 400, "the right one is read, and has asked for nothing"
    assert set(ends) == {401, 429}
    assert 30 <= ends.count(401) <= 40
    assert with_token(right, ELSEWHERE).status_code == 400


def test_a_guess_beyond_the_cap_is_not_looked_up_and_told_when_to_come_back(town: Town) -> None:
    right = token(town.municipality, "slots:read")
    for _ in range(31):
        with_token("odd", ATTACKER)
    with mock.patch("identity.token_asking._token") as looked_up:
        refused = with_token(right, ATTACKER)
    assert (refused.status_code, refused["Retry-After"], looked_up.called) == (429, "6", False)
    assert refused.json()["code"] == "slow_down"


def test_guesses_at_one_municipality_leave_another_alone(town: Town, neighbour: Municipality) -> None:
    there = token(neighbour, "slots:read")
    for last in range(60):
        for _ in range(4):
            with_token("odd", f"203.0.113.{last}")
    assert with_token("odd", "203.0.113.250").status_code == 429, "the network has had its share"
    assert with_token(there, ELSEWHERE, "granne.example").status_code == 400


def test_right_tokens_are_not_counted_as_guesses(town: Town) -> None:
    right = token(town.municipality, "slots:read")
    assert {with_token(right, ATTACKER).status_code for _ in range(100)} == {400}


@pytest.fixture
def annas(town: Town, as_actor: Callable[[str], Actor]) -> str:
    made = feed_services.make_feed(actor=as_actor("anna"), calendar=uuid_of(town, "anna"))
    return path_of(made)


def test_wrong_feed_addresses_are_capped_and_a_right_one_elsewhere_passes(town: Town, annas: str) -> None:
    ends = [fetched(f"/kalender/ex.{n:043}.ics", ATTACKER).status_code for n in range(200)]
    assert set(ends) == {404, 429}
    assert 120 <= ends.count(404) <= 180
    with mock.patch.object(feed, "find") as looked_up:
        refused = fetched(annas, ATTACKER)
    assert (refused.status_code, refused["Retry-After"], looked_up.called) == (429, "1", False)
    assert fetched(annas, NEIGHBOUR).status_code == 200
    assert fetched(annas, ELSEWHERE).status_code == 200


def test_a_feed_is_not_read_while_guesses_cannot_be_counted(town: Town, annas: str, monkeypatch: Any) -> None:  # noqa: ANN401
    monkeypatch.setattr("identity.limits._DRY", "SELECT no_such_thing")
    with scope.transaction(town.municipality.id):
        assert CalendarFeed.objects.exists()
    with mock.patch.object(feed, "find") as looked_up:
        assert fetched(annas, ELSEWHERE).status_code == 429
    assert not looked_up.called
