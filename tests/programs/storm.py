"""Race for the same times, long run: `make storm`, with ARGS="http mixed" for some parts, "--small" for few attempts.

`http`: 10,000 bookings over HTTP on 100 calendars, all on a calendar over one common tick, so that one wins.
`mixed`: bookings with and without an interpreter, holds, moves, cancellations, holds that run out and rules that
change, all at once. `again`: double clicks, repeated and reused keys. `services`: the use cases without HTTP, beside
the bare recipe in SQL. `lock`: `http` and `mixed` once more without the exclusion constraint, so that the lock stands
alone. Everything runs on this machine: web processes as the operations page starts them, PostgreSQL, and whoever asks.
The rows are looked at by SQL afterwards. Exit code 1 when one is not as it must be; times are printed beside goals.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.own_server import served, superuser

if TYPE_CHECKING:
    from config.embedded import Server
    from identity.models import Municipality
    from tests.programs.storm_parts import Ground

PARTS = ("http", "mixed", "again", "services", "lock")


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    chosen = _parser().parse_args(arguments)
    well = True
    for name in chosen.parts or PARTS:
        with served() as (server, municipality), ground(server, municipality, webs=chosen.webs) as stands:
            from tests.programs import storm_parts

            parts: dict[str, Callable[[Ground, int], storm_parts.Report]] = storm_parts.PARTS
            report = parts[name](stands, storm_parts.SIZES[name] // (50 if chosen.small else 1))
        print(f"\n== {name} ==", *report.lines, sep="\n", flush=True)
        well &= report.well
    return 0 if well else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--webs", type=int, default=2, help="web processes")
    parser.add_argument("--small", action="store_true", help="a fiftieth of the attempts")
    return parser


@contextmanager
def ground(server: Server, municipality: Municipality, *, webs: int) -> Iterator[Ground]:
    """Web processes on the server, and a token without limits."""
    from tests.programs import storm_parts
    from tests.programs.webs import serving
    from tests.tokens import token

    scopes = ("bookings:read", "bookings:write", "holds:write", "calendars:read", "slots:read")
    key = token(municipality, *scopes, changes_per_minute=0, searches_per_minute=0, live_holds=0)
    with tempfile.TemporaryDirectory(prefix="motas-storm-") as folder, serving(webs, Path(folder)) as ports:
        yield storm_parts.Ground(municipality, ports, key, lambda: superuser(server), server, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
