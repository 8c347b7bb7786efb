"""The matrix sees what it is there for: a rule that is gone, one that is too wide, a name, a telling query."""

from __future__ import annotations

from typing import Any

import pytest

from booking import access
from booking.models import Booking
from identity import policies
from tests.security import matrix
from tests.security.expected import PLAIN, THINGS, Thing
from tests.security.expected_of_staff import BOOKINGS
from tests.security.world import World

pytestmark = pytest.mark.django_db(databases=["default", "log_reader", "log_writer"])
FEW = ["anonymous", "resident", "other_resident", "officer", "colleague"]


def rows(*names: str) -> list[Thing]:
    """The expected rows of some pages."""
    return [row for row in (*THINGS, *BOOKINGS) if row.name in names]


def test_nothing_is_wrong_as_it_stands(world: World) -> None:
    assert matrix.things(world, rows("booking:cancel", "booking:officer_booking"), FEW).wrong == []


def test_a_rule_that_is_taken_out_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [row for row in policies.TABLE if (row.action, row.relation) != ("booking.answer", "own_resident")]
    monkeypatch.setattr(policies, "TABLE", tuple(kept))
    wrong = matrix.things(world, rows("booking:cancel"), FEW).wrong
    assert "booking:cancel GET as resident home: nothing (404), not shown" in wrong


def test_a_rule_that_is_too_wide_is_a_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(policies.RELATIONS, "own_officer", lambda actor, facts: actor.is_staff)
    wrong = matrix.things(world, rows("booking:officer_booking"), FEW).wrong
    assert "booking:officer_booking GET as colleague home: leaks resident" in wrong
    assert [line for line in wrong if "as colleague home: differs from missing in status, body" in line]


def test_a_query_that_only_a_strangers_thing_costs_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    look = access.look

    def hasty(actor: Any, booking: Any) -> Any:  # noqa: ANN401 - as the one it stands for
        return look(actor, booking) if Booking.objects.filter(id=booking).exists() else (None, policies.Facts(0))

    monkeypatch.setattr(access, "look", hasty)
    wrong = matrix.things(world, rows("booking:cancel"), FEW).wrong
    assert [line for line in wrong if "as other_resident home: differs from missing in statements" in line]


def test_a_page_for_somebody_it_is_not_for_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.actors.Actor.is_staff", property(lambda actor: actor.signed_in))
    mine = [row for row in PLAIN if row.name == "booking:today"]
    assert matrix.plain(world, mine, ["resident"]).wrong == ["booking:today GET as resident: shown (200), not sign in"]
