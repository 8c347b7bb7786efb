"""A meeting that starts now, in the invented town, and a real server to hold it at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client
from pytest_django import Settings

from meetings import ticker
from meetings.demo import Demo, meeting_now
from tests.meetings.people import Party
from tests.meetings.processes import Redis, no_layers_kept, production_layer
from tests.meetings.sockets import Gate, serving
from tests.town import Town


@pytest.fixture
def held(town: Town) -> Demo:
    """Anna (host), Bo (resident) and a companion are to meet by video now."""
    return meeting_now(town.municipality, participants=3)


@pytest.fixture
def party(held: Demo, town: Town) -> Party:
    """The meeting's people, who come without sockets."""
    return Party(town, held)


@pytest.fixture(scope="session", autouse=True)
def _place_for_static_files() -> None:
    """WhiteNoise warns of a missing folder when the application is made."""
    site.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture
async def gate(
    transactional_db: None, held: Demo, town: Town, browser_as: Callable[[str], Client]
) -> AsyncIterator[Gate]:
    """A running server with that meeting, and the ways in."""
    async with serving() as port:
        gate = Gate(port, held, town, browser_as)
        yield gate
        await gate.close()
        await ticker.stop()


@pytest.fixture(autouse=True)
def _nobody_stays() -> Iterator[None]:
    """No socket of one test is left to the next."""
    yield
    from meetings.hub import hub

    hub.clear()


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the tests' own; its address."""
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def layer(redis: str, settings: Settings) -> Iterator[None]:
    """The production's channel layer."""
    with no_layers_kept():
        settings.CHANNEL_LAYERS = production_layer(redis)
        yield


@pytest.fixture
def fragile(tmp_path: Path, settings: Settings) -> Iterator[Redis]:
    """The same, with a Redis that is away until the test starts it."""
    server = Redis(tmp_path)
    with no_layers_kept():
        settings.CHANNEL_LAYERS = production_layer(server.url)
        yield server
    server.stop()
