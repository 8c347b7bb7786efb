"""A pair message of 1.5 kB from one client to another through the running trial, beside a bare `websockets` relay.

Also how long it takes from `admit` to the guest's `state`. Goals: relay p99 at most 5 times the bare one, admit p99 at
most 100 ms. Both servers are driven the same way: pairs that send in turn, at the same rate, from one client process.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import websockets

from tests.benchmarks.crowd import bare_connect, bare_server, connect, meetings, wait_for
from tests.benchmarks.trial import Trial, running

PAIRS, RATE, SECONDS = 40, 200, 10
_SDP = "v=0\r\n" + "a" * 1_400
_TICKETS_AT_ONCE = 5

Send = Callable[[str], Awaitable[None]]


class Pair:
    """One sender and one receiver; `spent` holds the milliseconds of each message that arrived."""

    def __init__(self, sender: websockets.ClientConnection, receiver: websockets.ClientConnection, head: str) -> None:
        """`head`: what stands before the numbered rest in every frame."""
        self.sender, self.receiver, self.head = sender, receiver, head
        self.sent: dict[int, float] = {}
        self.spent: list[float] = []
        self.order: list[int] = []

    async def send(self, number: int) -> None:
        """Send message `number`."""
        self.sent[number] = time.perf_counter()
        await self.sender.send(f'{self.head}"n":{number},"pc":1,"kind":"offer","sdp":{json.dumps(_SDP)}}}')

    async def listen(self) -> None:
        """Note when each message arrives."""
        async for text in self.receiver:
            frame = json.loads(text)
            if frame.get("t") == "description":
                self.spent.append((time.perf_counter() - self.sent[frame["n"]]) * 1_000)
                self.order.append(frame["n"])


async def _ours(trial: Trial, pairs: int) -> tuple[list[Pair], list[float]]:
    """Pairs inside meetings of the trial, and the milliseconds from each `admit` to the guest's `state`."""
    made: list[Pair] = []
    admitted: list[float] = []
    while len(made) < pairs:
        for host, guest in await asyncio.to_thread(meetings, number=_TICKETS_AT_ONCE, participants=2):
            pair, spent = await _admitted(trial, host, guest)
            made.append(pair)
            admitted.append(spent)
    return made, admitted


async def _admitted(trial: Trial, host: object, guest: object) -> tuple[Pair, float]:
    inside = await connect(trial, host)  # type: ignore[arg-type]
    outside = await connect(trial, guest)  # type: ignore[arg-type]
    state = await wait_for(inside, "state")
    while not state["waiting"]:
        state = await wait_for(inside, "state")
    began = time.perf_counter()
    await inside.send(json.dumps({"t": "admit", "id": 2, "who": state["waiting"][0]["id"]}))
    state = await wait_for(outside, "state")
    spent = (time.perf_counter() - began) * 1_000
    to = next(one for one in state["roster"] if one["role"] == "resident")
    head = f'{{"t":"description","to":"{to["id"]}","to_gen":{to["gen"]},'
    return Pair(inside, outside, head), spent


async def _bare(port: int, pairs: int) -> list[Pair]:
    made = []
    for number in range(pairs):
        sender, receiver = await bare_connect(port, f"a{number}"), await bare_connect(port, f"b{number}")
        made.append(Pair(sender, receiver, f'b{number} {{"t":"description",'))
    return made


async def _drive(pairs: list[Pair], rate: int, seconds: int) -> list[float]:
    """Let the pairs send in turn; every message must arrive, once and in order."""
    listening = [asyncio.create_task(pair.listen()) for pair in pairs]
    began = time.perf_counter()
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        await pairs[number % len(pairs)].send(number // len(pairs) + 1)
    await asyncio.sleep(1)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    for pair in pairs:
        if pair.order != sorted(pair.sent):
            raise RuntimeError("messages were lost, doubled or out of order")
    await asyncio.gather(*(one.close() for pair in pairs for one in (pair.sender, pair.receiver)))
    return [one for pair in pairs for one in pair.spent]


def _line(name: str, values: list[float]) -> str:
    cuts = statistics.quantiles(values, n=100)
    return f"{name}: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms ({len(values)})"


async def _compare(trial: Trial, pairs: int, rate: int, seconds: int) -> None:
    ours, admitted = await _ours(trial, pairs)
    relayed = await _drive(ours, rate, seconds)
    with bare_server() as (_, port):
        bare = await _drive(await _bare(port, pairs), rate, seconds)
    print(_line("relay, 1.5 kB", relayed))
    print(_line("bare relay, 1.5 kB", bare))
    ours_cuts, bare_cuts = (statistics.quantiles(values, n=100) for values in (relayed, bare))
    print(f"ratio: p50 {ours_cuts[49] / bare_cuts[49]:.1f}, p99 {ours_cuts[98] / bare_cuts[98]:.1f} (goal 5)")
    print(_line("admit to the guest's state (goal p99 100 ms)", admitted))


def main(pairs: int = PAIRS, rate: int = RATE, seconds: int = SECONDS) -> None:
    """Print both relays' times, their ratio, and the time from admit to state."""
    asyncio.run(_compare(running(), pairs, rate, seconds))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
