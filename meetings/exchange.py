"""News between processes, over the channel layer: doorbells and pair messages for somebody in another process.

A layer is at most once and forgets: it is a doorbell only. What it loses is found by the look every five seconds, and
pair messages are repaired by the two clients. One channel and one task serve the whole process, not each socket.

The layer may be away for a while: nothing here raises for that. What should be listened to is remembered, and `start`,
which the clock calls again and again, takes up what is missing. An ear may go deaf though its connection looks whole
(subscriptions lost in a reconnection): the process therefore calls itself, and starts anew when it does not hear that.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from redis.exceptions import RedisError

log = logging.getLogger("motas.meetings")
News = Mapping[str, Any]
T = TypeVar("T")

# What a layer that is away raises. Redis's own errors are no OSError; RuntimeError: its loop or channel is gone;
# AttributeError: redis-py's connection was torn down while a command was on its way into it (its writer is None).
AWAY: Final = (OSError, RuntimeError, RedisError, AttributeError)
ANSWER_SECONDS: Final = 2.0
EVERYBODY: Final = "everybody"  # the group that every process is in
DEAF_SECONDS: Final = 5.0


def shared_layer() -> Any:  # noqa: ANN401 - a channel layer has no common type
    """The layer that other processes listen to as well; None in a trial, where there are none."""
    layer = get_channel_layer()
    return None if isinstance(layer, InMemoryChannelLayer) else layer


def meeting_group(meeting: UUID) -> str:
    """The group of processes that hold a socket of this meeting."""
    return f"m.{meeting}"


def participant_group(pid: str) -> str:
    """The group of the process that holds this participant's socket."""
    return f"p.{pid}"


def doorbell(municipality: int, meeting: UUID, version: int) -> dict[str, Any]:
    """Something changed; who is concerned reads it from the database."""
    return {"type": "doorbell", "municipality": municipality, "meeting": str(meeting), "version": version}


class Exchange:
    """This process's ear in the layer. Without a shared layer every method does nothing."""

    def __init__(self, heard: Callable[[News], None]) -> None:
        """`heard` gets every message from another process."""
        self._heard = heard
        self._process = uuid.uuid4().hex
        self._own = f"e.{self._process}"
        self._channel: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[Any]] = set()
        self._starting = False
        self._heard_at = 0.0
        self._wanted: set[str] = set()
        self._joined: set[str] = set()

    async def start(self) -> None:
        """Listen, if there is a layer to listen to, to all that is wanted: also what failed before. Never raises."""
        layer = shared_layer()
        if layer is None or self._starting:
            return
        self._starting = True
        try:
            await self._start(layer)
        finally:
            self._starting = False

    async def _start(self, layer: Any) -> None:  # noqa: ANN401 - a channel layer has no common type
        if self._task is not None and time.monotonic() - self._heard_at > DEAF_SECONDS:
            await self._deaf(layer)
        if self._task is None or self._task.done():
            self._joined.clear()
            self._channel = await self._reached(layer.new_channel())
            if self._channel is None:
                return
            self._heard_at = time.monotonic()
            self._task = asyncio.get_running_loop().create_task(self._listen(layer, self._channel))
        for group in ({self._own, EVERYBODY} | self._wanted) - self._joined:
            if not await self._add(group):
                return
        self.send(self._own, {"type": "echo"})

    async def _deaf(self, layer: Any) -> None:  # noqa: ANN401 - a channel layer has no common type
        """Let the connection and everything subscribed over it go."""
        log.warning("channel layer: not heard, listening anew")
        await self._reached(layer.flush())
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=ANSWER_SECONDS)
        self._task = self._channel = None

    async def stop(self) -> None:
        """Stop listening, and forget to what."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = self._channel = None
        self._wanted.clear()
        self._joined.clear()

    async def join(self, group: str) -> None:
        """Be told what is sent to `group`; if the layer is away, as soon as it is back. Never raises."""
        self._wanted.add(group)
        await self._add(group)

    async def quit(self, group: str) -> None:
        """Be told no more. Never raises: what a layer that is away still sends is for nobody here."""
        self._wanted.discard(group)
        if group in self._joined and self._channel is not None:
            self._joined.discard(group)
            await self._reached(shared_layer().group_discard(group, self._channel))

    def send(self, group: str, news: dict[str, Any]) -> None:
        """Send without waiting. A layer that is down is logged, and repaired by the look every five seconds."""
        if self._channel is not None:
            message = {**news, "process": self._process}
            task = asyncio.get_running_loop().create_task(self._reached(shared_layer().group_send(group, message)))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _add(self, group: str) -> bool:
        channel = self._channel
        if channel is None or not await self._reached(_done(shared_layer().group_add(group, channel))):
            return False
        self._joined.add(group)
        if group not in self._wanted | {self._own, EVERYBODY}:  # it was quit while the layer answered
            await self.quit(group)
        return True

    async def _reached(self, call: Awaitable[T]) -> T | None:
        """What the layer answers; None when it is away or does not answer in time."""
        try:
            return await asyncio.wait_for(call, ANSWER_SECONDS)
        except AWAY as error:
            log.warning("channel layer: %s", type(error).__name__)
            return None

    async def _listen(self, layer: Any, channel: str) -> None:  # noqa: ANN401 - a channel layer has no common type
        while True:
            news = await layer.receive(channel)
            try:
                if news.get("process") != self._process:
                    self._heard(news)
                elif news["type"] == "echo":
                    self._heard_at = time.monotonic()
            except Exception as error:  # noqa: BLE001 - one strange message must not make the process deaf
                log.error("news not understood: %s", type(error).__name__)


async def _done(call: Awaitable[object]) -> bool:
    await call
    return True


def ring_others(municipality: int, meeting: UUID, version: int) -> None:
    """Ring the other processes' doorbells from synchronous code. Never raises: the act it tells of is committed."""
    _tell_others(meeting_group(meeting), doorbell(municipality, meeting, version))


def ask_others(municipality: int) -> None:
    """Let every process ask for the rights of its sockets in a municipality. As `ring_others`."""
    _tell_others(EVERYBODY, {"type": "rights", "municipality": municipality})


def _tell_others(group: str, news: News) -> None:
    layer = shared_layer()
    if layer is None:
        return
    try:
        async_to_sync(_rung)(layer, group, news)
    except AWAY as error:
        log.warning("channel layer: %s", type(error).__name__)


async def _rung(layer: Any, group: str, news: News) -> None:  # noqa: ANN401 - a channel layer has no common type
    await asyncio.wait_for(layer.group_send(group, news), ANSWER_SECONDS)
