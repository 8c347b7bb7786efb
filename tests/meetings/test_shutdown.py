"""A restart is our own word, never a client's."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from meetings import shutdown
from meetings.hub import hub
from tests.meetings.sockets import Gate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served() -> Iterator[list[int]]:
    """Signals that reached the web server, which a test has hung in."""
    got: list[int] = []

    def server(number: int, _frame: FrameType | None) -> None:
        got.append(number)

    before = {number: signal.signal(number, server) for number in shutdown.SIGNALS}
    yield got
    for number, handler in before.items():
        signal.signal(number, handler)


async def test_a_client_that_says_restart_is_lost_like_any_other(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    await bo.socket.close(code=1012)
    await anna.next("state", where=lambda frame: any(one["link"] == "reconnecting" for one in frame["roster"]))


async def test_the_signal_that_stops_the_server_tells_everybody_and_loses_nobody(gate: Gate, served: list[int]) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    shutdown.watch()
    signal.raise_signal(signal.SIGTERM)
    assert {await anna.closed(), await bo.closed()} == {1012}
    assert bo.frames[-1] == {"t": "bye", "why": "restarting"}
    assert served == [signal.SIGTERM]
    assert hub.stopping
    assert (await gate.row("bo")).lost_at is None


def test_the_signal_is_listened_to_once(served: list[int]) -> None:
    shutdown.watch()
    shutdown.watch()
    signal.raise_signal(signal.SIGTERM)
    assert served == [signal.SIGTERM]
