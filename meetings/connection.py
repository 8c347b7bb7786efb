"""One socket: what the server knows of it, and its way out. Idle, it holds no task, no timer and no queue."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from identity.models import Municipality
from meetings.flow import Intake, Outgoing, Rising, TokenBucket
from meetings.protocol import Bye, ByeReason, CloseCode, Lobby, Phase, Ping, Role, ServerMessage, serialise
from meetings.services.acting import Caller

Send = Callable[[Any], Awaitable[None]]


class Connection:
    """A socket from accept to close. Used from one event loop only; `push` and `close` never wait."""

    __slots__ = (
        "__weakref__",
        "answering",
        "buckets",
        "caller",
        "closing",
        "drainer",
        "heard_at",
        "host",
        "intake",
        "last_lobby",
        "municipality",
        "opened_at",
        "outgoing",
        "person",
        "phase",
        "pid",
        "ping_at",
        "ping_round",
        "queue",
        "rising",
        "role",
        "send",
        "session_key",
        "shown",
        "token_hash",
    )

    def __init__(self, send: Send, *, municipality: Municipality, person: UUID, session_key: str) -> None:
        """A socket that was just accepted, of a live session; nothing else is known yet."""
        self.send, self.municipality, self.person, self.session_key = send, municipality, person, session_key
        self.phase, self.host = Phase.NEW, False
        self.role: Role | None = None
        self.caller: Caller | None = None
        self.pid, self.token_hash, self.shown = "", b"", 0
        self.last_lobby: Lobby | None = None
        self.closing = self.answering = False
        self.opened_at = self.heard_at = time.monotonic()
        self.ping_at, self.ping_round = self.opened_at, 0
        self.intake, self.outgoing, self.rising = Intake(), Outgoing(), Rising()
        self.buckets: dict[str, TokenBucket] | None = None
        self.queue: deque[str | CloseCode] | None = None
        self.drainer: asyncio.Task[None] | None = None

    def push(self, message: ServerMessage) -> None:
        """Send a message after those that wait already. A reader too slow for the queue is closed with 4408."""
        self.push_text(serialise(message))

    def push_text(self, text: str) -> None:
        """As `push`, of a frame that is built already."""
        if self.closing:
            return
        if not self.outgoing.add(len(text)):
            self.queue = None
            self.close(CloseCode.TOO_SLOW)
            return
        self._put(text)

    def ping(self, version: int) -> None:
        """Ask whether the other end is there, and say which version the meeting has."""
        self.ping_round += 1
        self.push(Ping(k=self.ping_round, v=version))

    def close(self, code: CloseCode, bye: ByeReason | None = None) -> None:
        """Say why, if that may be known, and close after what waits. Nothing more is read or sent."""
        if self.closing:
            return
        if bye is not None:
            self.push(Bye(why=bye))
        self.closing, self.phase = True, Phase.GONE
        self._put(code)

    def _put(self, item: str | CloseCode) -> None:
        if self.queue is None:
            self.queue = deque()
        self.queue.append(item)
        if self.drainer is None:
            self.drainer = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        """Send what waits, in order, then vanish. A broken socket ends it: its reader hears of that."""
        try:
            while self.queue:
                item = self.queue.popleft()
                if isinstance(item, str):
                    await self.send({"type": "websocket.send", "text": item})
                    self.outgoing.sent(len(item))
                else:
                    await self.send({"type": "websocket.close", "code": item.value})
        except Exception:  # noqa: BLE001 - every server has errors of its own for a socket that is gone
            self.closing = True
        finally:
            self.drainer = self.queue = None
