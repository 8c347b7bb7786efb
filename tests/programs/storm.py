"""Race many processes for the same times: `make storm`, with ARGS="--processes 32 --attempts 10000 --calendars 20".

Every attempt holds, reads and books through the real use cases, on a database server of its own. Prints how they ended
and how many there were a second, and counts overlaps by SQL afterwards. Exit code 1 for any overlap, any unhandled
error, or a booking that was accepted and is not there; with `--one-winner` also unless each calendar has exactly one.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tests.own_server import served, superuser

if TYPE_CHECKING:
    from tests.programs.racing import Outcome


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    chosen = _parser().parse_args(arguments)
    with served() as (server, municipality):
        from tests.programs import racing

        on = racing.stage(municipality, calendars=chosen.calendars, residents=chosen.processes)
        how = racing.Race(chosen.processes, chosen.attempts, chosen.seed, chosen.one_winner)
        outcome = racing.race(on, how)
        overlaps = racing.overlaps(lambda: superuser(server))
        claims = racing.claims(lambda: superuser(server))
    print("\n".join(_lines(outcome, overlaps, claims)))
    winners = not chosen.one_winner or outcome.ends["accepted"] == chosen.calendars
    sound = not overlaps and not outcome.errors and claims == outcome.ends["accepted"] and winners
    return 0 if sound else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--processes", type=int, default=32)
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--calendars", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one-winner", action="store_true", help="all attempts on a calendar cover one common tick")
    return parser


def _lines(outcome: Outcome, overlaps: int, claims: int) -> list[str]:
    ends, seconds = outcome.ends, outcome.seconds
    return [
        f"{outcome.attempts} attempts in {seconds:.1f} s: {outcome.attempts / seconds:.0f} a second",
        f"accepted {ends['accepted']}, taken {ends['taken']}, busy {ends['busy']}",
        f"unhandled errors {sum(outcome.errors.values())} {outcome.errors or ''}".rstrip(),
        f"live claims {claims}, overlaps {overlaps}",
    ]


if __name__ == "__main__":
    sys.exit(main())
