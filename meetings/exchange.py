"""News between processes, over the channel layer: doorbells and pair messages for somebody in another process.

A layer is at most once and forgets: it is a doorbell only. What it loses is found by the look every five seconds, and
pair messages are repaired by the two clients. One channel and one task serve the whole process, not each socket.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

log = logging.getLogger("motas.meetings")
News = Mapping[str, Any]


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
        self._channel: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, if there is a layer to listen to."""
        layer = shared_layer()
        if layer is not None and self._task is None:
            self._channel = await layer.new_channel()
            self._task = asyncio.get_running_loop().create_task(self._listen(layer))

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = self._channel = None

    async def join(self, group: str) -> None:
        """Be told what is sent to `group`."""
        if self._channel is not None:
            await shared_layer().group_add(group, self._channel)

    async def quit(self, group: str) -> None:
        """Be told no more."""
        if self._channel is not None:
            await shared_layer().group_discard(group, self._channel)

    def send(self, group: str, news: dict[str, Any]) -> None:
        """Send without waiting. A layer that is down is logged, and repaired by the look every five seconds."""
        if self._channel is not None:
            task = asyncio.get_running_loop().create_task(self._send(group, news))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, group: str, news: dict[str, Any]) -> None:
        try:
            await shared_layer().group_send(group, {**news, "process": self._process})
        except (OSError, ConnectionError, RuntimeError) as error:
            log.warning("channel layer: %s", type(error).__name__)

    async def _listen(self, layer: Any) -> None:  # noqa: ANN401 - a channel layer has no common type
        while True:
            news = await layer.receive(self._channel)
            if news.get("process") != self._process:
                self._heard(news)


def ring_others(municipality: int, meeting: UUID, version: int) -> None:
    """Ring the other processes' doorbells from synchronous code."""
    layer = shared_layer()
    if layer is not None:
        try:
            async_to_sync(layer.group_send)(meeting_group(meeting), doorbell(municipality, meeting, version))
        except (OSError, ConnectionError, RuntimeError) as error:
            log.warning("channel layer: %s", type(error).__name__)
