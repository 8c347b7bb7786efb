"""Statements that a connection keeps prepared: once each, over a rollback, within the walls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import override_settings

from identity import prepared, scope
from identity.models import Municipality, Person

pytestmark = pytest.mark.django_db
_TYPES = {"first": "int", "second": "int"}
_SUM = "SELECT %(second)s - %(first)s, %(first)s"


def _kept(name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE %s ORDER BY name", [f"{name}_%"])
        return [found for (found,) in cursor.fetchall()]


@pytest.fixture(params=[True, False], ids=["prepared", "whole"])
def _sent(request: pytest.FixtureRequest) -> Iterator[None]:
    with override_settings(PREPARED_STATEMENTS=request.param):
        yield


@pytest.mark.usefixtures("_sent")
def test_a_value_may_stand_twice_and_in_any_order() -> None:
    assert prepared.fetch("difference", _SUM, _TYPES, {"first": 2, "second": 7, "third": "is not asked for"}) == [
        (5, 2)
    ]


def test_it_is_planned_once_and_outlives_a_rollback() -> None:
    for _ in range(2):
        with transaction.atomic():
            prepared.fetch("once", _SUM, _TYPES, {"first": 1, "second": 1})
            transaction.set_rollback(True)
    assert len(_kept("once")) == 1


def test_another_text_has_another_name() -> None:
    for sql in (_SUM, f"{_SUM}, 1"):
        prepared.fetch("twin", sql, _TYPES, {"first": 1, "second": 1})
    assert len(_kept("twin")) == 2


@pytest.mark.usefixtures("_sent")
def test_what_cannot_be_planned_is_an_error_of_the_database() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        prepared.fetch("wrong", "SELECT nothing FROM nowhere", {}, {})


def test_a_kept_plan_sees_the_rows_of_whoever_runs_it_now(municipality: Municipality, neighbour: Municipality) -> None:
    seen: list[list[tuple[Any, ...]]] = []
    for where in (municipality, neighbour, municipality):
        with scope.transaction(where.id):
            if where == municipality and not seen:
                Person.objects.create(name="Invånare")
            seen.append(prepared.fetch("people", "SELECT count(*) FROM identity_person", {}, {}))
    assert seen == [[(1,)], [(0,)], [(1,)]]
