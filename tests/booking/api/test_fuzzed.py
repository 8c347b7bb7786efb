"""Requests made from the document, valid and spoilt: answered as the document says, and nothing is unhandled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.programs import fuzz_api
from tests.town import Town


@pytest.mark.django_db
def test_three_hundred_requests_are_answered_as_the_document_says(
    town: Town, record_property: Callable[[str, object], None]
) -> None:
    cases, shown = fuzz_api.prepared(town.municipality)
    outcome = fuzz_api.run(cases, shown, number=300, seed=7)
    record_property("asked", f"{outcome.cases} requests to {len(outcome.addresses)} operations")
    assert not outcome.unhandled, outcome.examples
    assert len(outcome.addresses) == len(cases.operations)
    assert {200, 201, 204, 400, 404} <= outcome.statuses.keys()


@pytest.mark.django_db
def test_a_name_that_is_half_a_character_can_be_pointed_at(town: Town) -> None:
    from tests.booking.api.asking import pointed, system, wanted

    answer = system(town).post("/bookings", wanted(town) | {chr(0xD800): 1})
    assert ("#/?", "unknown") in pointed(answer)
