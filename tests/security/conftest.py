"""The world that the matrix asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from identity.models import Municipality
from tests.security.world import World, build


@pytest.fixture
def world(municipality: Municipality, municipality_at: Callable[[str], Municipality]) -> World:
    """The home municipality at testserver, and four more."""
    return build([municipality, *(municipality_at(f"grann{number}") for number in range(1, 5))])
