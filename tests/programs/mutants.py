"""Break the pure code in every small way and see whether its tests notice: `make mutants`, ARGS="timeline" for one.

Each fault runs in a fork that knows the pure tests only. What survives is printed with its place; faults that change
nothing anybody could see are listed by hand in `tests/programs/equivalents.py`. Exit code 1 below 90 % killed in any
group. With `services` among the names (or none): the named faults of the use cases, each against its test.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence

from tests.programs import killing
from tests.programs.catching import caught
from tests.programs.equivalents import is_equivalent
from tests.programs.faults import FAULTS
from tests.programs.killing import Target, Verdict
from tests.programs.mutating import mutants_of

GOAL, SERVICES, FEW = 0.90, "services", 4
# For each module its own tests first, then those of what stands on it.
TARGETS = (
    Target("timeline", ("test_timeline", "test_slots", "test_joint", "test_plans")),
    Target("patterns", ("test_patterns", "test_plans", "test_rules", "test_opening_effect")),
    Target("red_days", ("test_red_days", "test_plans", "test_rules", "test_explaining")),
    Target("walltime", ("test_rules", "test_dst", "test_plans", "test_timeline")),
    Target("rules", ("test_plans", "test_rules", "test_explaining", "test_dst")),
    Target("slots", ("test_slots", "test_explaining")),
    Target("states", ("test_states", "test_states_table")),
)


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    chosen = _parser().parse_args(arguments)
    began = time.monotonic()
    named = not chosen.modules or SERVICES in chosen.modules
    escaped = _named(chosen.at_once) if named else 0
    killing.prepare()
    verdicts = [
        verdict
        for target in TARGETS
        if not chosen.modules or target.module in chosen.modules
        for verdict in run(target, at_once=chosen.at_once, examples=chosen.examples, every=chosen.every)
    ]
    print(f"in {time.monotonic() - began:.0f} s, {chosen.at_once} at once, {chosen.examples} examples")
    return 0 if all_well(verdicts) and not escaped else 1


def _named(at_once: int) -> int:
    """The named faults of the use cases, each with the test that caught it; how many none did."""
    found = []
    for one in caught(FAULTS, at_once=at_once):
        found.append(one)
        print(f"{one.fault.name}: {f'{one.by}, {one.why}' if one.by else 'NOT CAUGHT'}", flush=True)
    escaped = sum(not one.by for one in found)
    print(f"{SERVICES}: {len(found) - escaped} of {len(found)} named faults caught", flush=True)
    return escaped


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", help="default: all")
    parser.add_argument("--examples", type=int, default=200, help="of each property")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="only every n-th fault")
    return parser


def run(target: Target, *, at_once: int, examples: int, every: int = 1) -> list[Verdict]:
    """Every fault of one module, printed as it survives; the module as it is must pass first.

    Most are noticed with few examples; what is not is tried with `examples`. One that needs five times as long as the
    module as it is counts as noticed.
    """
    faults = [one for one in mutants_of(target.file.read_text()) if not is_equivalent(target.module, one)][::every]
    verdicts: list[Verdict] = []
    for number in sorted({min(FEW, examples), examples}):
        whole = next(killing.judged(target, [killing.TRUE], at_once=1, examples=number))
        if whole.killed:
            raise RuntimeError(f"the tests of {target.module} fail as it stands")
        limit = round(5 * whole.seconds) + 3
        found = list(killing.judged(target, faults, at_once=at_once, examples=number, limit=limit))
        faults = [one.mutant for one in found if not one.killed]
        verdicts += [one for one in found if one.killed or number == examples]
    for one in verdicts:
        if not one.killed:
            print(f"survived: {one}", flush=True)
    print(said(target.module, verdicts), flush=True)
    return verdicts


def said(module: str, verdicts: Sequence[Verdict]) -> str:
    """One line."""
    killed, late = sum(one.killed for one in verdicts), sum(one.late for one in verdicts)
    return f"{module}: {killed} of {len(verdicts)} killed, {share(verdicts):.1%}, of them {late} by the clock"


def share(verdicts: Sequence[Verdict]) -> float:
    """Of 1."""
    return sum(one.killed for one in verdicts) / len(verdicts)


def all_well(verdicts: Iterable[Verdict]) -> bool:
    """Whether every module reaches the goal."""
    by_module: dict[str, list[Verdict]] = {}
    for one in verdicts:
        by_module.setdefault(one.target.module, []).append(one)
    return all(share(some) >= GOAL for some in by_module.values())


if __name__ == "__main__":
    sys.exit(main())
