"""Resident memory of one idle socket: a guest in the lobby of the running trial, beside bare `websockets`.

Goal: at most 45 KiB, and at most 3.5 times the bare one.
"""

from __future__ import annotations

import asyncio
import gc
import sys

import websockets

from tests.benchmarks.crowd import bare_connect, bare_server, connect, meetings, stay
from tests.benchmarks.trial import Trial, resident_kib, running

GOAL_KIB = 45
WARM, COUNTED = 280, 560  # sockets; the first ones pay for what every process has once, and fill freed memory
_BATCH_MEETINGS = 10
_GUESTS = 7


async def _lobby(trial: Trial, sockets: int) -> float:
    """KiB for each guest in the lobby, after the first `WARM`."""
    held: list[websockets.ClientConnection] = []
    staying: list[asyncio.Task[None]] = []
    before = 0.0
    while len(held) < WARM + sockets:
        rows = await asyncio.to_thread(meetings, number=_BATCH_MEETINGS, participants=_GUESTS + 1)
        for one in (one for members in rows for one in members[1:]):
            held.append(await connect(trial, one))
            staying.append(asyncio.create_task(stay(held[-1])))
        if not before and len(held) >= WARM:
            await asyncio.sleep(6)
            before, counted_from = resident_kib(trial.pid), len(held)
    await asyncio.sleep(12)  # a whole round of pings, with their answers
    alive = sum(not task.done() for task in staying)
    if alive < len(held):
        raise RuntimeError(f"only {alive} of {len(held)} sockets are still open")
    each = (resident_kib(trial.pid) - before) / (len(held) - counted_from)
    await asyncio.gather(*(one.close() for one in held))
    return each


async def _bare(sockets: int) -> float:
    with bare_server() as (pid, port):
        held = [await bare_connect(port, f"warm{n}") for n in range(WARM)]
        before = resident_kib(pid)
        held += [await bare_connect(port, f"{n}") for n in range(sockets)]
        each = (resident_kib(pid) - before) / sockets
        await asyncio.gather(*(one.close() for one in held))
    return each


def main(sockets: int = COUNTED) -> None:
    """Print both figures and their ratio."""
    trial = running()
    gc.collect()
    bare = asyncio.run(_bare(sockets))
    ours = asyncio.run(_lobby(trial, sockets))
    print(f"idle socket in the lobby: {ours:.1f} KiB (goal {GOAL_KIB}); bare: {bare:.1f} KiB; ratio {ours / bare:.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
