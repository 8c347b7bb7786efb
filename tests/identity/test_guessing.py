"""The attack of `make guessing`, small: guessing is capped, and right people come in all the while, also next door."""

from __future__ import annotations

import pytest

from identity.models import Municipality
from tests.programs import doors, guessing
from tests.town import Town, build

# Doors where nothing can be guessed, at which whole offices stand behind one address.
WIDE = ("feed", "passkey", "bankid", "oidc")


@pytest.mark.parametrize("name", guessing.NAMES)
def test_one_address_is_stopped_and_the_right_people_are_not(town: Town, neighbour: Municipality, name: str) -> None:
    outcome = guessing.attack(town, build(neighbour), name, 160 if name in WIDE else 60, spread=1)
    assert outcome.right_people, outcome.came
    assert set(outcome.ends) <= {*outcome.door.judged, guessing.LIMITED}
    most = outcome.door.alone + outcome.door.alone_a_second * outcome.seconds + 1
    assert outcome.door.alone // 2 - 1 <= outcome.judged <= most
    assert outcome.ends[guessing.LIMITED] > 0


@pytest.mark.parametrize("name", ["invitation", "token"])
def test_a_whole_network_is_stopped_and_the_right_people_are_not(
    town: Town, neighbour: Municipality, name: str
) -> None:
    outcome = guessing.attack(town, build(neighbour), name, 240)
    assert outcome.sound
    assert outcome.ends[guessing.LIMITED] == 240 - outcome.judged


def test_every_door_has_its_name() -> None:
    assert set(doors.DOORS) == set(guessing.NAMES)
