"""The order of what opens and closes a calendar, the later one winning, against a walk along the wall clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from booking.red_days import Holidays
from booking.rules import DatedException, Layers, Plan, Recurring, Rule, layers, opening
from booking.timeline import Window, instant, tick_of
from booking.walltime import ticks_of
from tests.booking.strategies import STOCKHOLM, dates, exceptions, many, patterns, rules, spans
from tests.booking.wall_oracle import counts, piece, starts

MONDAY = date(2026, 11, 23)
VIDEO = frozenset({"video"})


def rule(**changes: Any) -> Rule:
    """Mondays 08-12, for video."""
    return replace(Rule(1, 480, 720, None, None, VIDEO, 30, key="a"), **changes)


def on(day: date, plan: Plan, form: str = "video") -> list[str]:
    """When a calendar is open on a date, in words."""
    window = Window.between(*ticks_of(day, 0, 1440, STOCKHOLM))
    found = opening(plan, window, STOCKHOLM, form).open.spans()
    return [f"{instant(a).astimezone(STOCKHOLM):%H:%M}-{instant(b).astimezone(STOCKHOLM):%H:%M}" for a, b in found]


@st.composite
def plans(draw: st.DrawFn, near: date, window: Window) -> Plan:
    """Something of everything around a date; of one rule's date at most one exception."""
    some = [replace(one, key=number) for number, one in enumerate(draw(st.lists(rules(near=near), max_size=4)))]
    drawn = draw(st.lists(exceptions(near, [one.key for one in some]), max_size=5))
    kept = {(one.rule, one.day) if one.rule is not None else number: one for number, one in enumerate(drawn)}
    days = st.integers(-3, 3).map(lambda number: near + timedelta(days=number))
    return Plan(
        rules=some,
        exceptions=list(kept.values()),
        holidays=Holidays(
            frozenset(draw(st.sets(days, max_size=2))), draw(st.dictionaries(days, st.integers(0, 287).map(five)))
        ),
        absences=draw(st.lists(spans(window), max_size=2)),
        recurring=draw(st.lists(patterns(near=near), max_size=2)),
        closures=draw(st.lists(spans(window), max_size=2)),
    )


def five(number: int) -> int:
    """A minute after midnight."""
    return number * 5


class Walk:
    """What a plan must give, date by date in wall time, without any of the code that gives it."""

    def __init__(self, plan: Plan, form: str) -> None:
        self.plan, self.form = plan, form
        self.open, self.grid, self.closed = set[int](), set[int](), set[int]()

    def day(self, day: date) -> None:
        """Add what a date has."""
        for rule in self.plan.rules:
            valid = (rule.valid_from or day) <= day <= (rule.valid_to or day)
            if rule.weekday == day.isoweekday() and valid and counts(rule.cycle, day):
                self._rule(day, rule)
        for one in self.plan.exceptions:
            if one.day == day and one.kind == "extra" and self.form in one.forms:
                self._opens(day, one.from_minute, one.to_minute, one.step, one.anchor)

    def _rule(self, day: date, rule: Rule) -> None:
        mine = [one for one in self.plan.exceptions if one.day == day and one.rule == rule.key]
        if mine and mine[0].kind == "change" and self.form in (mine[0].forms or rule.forms):
            self._opens(day, mine[0].from_minute, mine[0].to_minute, rule.step, rule.anchor)
        if mine or self.form not in rule.forms:
            return
        until = rule.to_minute
        if not rule.on_red_days:
            until = min(until, self.plan.holidays.short.get(day, until))
            if day in self.plan.holidays.red:
                return
        if rule.from_minute < until:
            self._opens(day, rule.from_minute, until, rule.step, rule.anchor)

    def _opens(self, day: date, start: int, end: int, step: int, anchor: str) -> None:
        part = piece(day, start, end, STOCKHOLM)
        self.open |= set(range(*part))
        self.grid |= starts(day, part, step, anchor, STOCKHOLM)

    def closes(self, day: date) -> None:
        """Take away what a date's exceptions close, and note when somebody is away."""
        for one in self.plan.exceptions:
            if one.day == day and one.kind == "closed" and (not one.forms or self.form in one.forms):
                self.open -= set(range(*piece(day, one.from_minute, one.to_minute, STOCKHOLM)))
        for away in self.plan.recurring:
            valid = (away.valid_from or day) <= day <= (away.valid_to or day)
            if away.weekday == day.isoweekday() and valid and counts(away.cycle, day):
                self.closed |= set(range(*piece(day, away.from_minute, away.to_minute, STOCKHOLM)))


@given(st.data())
@many
def test_a_plan_opens_what_a_walk_along_the_clock_finds(data: DataObject) -> None:
    middle = data.draw(dates)
    window = Window(tick_of(datetime(middle.year, middle.month, middle.day, tzinfo=UTC)) - 600, 1200)
    plan = data.draw(plans(middle, window))
    walk, days = Walk(plan, "video"), [middle + timedelta(days=away) for away in range(-4, 5)]
    for day in days:
        walk.day(day)
    for day in days:
        walk.closes(day)
    walk.closed |= {tick for span in (*plan.absences, *plan.closures) for tick in range(*span)}
    inside, found = set(range(window.origin, window.end)), opening(plan, window, STOCKHOLM, "video")
    assert set(found.open.iterate()) == (walk.open - walk.closed) & inside
    assert set(found.grid.iterate()) == walk.grid & inside
    assert set(found.closed.iterate()) == walk.closed & inside


