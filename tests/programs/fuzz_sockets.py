"""Feed the meeting's socket hostile messages: `make fuzz`, with ARGS="sockets --cases 20000 --seed 1".

A real uvicorn and many sockets: before `hello`, in the lobby, inside, as host. They send nearly right messages, right
ones with ids and secrets of others, replays, octets, huge and nested ones, and odd handshakes. The limiters are filled
up between bursts, so that messages get past them. A bystander in another meeting must be answered all the while. Exit
code 1 for any line at level ERROR, any answer 500, any close as 1011, or a bystander that was harmed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.own_server import served, set_up, superuser

if TYPE_CHECKING:
    from tests.programs.socket_crowd import Crowd

_LOOKS = 40  # bursts until the bystander is asked
_SHOWN = 20


@dataclass
class Outcome:
    """What came of it; `resident` is the process's memory before and after, in MiB."""

    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    handshakes: Counter[int] = field(default_factory=Counter)
    unhandled: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    meetings: int = 1
    bystander: int = 0
    seconds: float = 0
    resident: tuple[float, float] = (0, 0)

    @property
    def sound(self) -> bool:
        """Nothing was unhandled, and the bystander was answered."""
        return not self.unhandled and self.bystander > 0

    def note(self, what: str, case: str) -> None:
        """Something that must not be."""
        self.unhandled[what] += 1
        self.examples.setdefault(what, case)


class _Heard(logging.Handler):
    """Every line at level ERROR."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, and the kind of the error that it tells of."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self.lines.append(f"{record.getMessage()} {kind}".strip())


@contextmanager
def listening() -> Iterator[list[str]]:
    """Lines at level ERROR of everybody; uvicorn is told to say them."""
    heard, root, server = _Heard(), logging.getLogger(), logging.getLogger("uvicorn.error")
    before, level = root.handlers[:], server.level
    root.handlers[:] = [heard]
    server.setLevel(logging.ERROR)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: heard.lines.append(f"in the loop: {context.get('message')}"))
    try:
        yield heard.lines
    finally:
        root.handlers[:] = before
        server.setLevel(level)
        loop.set_exception_handler(None)


async def run(crowd: Crowd, *, cases: int, seed: int) -> Outcome:
    """Send that many messages in bursts."""
    outcome, source = Outcome(), Random(seed)
    began, before = time.perf_counter(), _resident()
    with listening() as lines:
        bursts = 0
        while outcome.cases < cases:
            if bursts % _LOOKS == 0:
                await _look(crowd, outcome)
            bursts += 1
            said = await crowd.burst(source, outcome, min(source.randint(1, 10), cases - outcome.cases))
            for line in lines:
                outcome.note(line, f"seed {seed}, message {outcome.cases}: {said}")
            lines.clear()
        await _look(crowd, outcome)
    outcome.seconds, outcome.resident = time.perf_counter() - began, (before, _resident())
    return outcome


async def _look(crowd: Crowd, outcome: Outcome) -> None:
    try:
        harm = await crowd.look()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        harm = type(error).__name__
    outcome.bystander += not harm
    if harm:
        outcome.note(f"bystander: {harm}", f"message {outcome.cases}")


def _resident() -> float:
    """This process's memory in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    set_up()
    with served() as (server, home):
        outcome = asyncio.run(_held(home, lambda: superuser(server), chosen.cases, chosen.seed))
    print("\n".join(_lines(outcome, chosen.seed)))
    return 0 if outcome.sound else 1


async def _held(home: Any, as_superuser: Callable[[], Any], cases: int, seed: int) -> Outcome:  # noqa: ANN401 - Django is loaded late
    from asgiref.sync import sync_to_async
    from django.conf import settings

    from meetings import ticker
    from tests.meetings.sockets import serving
    from tests.programs import socket_crowd
    from tests.town import build

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    town = await sync_to_async(build)(home)
    async with serving() as port:
        crowd = await socket_crowd.gathered(port, town, as_superuser)
        try:
            return await run(crowd, cases=cases, seed=seed)
        finally:
            await crowd.close()
            await ticker.stop()


def _lines(outcome: Outcome, seed: int) -> Iterator[str]:
    yield f"sockets: {outcome.cases} messages with seed {seed} in {outcome.seconds:.0f} s, {outcome.meetings} meetings"
    counted: dict[str, Counter[Any]] = {
        "messages": outcome.kinds,
        "in phase": outcome.phases,
        "answers": outcome.answers,
        "close codes": outcome.closes,
        "odd handshakes": outcome.handshakes,
    }
    for title, counter in counted.items():
        yield f"{title}: " + ", ".join(f"{what} {number}" for what, number in sorted(counter.items()))
    memory = " -> ".join(f"{size:.0f} MiB" for size in outcome.resident)
    yield f"bystander answered {outcome.bystander} times; memory {memory}"
    yield f"unhandled errors: {sum(outcome.unhandled.values())}"
    for what, number in outcome.unhandled.most_common(_SHOWN):
        yield f"  {number} x {what}"
        yield f"      {outcome.examples[what]}"


if __name__ == "__main__":
    sys.exit(main())
