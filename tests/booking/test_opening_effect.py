"""Which rules clash, and which booked meetings would lie outside open time."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.opening_effect import Booked, clash, outside
from booking.patterns import Cycle
from booking.rules import Plan, Rule
from booking.timeline import instant
from booking.walltime import ticks_of

ZONE = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 11, 23)
VIDEO, PHONE = frozenset({"video"}), frozenset({"phone"})


def rule(weekday: int = 1, begins: int = 480, ends: int = 720, *, forms: frozenset[str] = VIDEO, **dates: date) -> Rule:
    """A rule of the tests: Monday 8-12, video."""
    return Rule(weekday, begins, ends, dates.get("first"), dates.get("last"), forms, 15)


def booked(begins: int, ends: int, day: date = MONDAY, form: str = "video") -> Booked:
    """A meeting in minutes after midnight of a day."""
    return Booked(uuid.uuid4(), form, ticks_of(day, begins, ends, ZONE))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (rule(begins=720, ends=780), False),
        (rule(begins=715, ends=780), True),
        (rule(begins=0, ends=1440), True),
        (rule(weekday=2), False),
        (rule(forms=PHONE), False),
        (rule(forms=VIDEO | PHONE), True),
        (rule(last=date(2026, 11, 22)), True),
        (rule(first=date(2027, 1, 1)), True),
    ],
)
def test_rules_clash_when_they_open_the_same_time_for_the_same_form(other: Rule, *, expected: bool) -> None:
    assert (clash(rule(), [other]) is other) is expected


def test_rules_of_different_seasons_do_not_clash() -> None:
    autumn = rule(last=date(2026, 12, 31))
    spring = rule(first=date(2027, 1, 1))
    assert clash(spring, [autumn]) is None
    assert clash(rule(first=date(2026, 12, 31)), [autumn]) is autumn


@given(
    begins=st.integers(0, 280),
    length=st.integers(1, 7),
    opens=st.integers(0, 280),
    open_length=st.integers(1, 7),
)
def test_a_meeting_is_outside_exactly_when_some_of_it_is_not_open(
    begins: int, length: int, opens: int, open_length: int
) -> None:
    meeting = booked(begins * 5, (begins + length) * 5)
    found = outside([meeting], Plan([rule(1, opens * 5, (opens + open_length) * 5)]), ZONE)
    inside = opens <= begins and begins + length <= opens + open_length
    assert bool(found) is not inside


def test_another_form_s_opening_does_not_help() -> None:
    meeting = booked(540, 585, form="phone")
    assert outside([meeting], Plan([rule()]), ZONE) == (meeting,)
    assert outside([meeting], Plan([rule(forms=VIDEO | PHONE)]), ZONE) == ()


def test_an_absence_puts_a_meeting_outside() -> None:
    meeting = booked(540, 585)
    assert outside([meeting], Plan([rule()], absences=[ticks_of(MONDAY, 580, 600, ZONE)]), ZONE) == (meeting,)
    assert outside([meeting], Plan([rule()], absences=[ticks_of(MONDAY, 585, 600, ZONE)]), ZONE) == ()


def test_two_rules_that_touch_hold_a_meeting_between_them() -> None:
    assert outside([booked(700, 745)], Plan([rule(), rule(begins=720, ends=900)]), ZONE) == ()


def test_the_meetings_come_by_time_across_a_change_of_the_clock() -> None:
    days = [MONDAY - timedelta(weeks=weeks) for weeks in (0, 5, 2)]
    meetings = [booked(780, 800, day) for day in days]
    found = outside(meetings, Plan([rule()]), ZONE)
    assert [one.span for one in found] == sorted(one.span for one in meetings)
    assert {instant(one.span[0]).astimezone(ZONE).hour for one in found} == {13}


def test_no_meetings_are_outside_nothing() -> None:
    assert outside([], Plan([rule()]), ZONE) == ()


ODD, EVEN = Cycle(week_parity="odd"), Cycle(week_parity="even")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ODD, EVEN, False),
        (ODD, ODD, True),
        (Cycle(nth=1), Cycle(nth=2), False),
        (Cycle(nth=4), Cycle(nth=-1), True),
        (Cycle(nth=5), EVEN, True),
        (Cycle(every=2, first_monday=date(2026, 1, 5)), Cycle(every=2, first_monday=date(2026, 1, 12)), False),
        (Cycle(every=2, first_monday=date(2026, 1, 5)), Cycle(every=4, first_monday=date(2026, 1, 19)), True),
        (Cycle(every=2, first_monday=date(2026, 1, 5)), ODD, True),
        (Cycle(every=3, first_monday=date(2026, 1, 5)), Cycle(every=8, first_monday=date(2026, 1, 12)), True),
    ],
)
def test_cycles_that_never_meet_do_not_clash(one: Cycle, other: Cycle, *, expected: bool) -> None:
    first, second = replace(rule(), cycle=one), replace(rule(), cycle=other)
    assert (clash(first, [second]) is second) is expected
    assert (clash(second, [first]) is first) is expected


def test_cycles_meet_only_while_both_are_valid() -> None:
    every = Cycle(every=2, first_monday=MONDAY)
    this_week = replace(rule(first=MONDAY, last=MONDAY + timedelta(days=6)), cycle=every)
    next_week = replace(rule(first=MONDAY + timedelta(days=7), last=MONDAY + timedelta(days=13)), cycle=every)
    assert clash(rule(), [this_week]) is this_week
    assert clash(rule(), [next_week]) is None
