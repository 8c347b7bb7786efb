"""One clock for all sockets of a process: pings, late hellos, silence, rights, the sweep. No socket has a timer.

`start()` is called by the first socket (or by the server's lifespan), `stop()` by whoever ends the loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from django.db import DatabaseError

from identity.models import Municipality
from meetings.connection import Connection
from meetings.hub import hub
from meetings.protocol import HELLO_SECONDS, PING_SECONDS, SILENT_SECONDS, ByeReason, CloseCode, Phase
from meetings.services import presence
from meetings.threads import in_thread

log = logging.getLogger("motas.meetings")
BEAT_SECONDS: Final = 0.5
SWEEP_SECONDS: Final = 2.0
RIGHTS_SECONDS: Final = 4.0  # rights are to be asked at least every 5 s, the asking included

_task: asyncio.Task[None] | None = None
_turn = 0


async def start() -> None:
    """Start the clock and the ear in the channel layer, unless they run already."""
    global _task
    if _task is None or _task.done():
        hub.loop = asyncio.get_running_loop()
        _task = hub.loop.create_task(_run())
        await hub.exchange.start()


async def stop_clock() -> None:
    """Stop the clock alone."""
    global _task
    if _task is not None:
        _task.cancel()
        await asyncio.gather(_task, return_exceptions=True)
        _task = None


async def stop() -> None:
    """Stop the clock and the ear, and forget every socket: the loop is about to end."""
    await stop_clock()
    await hub.exchange.stop()
    hub.clear()


async def _run() -> None:
    due = {sweep: SWEEP_SECONDS, check_rights: RIGHTS_SECONDS}
    last = dict.fromkeys(due, time.monotonic())
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        now = time.monotonic()
        beat(now)
        for work, seconds in due.items():
            if now - last[work] >= seconds:
                last[work] = now
                await _safely(work)


async def _safely(work: object) -> None:
    """A database that is away for a while stops no clock."""
    try:
        await work()  # type: ignore[operator]
    except DatabaseError as error:
        log.warning("meetings clock: %s", type(error).__name__)


def beat(now: float) -> None:
    """Pings that are due, hellos that are late, sockets that are silent. `now` is monotonic seconds."""
    for connection in tuple(hub.connections):
        if connection.closing:
            continue
        late = connection.phase is Phase.NEW and now - connection.opened_at >= HELLO_SECONDS
        if late or now - connection.heard_at >= SILENT_SECONDS:
            connection.close(CloseCode.TOO_SLOW)
        elif now - connection.ping_at >= PING_SECONDS:
            connection.ping_at = now
            connection.ping(hub.version_of(connection))


async def check_rights() -> None:
    """Ask for every socket whether its session and its right still are, and whether its meeting has moved on."""
    for municipality, connections in hub.callers().items():
        by_caller = {one.caller: one for one in connections if one.caller is not None}
        found = await in_thread(presence.check, municipality=municipality, callers=tuple(by_caller))
        for caller in found.out:
            await _out(by_caller[caller])
        for meeting, version in found.versions.items():
            hub.ring(municipality, meeting, version)


async def _out(connection: Connection) -> None:
    connection.close(CloseCode.REMOVED, ByeReason.SIGNED_OUT)
    if connection.caller is not None:
        current = await in_thread(presence.signed_out, by=connection.caller)
        if current is not None:
            hub.publish(current)


async def sweep() -> None:
    """Sweep the municipalities with sockets here, and one other in turn: it may have lost its last process."""
    global _turn
    every = await in_thread(_municipalities)
    _turn += 1
    for municipality in {*hub.callers(), every[_turn % len(every)]} if every else ():
        for current in await in_thread(presence.sweep, municipality=municipality):
            hub.publish(current)


def _municipalities() -> list[int]:
    return list(Municipality.objects.order_by("id").values_list("id", flat=True))
