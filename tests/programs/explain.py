"""Random plans, claims and limits: the reasons why a start is not free must be none exactly when search offers it.

    python -m tests.programs.explain --cases 100000 --seed 1

A case is one start of a random calendar. Prints how many cases differed and the first few; the exit code is 1 if any.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import red_days
from booking.day_limits import Limits, full_days
from booking.explaining import Asked, Claim, ClaimKind, explain
from booking.patterns import WEEKLY, Cycle
from booking.rules import Anchor, DatedException, Kind, Plan, Recurring, Rule, layers
from booking.slots import Demand, starts_of
from booking.timeline import Span, Tick, Timeline, Window, tick_of
from booking.walltime import local_days
from tests.programs import random_cases

STARTS = 20
ZONE = ZoneInfo("Europe/Stockholm")
MONDAYS = tuple(map(date.fromisoformat, ("2026-06-15", "2026-10-19", "2026-12-21", "2026-12-28", "2027-03-22")))
FORMS = ("video", "phone", "visit")


@dataclass(frozen=True)
class Case:
    """One start, and whether search offers it."""

    asked: Asked
    offered: bool

    @property
    def differs(self) -> bool:
        """Whether search and the reasons disagree."""
        return (explain(self.asked) == []) is not self.offered


def calendar(rng: random.Random) -> Iterator[Case]:
    """Some starts of a random calendar: half of them would be offered if nothing were taken and no limit reached."""
    monday = rng.choice(MONDAYS)
    window = Window(tick_of(datetime(monday.year, monday.month, monday.day, tzinfo=UTC)) - 288, 9 * 288)
    plan, demand = _plan(rng, monday, window), Demand(rng.randint(1, 12), rng.randint(0, 4), rng.randint(0, 4))
    claims = [_claim(rng, window) for _ in range(rng.randint(0, 60))]
    allowed = _span(rng, window, longest=5000) if rng.random() < 0.5 else (window.origin, window.end)
    meetings = [one.meeting for one in claims if one.kind != "busy"]
    limits = Limits(*(rng.choice((None, None, most)) for most in (rng.randint(0, 12), rng.randint(0, 60), 500)))
    full = tuple(full_days(limits, meetings, demand.duration, local_days(window, ZONE)))
    by_form = {form: layers(plan, window, ZONE, form) for form in FORMS}
    others = by_form["phone"].open | by_form["visit"].open
    may = Timeline.of(window, [allowed]) - Timeline.of(window, [span for _, span in full])
    taken = Timeline.of(window, [one.block for one in claims])
    starts = starts_of(by_form["video"].opening, taken, demand, may)
    one = Asked(0, demand, by_form["video"], others, claims, allowed, full)
    usual = starts_of(by_form["video"].opening, Timeline.empty(window), demand, (window.origin, window.end))
    for tick in _some(rng, usual, window.origin + demand.reach, window.end - demand.reach):
        yield Case(replace(one, start=tick), tick in starts)


def _some(rng: random.Random, usual: Timeline, first: Tick, last: Tick) -> list[Tick]:
    """Usual starts, ticks beside them, and ticks anywhere."""
    free = [tick for tick in usual.iterate() if first <= tick < last]
    chosen = rng.sample(free, min(len(free), STARTS // 2))
    beside = [min(max(tick + rng.choice((-6, -1, 1, 6)), first), last - 1) for tick in chosen[: STARTS // 4]]
    return chosen + beside + [rng.randrange(first, last) for _ in range(STARTS - len(chosen) - len(beside))]


def _plan(rng: random.Random, monday: date, window: Window) -> Plan:
    rules = [_rule(rng, monday, key) for key in range(rng.randint(1, 5))]
    decided = {eve: rng.choice((0, 720, 1440)) for eve in rng.sample(sorted(red_days.DEFAULTS), 3)}
    return Plan(
        rules=rules,
        exceptions=list(_exceptions(rng, monday, rules)),
        holidays=red_days.calendar(monday, monday + timedelta(days=9), decided),
        absences=[_span(rng, window) for _ in range(rng.randint(0, 2))],
        recurring=[_recurring(rng, monday, window) for _ in range(rng.randint(0, 1))],
        closures=[_span(rng, window) for _ in range(rng.randint(0, 1))],
    )


def _rule(rng: random.Random, monday: date, key: int) -> Rule:
    start, end = _minutes(rng)
    anchor: Anchor = rng.choice(("opening", "clock"))
    return Rule(
        weekday=rng.randint(1, 7),
        from_minute=start,
        to_minute=end,
        valid_from=rng.choice((None, None, monday + timedelta(days=2))),
        valid_to=rng.choice((None, None, monday + timedelta(days=4))),
        forms=frozenset(rng.sample(FORMS, rng.randint(1, 3))),
        step=rng.randint(1, 12) * 5,
        anchor=anchor,
        on_red_days=rng.random() < 0.3,
        key=key,
        cycle=rng.choice((WEEKLY, Cycle(week_parity="odd"), Cycle(nth=-1), Cycle(every=2, first_monday=monday))),
    )


def _exceptions(rng: random.Random, monday: date, rules: list[Rule]) -> Iterator[DatedException]:
    """At most one for a rule, on a date that it falls on, and some for nobody's."""
    for rule in rng.sample(rules, rng.randint(0, 1)):
        start, end = _minutes(rng)
        kind: Kind = rng.choice(("skip", "change"))
        yield DatedException(monday + timedelta(days=rule.weekday - 1), kind, rule.key, start, end)
    kinds: tuple[Kind, ...] = ("extra", "closed")
    for other in rng.sample(kinds, rng.randint(0, 2)):
        start, end = _minutes(rng)
        forms = frozenset(rng.sample(FORMS, 2))
        yield DatedException(monday + timedelta(days=rng.randrange(7)), other, None, start, end, forms, 15, "clock")


def _recurring(rng: random.Random, monday: date, window: Window) -> Recurring:
    within = _span(rng, window, longest=2000)
    return Recurring(rng.randint(1, 7), *_minutes(rng), monday, None, within=within)


def _minutes(rng: random.Random) -> tuple[int, int]:
    start, end = sorted(rng.sample(range(rng.choice((49, 289))), 2))
    return start * 5, end * 5


def _span(rng: random.Random, window: Window, longest: int = 200) -> Span:
    start = rng.randrange(window.origin, window.end)
    return start, start + rng.randint(1, longest)


def _claim(rng: random.Random, window: Window) -> Claim:
    start, end = _span(rng, window, longest=24)
    kind: ClaimKind = rng.choice(("booked", "hold", "busy"))
    around = (0, 0) if kind == "busy" else (rng.randint(0, 4), rng.randint(0, 4))
    return Claim(kind, (start, end), (start - around[0], end + around[1]))


def run(cases: int, seed: int) -> list[Case]:
    """The cases that differ, of so many random ones."""
    rng, wrong, done = random.Random(seed), list[Case](), 0
    while done < cases:
        for case in calendar(rng):
            done += 1
            if case.differs:
                wrong.append(case)
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    return random_cases.main(arguments, about=__doc__, cases=100_000, run=run)


if __name__ == "__main__":
    sys.exit(main())
