"""The attack of `make guessing`, small: guessing is capped, and the right person still comes in."""

from __future__ import annotations

import pytest

from tests.programs import guessing
from tests.town import Town

ONE_ADDRESS = 30


@pytest.mark.parametrize("door", guessing.DOORS)
def test_one_address_is_stopped_and_the_right_person_is_not(town: Town, door: str) -> None:
    outcome = guessing.attack(town, door, 60, spread=1)
    assert outcome.right_person
    assert set(outcome.ends) <= {403, 422, 429}
    assert ONE_ADDRESS - 1 <= outcome.judged <= ONE_ADDRESS + outcome.seconds / 6 + 1


def test_a_whole_network_is_stopped_and_the_right_person_is_not(town: Town) -> None:
    outcome = guessing.attack(town, "invitation", 200)
    assert outcome.sound
    assert outcome.ends[429] == 200 - outcome.judged
