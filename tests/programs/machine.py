"""The use cases against a small model in memory, step by step: `make machine`, and small in `make test`.

After each step: no overlap, every start of the grid is free, taken or closed as the model says, and every living
booking has exactly its claims. Hypothesis chooses the steps; the same seed walks the same way. Prints steps and
divergences.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.own_server import served
from tests.programs.machine_model import BEGINS, ZONE, Diary, Meeting, World, open_starts

BEGUN = datetime(2026, 10, 20, 6, 3, tzinfo=UTC)  # a Tuesday; the clocks change on the Sunday
DAYS = tuple(date(2026, 10, day) for day in (20, 21, 23, 24, 26, 27))
MINUTES = (*range(BEGINS, BEGINS + 150, 30), BEGINS + 15, BEGINS - 30)
SEEN = (date(2026, 10, 19), date(2026, 11, 14))
PER_EXAMPLE = 50
_picked = st.integers(min_value=0, max_value=10**6)


def tick_at(day: date, minute: int) -> int:
    """The tick of a local time."""
    local = datetime(day.year, day.month, day.day, tzinfo=ZONE).replace(hour=minute // 60, minute=minute % 60)
    return int(local.timestamp()) // 300


_starts = st.builds(tick_at, st.sampled_from(DAYS), st.sampled_from(MINUTES))


@dataclass
class Tally:
    """How far it has come."""

    municipality: int = 0
    steps: int = 0


class Machine(RuleBasedStateMachine):
    """Two officers, three residents, one meeting type of half an hour with ten minutes after it."""

    tally: ClassVar[Tally] = Tally()

    @initialize()
    def open_desk(self) -> None:
        """New officers with new calendars; nothing of an earlier walk is in the way."""
        from tests.programs import machine_desk

        self.clock = time_machine.travel(BEGUN, tick=False)
        self.traveller = self.clock.start()
        self.now = BEGUN
        self.world = World([Diary(), Diary()])
        self.desk = machine_desk.opened(self.tally.municipality)
        self.ids: list[UUID] = []

    def teardown(self) -> None:
        """The clock goes on as it did."""
        if hasattr(self, "clock"):
            self.clock.stop()

    def does(self, act: Callable[[], Any], expected: str) -> Any:  # noqa: ANN401 - whatever the use case answers
        """Do it, and compare how it ends with what the model says: `""` or the error's class."""
        self.tally.steps += 1
        try:
            answer, ended = act(), ""
        except Exception as error:  # noqa: BLE001 - compared by class
            answer, ended = None, type(error).__name__
        assert ended == expected, f"{ended or 'done'}, and the model says {expected or 'done'}"
        return answer

    @rule(resident=st.integers(0, 2), diary=st.integers(0, 1), start=_starts)
    def hold(self, resident: int, diary: int, start: int) -> None:
        """A resident holds a time with one officer."""
        expected = self.world.refuses_hold(resident, diary, start, self.now)
        held = self.does(lambda: self.desk.hold(resident, diary, start), expected)
        if held is not None:
            self.world.meetings.append(Meeting(resident, diary, start))
            self.ids.append(held.id)

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked)
    def expire(self, pick: int) -> None:
        """Ten minutes pass for a hold."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        if one.state == "held" and one.alive:
            self.desk.expire(self.ids[which])
            one.alive = False
            self.tally.steps += 1

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked)
    def extend(self, pick: int) -> None:
        """More time; a hold that ran out is taken again if it can be had."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        expected = self.world.refuses_extend(one, self.now)
        if self.does(lambda: self.desk.extend(one.resident, self.ids[which]), expected) is not None:
            one.alive, one.extended = True, one.extended + 1

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked)
    def book(self, pick: int) -> None:
        """What is held becomes booked."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        expected = self.world.refuses_book(one, self.now)
        if self.does(lambda: self.desk.book(one.resident, self.ids[which]), expected) is not None:
            one.state, one.alive = "confirmed", True

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked, diary=st.integers(0, 1), start=_starts, stale=st.sampled_from((0, 0, 0, 1)))
    def move(self, pick: int, diary: int, start: int, stale: int) -> None:
        """To another start, another officer, or both."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        sequence = one.sequence + stale
        expected = self.world.refuses_move(one, diary, start, sequence, self.now)
        act = lambda: self.desk.move(one.resident, self.ids[which], start, sequence, diary)  # noqa: E731
        if self.does(act, expected) is not None:
            moved = Meeting(one.resident, diary, start, "confirmed", sequence=one.sequence + 1)
            self.world.meetings[which] = moved

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked)
    def cancel(self, pick: int) -> None:
        """By the resident; twice is once."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        expected = self.world.refuses_cancel(one, self.now)
        if self.does(lambda: self.desk.cancel(one.resident, self.ids[which]), expected) is not None:
            one.sequence += one.state != "cancelled"
            one.state = "cancelled"

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked)
    def hand_over(self, pick: int) -> None:
        """To the other officer."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        other = 1 - one.diary
        expected = self.world.refuses_hand_over(one, other, self.now)
        if (
            self.does(lambda: self.desk.hand_over(one.diary, self.ids[which], other, one.sequence), expected)
            is not None
        ):
            self.world.meetings[which] = replace(one, diary=other, sequence=one.sequence + 1)

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked, wait=st.sampled_from((0, 5, 12, 20, 35)))
    def no_show(self, pick: int, wait: int) -> None:
        """The clock goes on to the start and a little more, and nobody has come."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        at = datetime.fromtimestamp(one.start * 300, UTC) + timedelta(minutes=wait)
        if one.state == "confirmed" and at > self.now:
            self._go_to(at)
        expected = self.world.refuses_no_show(one, self.now)
        if self.does(lambda: self.desk.no_show(one.diary, self.ids[which]), expected) is not None:
            one.state, one.until = "no_show", min(one.until, -(-int(self.now.timestamp()) // 300))

    @precondition(lambda self: self.world.meetings)
    @rule(pick=_picked)
    def undo_no_show(self, pick: int) -> None:
        """It was a mistake."""
        which = pick % len(self.ids)
        one = self.world.meetings[which]
        expected = self.world.refuses_undo(one, self.now)
        if self.does(lambda: self.desk.undo_no_show(one.diary, self.ids[which]), expected) is not None:
            one.state, one.until = "confirmed", self.world.whole(one)

    @rule(resident=st.integers(0, 2), diary=st.integers(0, 1), start=_starts)
    def series(self, resident: int, diary: int, start: int) -> None:
        """Three meetings a week apart, over the change of the clocks; all or none."""
        starts = self.world.weekly(start, 3)
        expected = self.world.refuses_series(diary, starts, self.now)
        made = self.does(lambda: self.desk.series(resident, diary, start), expected)
        for booked, at in zip(made or (), starts, strict=bool(made)):
            self.world.meetings.append(Meeting(resident, diary, at, "confirmed"))
            self.ids.append(booked.id)

    @rule(diary=st.integers(0, 1), ends=st.sampled_from((9 * 60, 10 * 60, 16 * 60)))
    def edit_rules(self, diary: int, ends: int) -> None:
        """An officer's hours change; what is booked stays."""
        self.desk.open_until(diary, ends)
        self.world.diaries[diary].ends = ends
        self.tally.steps += 1

    @rule(diary=st.integers(0, 1))
    def change_role(self, diary: int) -> None:
        """Somebody is an officer no more, or again."""
        whose = self.world.diaries[diary]
        whose.works = not whose.works
        self.desk.give_role(diary, held=whose.works)
        self.tally.steps += 1

    @rule(hours=st.sampled_from((1, 2, 26, 50)))
    def go_on(self, hours: int) -> None:
        """The clock goes on, over its own change."""
        self._go_to(self.now + timedelta(hours=hours))
        self.tally.steps += 1

    def _go_to(self, at: datetime) -> None:
        self.now = at
        self.traveller.move_to(at, tick=False)

    @invariant()
    def nobody_has_anothers_time(self) -> None:
        """No two living claims share a tick of a calendar, and every living booking has exactly its claim."""
        if not hasattr(self, "desk"):
            return
        claims = self.desk.claims()
        for number, (diary, start, until, _) in enumerate(claims):
            assert not any(d == diary and s < until and start < u for d, s, u, _ in claims[number + 1 :]), "overlap"
        known = {
            (one.diary, one.start, one.until, booking)
            for one, booking in zip(self.world.meetings, self.ids, strict=True)
            if one.taken
        }
        assert set(claims) == known

    @invariant()
    def free_taken_and_closed_are_all(self) -> None:
        """Every start of the grid is free to the search, or taken or closed to the model; never two of these."""
        if not hasattr(self, "desk"):
            return
        first, last = (tick_at(day, 0) for day in SEEN)
        for diary, whose in enumerate(self.world.diaries):
            free = set(self.desk.free(diary, first, last))
            grid = open_starts(16 * 60, first, last)
            closed = {one for one in grid if not self.world.open_to(diary, one, self.now)}
            taken = {one for one in grid if not self.world.free(diary, one)} - closed
            assert free | taken | closed == set(grid), whose
            assert not free & (taken | closed), whose


def walk(municipality: int, steps: int, *, seed: int | None = None) -> Tally:
    """Walk until at least `steps` steps are done; stops at the first divergence, which is raised."""
    tally = Machine.tally = Tally(municipality)
    how = settings(
        max_examples=1 + steps // PER_EXAMPLE,
        stateful_step_count=PER_EXAMPLE,
        deadline=None,
        database=None,
        derandomize=seed is None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    while tally.steps < steps:
        run_state_machine_as_test(Machine, settings=how)
    return tally


def main(steps: int = 50_000) -> None:
    """Walk, and print how far it came."""
    with served() as (_, municipality):
        try:
            tally = walk(municipality.id, steps, seed=1)
        except AssertionError as error:
            print(f"steps: {Machine.tally.steps}, divergences: 1: {error}", flush=True)
            raise SystemExit(1) from error
    print(f"steps: {tally.steps}, divergences: 0")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
