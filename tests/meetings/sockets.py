"""A real uvicorn with the real application, and people who talk the protocol to it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
import websockets
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from identity import scope
from meetings.demo import Demo
from meetings.models import Participant
from meetings.protocol import SUBPROTOCOL
from tests.town import Town

PATIENCE = 20.0
Frame = dict[str, Any]


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """The whole application on a free port of 127.0.0.1, in this event loop, as the trial runs it."""
    from config.asgi import application

    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application,
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await running


@dataclass
class Peer:
    """One socket, and every frame that came over it."""

    socket: websockets.ClientConnection
    frames: list[Frame] = field(default_factory=list)
    sent: int = 0

    async def give(self, t: str, **fields: object) -> int:
        """Send a command; its number."""
        self.sent += 1
        await self.socket.send(json.dumps({"t": t, "id": self.sent, **fields}))
        return self.sent

    async def relay(self, t: str, **fields: object) -> None:
        """Send a pair message."""
        await self.socket.send(json.dumps({"t": t, **fields}))

    async def next(self, *kinds: str, where: Callable[[Frame], bool] = lambda _: True) -> Frame:
        """The next frame of one of these kinds."""
        while True:
            frame: Frame = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            self.frames.append(frame)
            if frame["t"] in kinds and where(frame):
                return frame

    async def answer(self, t: str, **fields: object) -> Frame:
        """Give a command and wait for its `ok` or `error`."""
        number = await self.give(t, **fields)
        return await self.next("ok", "error", where=lambda frame: frame.get("re") == number)

    async def closed(self) -> int:
        """The close code, once the server has closed; frames until then are kept."""
        try:
            while True:
                self.frames.append(json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE)))
        except websockets.ConnectionClosed:
            assert self.socket.close_code is not None
            return self.socket.close_code

    def kinds(self) -> set[str]:
        """Which kinds of frames have come."""
        return {frame["t"] for frame in self.frames}


class Gate:
    """The ways into the meeting that is held now."""

    def __init__(self, port: int, held: Demo, town: Town, browser_as: Callable[[str], Client]) -> None:
        self.port, self.held, self.town = port, held, town
        self._browser_as = browser_as
        self.browsers: dict[str, Client] = {}
        self._open: list[websockets.ClientConnection] = []

    @property
    def origin(self) -> str:
        """The site's own origin."""
        return f"http://localhost:{self.port}"

    async def browser(self, name: str) -> Client:
        """One of the cast, signed in."""
        if name not in self.browsers:
            self.browsers[name] = await sync_to_async(self._browser_as)(name)
        return self.browsers[name]

    async def cookie(self, name: str) -> str:
        """The session's cookie of one of the cast."""
        browser = await self.browser(name)
        return browser.cookies[settings.SESSION_COOKIE_NAME].value

    async def ticket(self, name: str, *, takeover: bool = False) -> str:
        """A ticket, by the page's own request."""
        browser = await self.browser(name)
        body, path = json.dumps({"takeover": takeover}), f"/moten/{self.held.meeting}/ticket/"
        answer = await sync_to_async(browser.post)(path, body, content_type="application/json", secure=True)
        assert answer.status_code == 200, answer.content
        return str(answer.json()["ticket"])

    async def connect(self, cookie: str, *, origin: str | None = "", subprotocol: str = SUBPROTOCOL) -> Peer:
        """A socket with this session; nothing is said yet."""
        opened = await websockets.connect(
            f"ws://localhost:{self.port}/ws/meeting",
            origin=self.origin if origin == "" else origin,  # type: ignore[arg-type]
            subprotocols=[subprotocol],  # type: ignore[list-item]
            additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"},
            compression=None,
            ping_interval=None,
            max_queue=None,
            proxy=None,
        )
        self._open.append(opened)
        return Peer(opened)

    async def knock(self, name: str, *, takeover: bool = False) -> Peer:
        """Come as one of the cast: socket, ticket, hello, welcome."""
        peer = await self.connect(await self.cookie(name))
        await peer.give("hello", ticket=await self.ticket(name, takeover=takeover))
        await peer.next("welcome")
        return peer

    async def pid(self, name: str) -> str:
        """The participant that one of the cast is."""
        return str((await self.row(name)).id)

    async def row(self, name: str) -> Participant:
        """The participant's row as it stands."""

        def read() -> Participant:
            with scope.transaction(self.town.municipality.id):
                found: Participant = Participant.objects.select_related("meeting__booking").get(
                    meeting=self.held.meeting, party__person=self.town.persons[name]
                )
                return found

        return await sync_to_async(read)()

    async def host(self) -> Peer:
        """Anna, inside."""
        peer = await self.knock(self.held.host)
        await peer.next("state")
        return peer

    async def inside(self, host: Peer, name: str = "bo") -> Peer:
        """A guest, let in by the host."""
        guest = await self.knock(name)
        await guest.next("lobby")
        assert (await host.answer("admit", who=await self.pid(name)))["t"] == "ok"
        await guest.next("state")
        return guest

    async def close(self) -> None:
        """Hang up everywhere."""
        await asyncio.gather(*(one.close() for one in self._open), return_exceptions=True)
