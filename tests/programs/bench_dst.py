"""Random opening rules around every change of the clock 2026-2036, held against a walk along the wall clock.

    python -m tests.programs.bench_dst --cases 1000000 --seed 1

A case is one rule on one date: its open ticks, its grid, its first and end tick. Prints how many cases differed and the
first few of them; the exit code is 1 if any did.
"""

import random
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.patterns import WEEKLY, Cycle
from booking.rules import Anchor, Plan, Rule, opening
from booking.timeline import Window, tick_of
from booking.walltime import ticks_of
from tests.booking.wall_oracle import counts, piece, starts
from tests.programs import random_cases

YEARS = range(2026, 2037)
ZONES = ("Europe/Stockholm", "Europe/Helsinki", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe")


@dataclass(frozen=True)
class Case:
    """One rule on one date in one zone."""

    day: date
    zone: ZoneInfo
    rule: Rule


def change_days(zone: ZoneInfo) -> list[date]:
    """The dates on which a zone changes its clocks, found by comparing noon with noon."""
    first, last = datetime(YEARS.start, 1, 1, 12, tzinfo=UTC), datetime(YEARS.stop, 1, 1, tzinfo=UTC)
    noons = [first + timedelta(days=days) for days in range((last - first).days)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    return [noon.date() for noon, old, new in zip(noons[1:], offsets, offsets[1:], strict=False) if old != new]


def draw(rng: random.Random, days: dict[ZoneInfo, list[date]]) -> Case:
    """A random case: every other time Swedish, mostly near a change, mostly in the hours when clocks are changed."""
    zone = rng.choice(list(days)) if rng.random() < 0.5 else ZoneInfo(ZONES[0])
    day = rng.choice(days[zone]) + timedelta(days=rng.choice((-1, 0, 0, 0, 1)))
    start, end = sorted(rng.sample(range(rng.choice((49, 289))), 2))
    forms, step = frozenset({"video"}), rng.randint(1, 24) * 5
    anchor: Anchor = rng.choice(("opening", "clock"))
    rule = Rule(day.isoweekday(), start * 5, end * 5, None, None, forms, step, anchor, cycle=_cycle(rng, day))
    return Case(day, zone, rule)


def _cycle(rng: random.Random, day: date) -> Cycle:
    """Every week, every n-th, odd or even ones, or one of the month; most of them fall on the date."""
    kind = rng.choice(("weekly", "every", "parity", "nth"))
    if kind == "every":
        monday = day - timedelta(days=day.weekday() + 7 * rng.randint(-60, 60))
        return Cycle(every=rng.randint(2, 4), first_monday=monday)
    if kind == "parity":
        return Cycle(week_parity=rng.choice(("odd", "even")))
    return Cycle(nth=rng.choice((-1, 4, 5))) if kind == "nth" else WEEKLY


def differs(case: Case) -> bool:
    """Whether the rules and the walk along the clock disagree."""
    day, zone, rule = case.day, case.zone, case.rule
    span = piece(day, rule.from_minute, rule.to_minute, zone)
    falls = counts(rule.cycle, day)
    window = Window(tick_of(datetime(day.year, day.month, day.day, tzinfo=UTC)) - 288, 3 * 288)
    found = opening(Plan([rule]), window, zone, "video")
    return (
        ticks_of(day, rule.from_minute, rule.to_minute, zone) != span
        or list(found.open.spans()) != ([span] if falls and span[0] < span[1] else [])
        or set(found.grid.iterate()) != (starts(day, span, rule.step, rule.anchor, zone) if falls else set())
    )


def run(cases: int, seed: int) -> list[Case]:
    """The cases that differ, of so many random ones."""
    rng = random.Random(seed)
    days = {ZoneInfo(name): change_days(ZoneInfo(name)) for name in ZONES}
    return [case for case in (draw(rng, days) for _ in range(cases)) if differs(case)]


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    return random_cases.main(arguments, about=__doc__, cases=1_000_000, run=run)


if __name__ == "__main__":
    sys.exit(main())
