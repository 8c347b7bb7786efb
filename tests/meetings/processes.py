"""Web processes that exist only in a test, each with its sockets and its ear, and the Redis between them."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from channels.layers import channel_layers

from meetings.connection import Connection
from meetings.hub import Hub
from meetings.services.entrance import Entered
from tests.meetings.people import Party

PATIENCE: Final = 20.0


class Redis:
    """A Redis server of the test's own, which can go away and come back."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("redis-server")
        assert found, "Debian's redis-server is needed (scripts/debian-packages)"
        self._binary, self._folder = found, folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Come, or come back to the same port."""
        listening = ["--port", str(self.port), "--bind", "127.0.0.1"]
        command = [self._binary, *listening, "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _answering(self.port)

    def stop(self) -> None:
        """Go away."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


def _answering(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("redis did not start")


@contextmanager
def no_layers_kept() -> Iterator[None]:
    """Channel layers are made anew inside, and those of before are back after it."""
    before = dict(channel_layers.backends)
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()
    channel_layers.backends.update(before)


def production_layer(url: str) -> dict[str, object]:
    """The setting of the production's channel layer."""
    return {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [url]}}}


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
