"""One clock for all sockets of a process: pings, late hellos, silence, rights, the sweep. No socket has a timer.

Each kind of work has a task of its own, so that a slow database stops no ping, and no error stops the clock.
`start()` is called by the first socket (or by the server's lifespan), `stop()` by whoever ends the loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Final, ParamSpec, TypeVar

from identity.models import Municipality
from meetings import shutdown
from meetings.connection import Connection
from meetings.hub import hub
from meetings.protocol import HELLO_SECONDS, PING_SECONDS, SILENT_SECONDS, ByeReason, CloseCode, Phase
from meetings.services import presence
from meetings.threads import in_thread

log = logging.getLogger("motas.meetings")
BEAT_SECONDS: Final = 0.5
SWEEP_SECONDS: Final = 2.0
RIGHTS_SECONDS: Final = 4.0  # rights are to be asked at least every 5 s, the asking included

P = ParamSpec("P")
R = TypeVar("R")

_tasks: list[asyncio.Task[None]] = []
_turn = 0


async def start() -> None:
    """Start the clock and the ear in the channel layer, unless they run already."""
    if all(task.done() for task in _tasks):
        _tasks.clear()
        hub.loop, hub.doubt = asyncio.get_running_loop(), asyncio.Event()
        shutdown.watch()
        work = ((_beat, BEAT_SECONDS), (sweep, SWEEP_SECONDS), (check_rights, RIGHTS_SECONDS), (_listen, SWEEP_SECONDS))
        _tasks.extend(hub.loop.create_task(_every(seconds, one)) for one, seconds in work)
        _tasks.append(hub.loop.create_task(_hasten()))
        await hub.exchange.start()


async def stop_clock() -> None:
    """Stop the clock alone."""
    for task in _tasks:
        task.cancel()
    await asyncio.gather(*_tasks, return_exceptions=True)
    _tasks.clear()


async def stop() -> None:
    """Stop the clock and the ear, and forget every socket: the loop is about to end."""
    await stop_clock()
    await hub.exchange.stop()
    hub.clear()


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _safely(work)


async def _safely(work: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R | None:
    """Do one piece of work; None when it went wrong. The log names the kind of error only: a text may hold ids."""
    try:
        return await work(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the clock goes on: it is what takes rights away
        log.error("meetings clock: %s", type(error).__name__)
        return None


async def _beat() -> None:
    beat(time.monotonic())


async def _listen() -> None:
    """The ear again, where the channel layer was away."""
    await hub.exchange.start()


def beat(now: float) -> None:
    """Pings that are due, hellos that are late, sockets that are silent. `now` is monotonic seconds.

    Somebody whose command we are still carrying out is not silent: it is we who do not read on.
    """
    for connection in tuple(hub.connections):
        if connection.closing:
            continue
        late = connection.phase is Phase.NEW and now - connection.opened_at >= HELLO_SECONDS
        silent = now - connection.heard_at >= SILENT_SECONDS
        if (late or silent) and not connection.answering:
            connection.close(CloseCode.TOO_SLOW)
        elif now - connection.ping_at >= PING_SECONDS:
            connection.ping_at = now
            connection.ping(hub.version_of(connection))


async def _hasten() -> None:
    """Ask at once where rights have changed, not at the next turn; what is lost on the way, the next turn finds."""
    while True:
        await hub.doubt.wait()
        hub.doubt.clear()
        asked, hub.in_doubt = hub.in_doubt, set()
        await _safely(check_rights, asked)


async def check_rights(only: Collection[int] | None = None) -> None:
    """Ask for every socket whether its session and its right still are, and whether its meeting has moved on.

    `only`: municipalities; None means all.
    """
    for municipality, connections in hub.callers().items():
        if only is None or municipality in only:
            await _safely(_check, municipality, connections)


async def _check(municipality: int, connections: list[Connection]) -> None:
    by_caller = {one.caller: one for one in connections if one.caller is not None}
    tokens = {caller: one.token_hash for caller, one in by_caller.items()}
    found = await in_thread(presence.check, municipality=municipality, tokens=tokens)
    for caller in found.out:
        await _safely(_out, by_caller[caller])
    for caller in found.missed:
        await _safely(_here, by_caller[caller])
    for meeting, version in found.versions.items():
        hub.ring(municipality, meeting, version)


async def _out(connection: Connection) -> None:
    connection.close(CloseCode.REMOVED, ByeReason.SIGNED_OUT)
    if connection.caller is not None:
        current = await in_thread(presence.signed_out, by=connection.caller)
        if current is not None:
            hub.publish(current)


async def _here(connection: Connection) -> None:
    """Somebody was missed while this process could not say that their socket is here."""
    if connection.caller is not None and not connection.closing:
        current = await in_thread(presence.found, by=connection.caller, token=connection.token_hash)
        if current is not None:
            hub.publish(current)


async def sweep() -> None:
    """Sweep the municipalities with sockets here, and one other in turn: it may have lost its last process."""
    global _turn
    every = await in_thread(_municipalities)
    _turn += 1
    for municipality in {*hub.callers(), every[_turn % len(every)]} if every else ():
        for current in await _safely(in_thread, presence.sweep, municipality=municipality) or ():
            hub.publish(current)


def _municipalities() -> list[int]:
    return list(Municipality.objects.order_by("id").values_list("id", flat=True))
