"""The meeting's socket: accept, read frames, notice the end. What a frame means is decided in `conversation`.

An ASGI application rather than a Channels consumer: those hold two tasks and a queue for each socket, and send every
event through a database thread. This one holds a coroutine that waits.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from meetings import handshake, ticker
from meetings.connection import Connection
from meetings.conversation import handle
from meetings.handshake import Visitor
from meetings.hub import hub
from meetings.protocol import SUBPROTOCOL, CloseCode
from meetings.services import presence
from meetings.threads import in_thread

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
NEW_PER_PERSON = 2


async def meeting_consumer(scope: Event, receive: Receive, send: Send) -> None:
    """One socket, from the handshake to the end."""
    await receive()
    visitor = await in_thread(handshake.visitor, scope)
    if visitor is None or hub.new_of(visitor.person) >= NEW_PER_PERSON:
        await send({"type": "websocket.close"})
        return
    await ticker.start()
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
    connection = _connected(visitor, send)
    code = 0
    try:
        code = await _listen(connection, receive)
    finally:
        connection.closing = True
        hub.connections.discard(connection)
    with contextlib.suppress(asyncio.CancelledError):  # the server stops: the sweep notices what is left unsaid
        await _gone(connection, code)


def _connected(visitor: Visitor, send: Send) -> Connection:
    connection = Connection(
        send, municipality=visitor.municipality, person=visitor.person, session_key=visitor.session_key
    )
    hub.connections.add(connection)
    return connection


async def _listen(connection: Connection, receive: Receive) -> int:
    """Handle frames in order until the socket is gone; its close code."""
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return int(event.get("code") or 0)
        if not connection.closing:
            text = event.get("text")
            await handle(connection, text if text is not None else event["bytes"])


async def _gone(connection: Connection, code: int) -> None:
    """Say to the others that this one reconnects. At a restart nobody is told: everybody is back in a second."""
    was_current = await hub.leave(connection)
    if connection.caller is None or code == CloseCode.RESTARTING or not was_current:
        return
    current = await in_thread(presence.lost, by=connection.caller)
    if current is not None:
        hub.publish(current)
