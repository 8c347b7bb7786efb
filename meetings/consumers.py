"""The meeting's socket: accept, read frames, notice the end. What a frame means is decided in `conversation`.

An ASGI application rather than a Channels consumer: those hold two tasks and a queue for each socket, and send every
event through a database thread. This one holds a coroutine that waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.db import DatabaseError

from meetings import handshake, ticker
from meetings.connection import Connection
from meetings.conversation import handle
from meetings.handshake import Visitor
from meetings.hub import hub
from meetings.protocol import SUBPROTOCOL, CloseCode
from meetings.services import presence
from meetings.threads import in_thread

log = logging.getLogger("motas.meetings")
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
NEW_PER_PERSON = 2


async def meeting_consumer(scope: Event, receive: Receive, send: Send) -> None:
    """One socket, from the handshake to the end."""
    await receive()
    visitor = await _visitor(scope)
    if visitor is None or hub.stopping or hub.new_of(visitor.person) >= NEW_PER_PERSON:
        await send({"type": "websocket.close"})
        return
    await ticker.start()
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
    connection = _connected(visitor, send)
    try:
        await _listen(connection, receive)
    finally:
        connection.closing = True
        hub.connections.discard(connection)
    with contextlib.suppress(asyncio.CancelledError):  # the server stops: the sweep notices what is left unsaid
        await _gone(connection)


async def _visitor(scope: Event) -> Visitor | None:
    """Who opens the socket; nobody while the database cannot tell."""
    try:
        return await in_thread(handshake.visitor, scope)
    except DatabaseError as error:
        log.error("handshake: %s", type(error).__name__)
        return None


def _connected(visitor: Visitor, send: Send) -> Connection:
    connection = Connection(
        send, municipality=visitor.municipality, person=visitor.person, session_key=visitor.session_key
    )
    hub.connections.add(connection)
    return connection


async def _listen(connection: Connection, receive: Receive) -> None:
    """Handle frames in order until the socket is gone. The close code that a client sends is not believed."""
    while (event := await receive())["type"] != "websocket.disconnect":
        if not connection.closing:
            text = event.get("text")
            await _handled(connection, text if text is not None else event["bytes"])


async def _handled(connection: Connection, frame: str | bytes) -> None:
    """Handle one frame; a defect of ours ends this socket, with nothing in the log but its kind."""
    connection.answering = True
    try:
        await handle(connection, frame)
    except Exception as error:  # noqa: BLE001 - a traceback may hold ids, and the client may come back
        log.error("frame: %s", type(error).__name__)
        connection.close(CloseCode.RESTARTING)
    finally:
        connection.answering, connection.heard_at = False, time.monotonic()


async def _gone(connection: Connection) -> None:
    """Say to the others that this one reconnects. When we restart nobody is told: everybody is back in a second."""
    try:
        was_current = await hub.leave(connection)
        if connection.caller is None or hub.stopping or not was_current:
            return
        current = await in_thread(presence.lost, by=connection.caller, token=connection.token_hash)
        if current is not None:
            hub.publish(current)
    except Exception as error:  # noqa: BLE001 - the sweep notices what is left unsaid; a traceback may hold ids
        log.error("socket gone: %s", type(error).__name__)
