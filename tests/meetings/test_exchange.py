"""Two processes over a real Redis: a change made in one is shown in the other, and pair messages cross over."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from pytest_django import Settings

from meetings.connection import Connection
from meetings.hub import Hub, hub
from meetings.protocol import Admit, Phase, Restart
from meetings.services import door
from meetings.services.entrance import Entered
from tests.meetings.people import Party

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10.0


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the test's own; its address."""
    binary = shutil.which("redis-server")
    assert binary, "Debian's redis-server is needed (scripts/debian-packages)"
    folder: Path = tmp_path_factory.mktemp("redis")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _answering(port)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


def _answering(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("redis did not start")


@pytest.fixture
def layer(redis: str, settings: Settings) -> Iterator[None]:
    """The production's channel layer."""
    before = dict(channel_layers.backends)
    channel_layers.backends.clear()
    layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [redis]}}
    settings.CHANNEL_LAYERS = {"default": layer}
    yield
    channel_layers.backends.clear()
    channel_layers.backends.update(before)


class Socket:
    """A connection of a process that exists only in this test, and what was sent over it."""

    def __init__(self, party: Party, entered: Entered) -> None:
        self.sent: asyncio.Queue[str] = asyncio.Queue()
        caller = entered.caller
        self.connection = Connection(
            self._send,
            municipality=party.town.municipality,
            person=entered.snapshot.people[str(caller.participant)].person,
            session_key=caller.session_key,
        )
        self.connection.caller, self.connection.token_hash = caller, entered.token_hash
        self.connection.pid = str(caller.participant)

    async def _send(self, event: dict[str, str]) -> None:
        self.sent.put_nowait(event.get("text", ""))

    async def next(self, kind: str) -> str:
        """The next frame of this kind."""
        while True:
            text = await asyncio.wait_for(self.sent.get(), PATIENCE)
            if f'"t":"{kind}"' in text:
                return text


async def process() -> Hub:
    """One web process: its sockets, and its ear in the layer."""
    made = Hub()
    made.loop = asyncio.get_running_loop()
    await made.exchange.start()
    return made


async def test_a_meeting_is_held_across_two_processes(party: Party, layer: None) -> None:
    here, there = await process(), await process()
    entered = {name: await sync_to_async(lambda who=name: party.enter(party.actor(who)))() for name in ("anna", "bo")}
    anna, bo = Socket(party, entered["anna"]), Socket(party, entered["bo"])
    for web, one, name in ((here, anna, "anna"), (there, bo, "bo")):
        await web.enter(one.connection, entered[name].snapshot)
        web.publish(entered[name].snapshot)
    await bo.next("lobby")
    changed = await sync_to_async(door.admit)(by=entered["anna"].caller, message=Admit(id=1, who=bo.connection.pid))
    here.publish(changed)
    assert '"role":"officer"' in await bo.next("state")
    assert bo.connection.phase is Phase.INSIDE
    for n in range(1, 31):
        here.relay(anna.connection, Restart(to=bo.connection.pid, to_gen=1, n=n, pc=1, rebuild=False))
    got = [await bo.next("restart") for _ in range(30)]
    assert [f'"n":{n},' in text for n, text in enumerate(got, 1)] == [True] * 30
    for web in (here, there):
        await web.exchange.stop()
    assert not hub.connections


async def test_the_layer_keeps_an_idle_process_listening(party: Party, layer: None) -> None:
    """The core layer of channels_redis drops idle sockets after five seconds; this one must not."""
    web = await process()
    entered = await sync_to_async(lambda: party.enter(party.actor("anna")))()
    anna = Socket(party, entered)
    await web.enter(anna.connection, entered.snapshot)
    web.publish(entered.snapshot)
    await anna.next("state")
    await asyncio.sleep(6)
    other = await process()
    guest = await sync_to_async(lambda: party.enter(party.actor("bo")))()
    other.publish(guest.snapshot)
    assert '"waiting":[{' in await anna.next("state")
    for one in (web, other):
        await one.exchange.stop()
