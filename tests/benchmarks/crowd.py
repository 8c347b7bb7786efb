"""Many people at meetings' sockets, and the bare servers that they are measured beside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import websockets

from tests.benchmarks.trial import Trial

BARE = """
import asyncio, sys, websockets
from websockets.asyncio.server import serve
peers = {}
async def relay(socket):
    name = await socket.recv()
    peers[name] = socket
    await socket.send("welcome")
    try:
        async for text in socket:
            to, _, body = text.partition(" ")
            if to in peers:
                await peers[to].send(body)
    except websockets.ConnectionClosed:
        pass
async def main():
    async with serve(relay, "127.0.0.1", 0, compression=None, max_size=65536) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()
asyncio.run(main())
"""


@contextmanager
def bare_server() -> Iterator[tuple[int, int]]:
    """A bare relay of the library `websockets` in a process of its own: its process id and port."""
    process = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.pid, int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


@dataclass
class Member:
    """Somebody who may come to a meeting: the session's cookie and a fresh ticket."""

    cookie: str
    ticket: str


@dataclass
class Meeting:
    """A meeting that starts now: its id, and the cast names of its people, host first."""

    id: UUID
    names: tuple[str, ...]


def demo_meetings(*, number: int, participants: int) -> list[Meeting]:
    """That many meetings that start now, in the trial that runs."""
    from identity.models import Municipality
    from meetings.demo import meeting_now

    here = Municipality.objects.get()
    made = [meeting_now(here, participants=participants) for _ in range(number)]
    return [Meeting(one.meeting, (one.host, *one.guests)) for one in made]


def meetings(*, number: int, participants: int) -> list[list[Member]]:
    """The same with a session and a ticket (30 seconds good) for each member."""
    from identity.models import Municipality

    here = Municipality.objects.get()
    made = demo_meetings(number=number, participants=participants)
    sessions = {name: _session(here, name) for one in made for name in one.names}
    return [
        [Member(sessions[name].session_key, _ticket(here, sessions[name], name, one.id)) for name in one.names]
        for one in made
    ]


def _session(municipality: Any, name: str) -> Any:  # noqa: ANN401 - Django is loaded late here
    """A living session of one of the cast."""
    from django.utils import timezone

    from identity import scope
    from identity.models import Person
    from identity.sessions import SessionStore

    with scope.transaction(municipality.id):
        person = Person.objects.get(cast_name=name)
    store = SessionStore()
    signed_in = {"provider": "trial", "level": "LOA3", "signed_in_at": timezone.now().isoformat()}
    store.update({"municipality": municipality.id, "person": str(person.id), "staff_allowed": True, **signed_in})
    store.save(must_create=True)
    return store


def _ticket(municipality: Any, session: Any, name: str, meeting: Any) -> str:  # noqa: ANN401
    """A ticket as the page gives it, without the limit for each person: one person is hundreds here."""
    from unittest.mock import patch

    from django.utils import timezone

    from identity import actors, scope
    from identity.models import Person
    from identity.sessions import row_key
    from meetings.services import entrance

    with scope.transaction(municipality.id):
        person = Person.objects.get(cast_name=name)
        actor = actors.of_person(
            person, provider="trial", level="LOA3", session_key=row_key(session.session_key), at=timezone.now()
        )
    with patch("identity.limits.take"):
        return entrance.mint_ticket(actor=actor, municipality=municipality, meeting=meeting)


async def connect(trial: Trial, member: Member) -> websockets.ClientConnection:
    """A socket that has said hello and been welcomed."""
    from meetings.protocol import SUBPROTOCOL

    opened = await websockets.connect(
        f"ws://localhost:{trial.port}/ws/meeting",
        origin=trial.origin,  # type: ignore[arg-type]
        subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
        additional_headers={"Cookie": f"__Host-motas={member.cookie}"},
        compression=None,
        ping_interval=None,
        proxy=None,
    )
    await opened.send(json.dumps({"t": "hello", "id": 1, "ticket": member.ticket}))
    await wait_for(opened, "welcome")
    return opened


async def stay(opened: websockets.ClientConnection) -> None:
    """Answer pings, as a page does, until the socket is closed."""
    number = 1
    with contextlib.suppress(websockets.ConnectionClosed):
        async for text in opened:
            frame = json.loads(text)
            if frame["t"] == "ping":
                number += 1
                await opened.send(json.dumps({"t": "pong", "id": number, "k": frame["k"]}))


async def wait_for(opened: websockets.ClientConnection, kind: str) -> dict[str, Any]:
    """The next frame of this kind."""
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(opened.recv(), 30))
        if frame["t"] == kind:
            return frame


async def bare_connect(port: int, name: str) -> websockets.ClientConnection:
    """A socket at the bare server, known there by its name."""
    opened = await websockets.connect(f"ws://127.0.0.1:{port}", compression=None, ping_interval=None, proxy=None)
    await opened.send(name)
    await opened.recv()
    return opened
