"""Fixtures of booking's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from booking.models import MeetingType
from identity import scope
from identity.actors import Actor
from tests.booking.desk import Desk
from tests.booking.pages import Path
from tests.town import Town


@pytest.fixture
def kod(town: Town) -> str:
    """The code of the first unit's meeting type, as addresses have it."""
    with scope.transaction(town.municipality.id):
        return MeetingType.objects.get(id=town.types["fardtjanst"]).code


@pytest.fixture
def path_of(browser_as: Callable[[str], Client], kod: str) -> Callable[[str], Path]:
    """A path of somebody of the cast, or of nobody signed in (empty name)."""
    return lambda key: Path(browser_as(key), kod)


@pytest.fixture
def desk(town: Town, as_actor: Callable[[str], Actor]) -> Desk:
    """Where residents are met, booked for and missed."""
    return Desk(town, as_actor)
