"""Random cases held against an oracle, from the command line: how many, and from which seed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

SHOWN = 5


def main(
    arguments: list[str] | None, *, about: str | None, cases: int, run: Callable[[int, int], Sequence[object]]
) -> int:
    """Run so many cases and print how many differ; the process's exit code. `run` is given the number and the seed."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0] if about else None)
    parser.add_argument("--cases", type=int, default=cases)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    began = time.perf_counter()
    wrong = run(chosen.cases, chosen.seed)
    seconds = time.perf_counter() - began
    print(f"{chosen.cases} cases, seed {chosen.seed}: {len(wrong)} differences in {seconds:.1f} s")
    for case in wrong[:SHOWN]:
        print(case)
    return 1 if wrong else 0