@given(st.data())
@many
def test_what_a_holiday_closes_is_told_apart_and_is_not_open(data: DataObject) -> None:
    middle = data.draw(dates)
    window = Window(tick_of(datetime(middle.year, middle.month, middle.day, tzinfo=UTC)) - 600, 1200)
    plan = data.draw(plans(middle, window))
    found = layers(plan, window, STOCKHOLM, "video")
    usual = layers(replace(plan, holidays=Holidays()), window, STOCKHOLM, "video")
    assert not found.open & (found.red | found.short)
    assert found.open | found.red | found.short == usual.open
    assert [getattr(found, name) for name in CLOSING] == [getattr(usual, name) for name in CLOSING]


CLOSING = ("exceptions", "absences", "closures")


@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        (DatedException(MONDAY, "skip", "a"), []),
        (DatedException(MONDAY, "change", "a", 540, 600), ["09:00-10:00"]),
        (DatedException(MONDAY, "extra", None, 780, 840, VIDEO), ["08:00-12:00", "13:00-14:00"]),
        (DatedException(MONDAY, "closed", None, 480, 600), ["10:00-12:00"]),
        (DatedException(MONDAY, "closed"), []),
        (DatedException(MONDAY, "closed", None, 480, 600, frozenset({"phone"})), ["08:00-12:00"]),
        (DatedException(MONDAY, "skip", "b"), ["08:00-12:00"]),
        (DatedException(MONDAY + timedelta(days=7), "closed"), ["08:00-12:00"]),
    ],
)
def test_one_date_differs(exception: DatedException, expected: list[str]) -> None:
    assert on(MONDAY, Plan([rule()], [exception])) == expected


def test_extra_time_on_a_red_day_is_open_and_during_an_absence_it_is_not() -> None:
    extra = DatedException(MONDAY, "extra", None, 600, 660, VIDEO)
    red = Plan([rule()], [extra], Holidays(frozenset({MONDAY})))
    assert on(MONDAY, red) == ["10:00-11:00"]
    assert on(MONDAY, replace(red, absences=[ticks_of(MONDAY, 600, 630, STOCKHOLM)])) == ["10:30-11:00"]
    assert on(MONDAY, replace(red, closures=[ticks_of(MONDAY, 0, 1440, STOCKHOLM)])) == []


def test_a_changed_occurrence_on_a_red_day_is_open_because_somebody_said_so() -> None:
    changed = DatedException(MONDAY, "change", "a", 540, 600)
    assert on(MONDAY, Plan([rule()], [changed], Holidays(frozenset({MONDAY})))) == ["09:00-10:00"]


def test_a_short_day_ends_early_and_an_emergency_service_does_not() -> None:
    short = Holidays(short={MONDAY: 600})
    assert on(MONDAY, Plan([rule()], holidays=short)) == ["08:00-10:00"]
    assert on(MONDAY, Plan([rule(on_red_days=True)], holidays=short)) == ["08:00-12:00"]
    assert on(MONDAY, Plan([rule(on_red_days=True)], holidays=Holidays(frozenset({MONDAY})))) == ["08:00-12:00"]
    assert on(MONDAY, Plan([rule()], holidays=Holidays(short={MONDAY: 0}))) == []


def test_an_absence_that_recurs_counts_between_its_two_moments_only() -> None:
    week, first, last = timedelta(days=7), ticks_of(MONDAY, 600, 605, STOCKHOLM)[0], MONDAY + timedelta(days=7)
    away = Recurring(1, 540, 660, None, None, within=(first, ticks_of(last, 570, 575, STOCKHOLM)[0]))
    plan = Plan([rule()], recurring=[away])
    assert on(MONDAY - week, plan) == ["08:00-12:00"]
    assert on(MONDAY, plan) == ["08:00-10:00", "11:00-12:00"]
    assert on(last, plan) == ["08:00-09:00", "09:30-12:00"]
    assert on(last + week, plan) == ["08:00-12:00"]
    assert on(last + week, Plan([rule()], recurring=[replace(away, within=None)])) == ["08:00-09:00", "11:00-12:00"]


def test_a_shorter_day_keeps_the_grid_of_the_longer_one() -> None:
    window = Window.between(*ticks_of(MONDAY, 0, 1440, STOCKHOLM))
    whole, cut = (
        layers(Plan([rule(step=50)], holidays=one), window, STOCKHOLM, "video")
        for one in (Holidays(), Holidays(short={MONDAY: 600}))
    )
    assert cut.grid == whole.grid & (window.origin, ticks_of(MONDAY, 595, 600, STOCKHOLM)[1])
    assert isinstance(cut, Layers)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "moved"},
        {"kind": "skip"},
        {"kind": "extra"},
        {"kind": "closed", "rule": "a"},
        {"kind": "closed", "from_minute": 600, "to_minute": 540},
        {"kind": "extra", "forms": VIDEO, "step": 7},
    ],
)
def test_what_is_no_exception_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"exception|names|extra|piece of a day|step"):
        DatedException(**{"day": MONDAY, **wrong})
