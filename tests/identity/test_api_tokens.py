"""What a token's row says holds: its networks, its limits, its end; and the commands that make and list tokens."""

from __future__ import annotations

import io
import json
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError
from django.test import Client, override_settings
from django.utils import timezone

from identity import scope
from identity.models import ApiToken, Municipality, Unit
from tests.tokens import token
from tests.town import Town

pytestmark = pytest.mark.django_db
INSIDE, OUTSIDE = "198.51.100.7", "203.0.113.5"


def ask(shown: str, address: str = INSIDE) -> Any:  # noqa: ANN401 - the test client's answer
    """Any read of the API."""
    headers = {"Authorization": f"Bearer {shown}"}
    return Client(headers=headers).get("/api/v1/meeting-types", secure=True, REMOTE_ADDR=address)


def made(**options: Any) -> dict[str, Any]:
    """What `create_api_token` prints."""
    said = io.StringIO()
    call_command("create_api_token", scopes="slots:read", json=True, stdout=said, **options)
    printed: dict[str, Any] = json.loads(said.getvalue())
    return printed


def stored(municipality: Municipality) -> ApiToken:
    """The one token that there is."""
    with scope.transaction(municipality.id):
        return ApiToken.objects.get()


@pytest.mark.parametrize("networks", [["198.51.100.0/24"], ["2001:db8::/32", "198.51.100.7/32"]])
def test_a_token_comes_from_its_networks_only(town: Town, networks: list[str]) -> None:
    shown = token(town.municipality, "slots:read", networks=networks)
    assert ask(shown).status_code == 200
    elsewhere, invented = ask(shown, OUTSIDE), ask("ex.motas_invented", OUTSIDE)
    assert (elsewhere.status_code, elsewhere.content) == (401, invented.content)


def test_an_address_of_the_newer_kind_is_in_its_network(town: Town) -> None:
    shown = token(town.municipality, "slots:read", networks=["2001:db8::/32"])
    assert [ask(shown, address).status_code for address in ("2001:db8::5", "2001:db9::5", INSIDE)] == [200, 401, 401]


def test_the_last_use_is_kept_by_the_minute_and_a_refused_one_is_none(town: Town) -> None:
    shown = token(town.municipality, "slots:read", networks=["198.51.100.0/24"])
    ask(shown, OUTSIDE)
    assert stored(town.municipality).last_used_at is None
    ask(shown)
    first = stored(town.municipality).last_used_at
    ask(shown)
    assert first is not None
    assert stored(town.municipality).last_used_at == first


def test_a_read_that_cannot_be_counted_goes_on_and_a_change_does_not(town: Town) -> None:
    from identity import token_asking

    shown, right = token(town.municipality, "slots:read", "bookings:write"), token_asking.ask

    def uncounted(asked: token_asking.Asked, guesses: Any) -> Any:  # noqa: ANN401 - as the function
        if asked.kind:
            raise DataError("no count")
        return right(asked, guesses)

    with mock.patch("identity.token_asking.ask", uncounted):
        assert ask(shown).status_code == 200
        headers = {"Authorization": f"Bearer {shown}"}
        refused = Client(headers=headers).post("/api/v1/meeting-types", {}, "application/json", secure=True)
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (429, "slow_down", "60")


def test_without_a_database_nothing_is_said_but_when_to_come_back(town: Town) -> None:
    with mock.patch("identity.token_asking.ask", side_effect=OperationalError):
        answer = ask(token(town.municipality, "slots:read"))
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "1")


def test_asking_with_a_token_takes_one_statement_in_its_scope(
    town: Town,
    django_assert_num_queries: Any,  # noqa: ANN401 - a fixture
) -> None:
    shown = token(town.municipality, "holds:write")
    ask(shown)
    with django_assert_num_queries(5):  # the token's one, and a scope and a savepoint of the outer test
        assert ask(shown).status_code == 403


def test_the_command_makes_a_token_as_it_was_told(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        unit = Unit.objects.values_list("id", flat=True)[0]
    shown = made(units=str(unit), networks="198.51.100.0/24, 2001:db8::1", live_holds=3, searches_per_minute=0, days=7)
    row = stored(town.municipality)
    assert (row.units, row.networks) == ([unit], ["198.51.100.0/24", "2001:db8::1/128"])
    assert (row.live_holds, row.searches_per_minute, row.changes_per_minute) == (3, 0, 60)
    assert 6 <= (row.expires_at - timezone.now()).days <= 7
    assert set(shown) == {"token"}
    assert ask(shown["token"]).status_code == 200


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("units", "here"),
        ("units", "00000000-0000-4000-8000-000000000001"),
        ("networks", "198.51.100.0/33"),
        ("networks", "town hall"),
        ("live_holds", -1),
        ("changes_per_minute", 1_000_001),
        ("days", 366),
        ("municipality", "nowhere"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(town: Town, option: str, value: object) -> None:
    with pytest.raises(CommandError):
        made(**{option: value})


@pytest.mark.parametrize("option", ["changes_per_minute", "searches_per_minute", "live_holds"])
def test_no_limit_is_for_trials_and_tests(town: Town, option: str) -> None:
    made(**{option: 0})
    with override_settings(TRIAL=False), pytest.raises(CommandError, match="trial"):
        made(**{option: 0})


def test_the_list_tells_limits_and_last_use_and_no_secret(town: Town) -> None:
    shown = made(name="Ärendesystem")["token"]
    ask(shown)
    said = io.StringIO()
    call_command("api_tokens", stdout=said)
    (row,) = [json.loads(line) for line in said.getvalue().splitlines()]
    assert (row["name"], row["scopes"], row["usable"]) == ("Ärendesystem", ["slots:read"], True)
    assert row["last_used"] is not None
    assert shown.split("_")[1] not in said.getvalue()
