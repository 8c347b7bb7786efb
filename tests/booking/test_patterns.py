"""What recurs: on which dates it falls, against counting them one by one; and what is no pattern."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.patterns import WEEKLY, Cycle, Pattern, parity_bites
from tests.booking.strategies import cycles, many
from tests.booking.wall_oracle import counts

WEEK = timedelta(days=7)
DAYS = st.dates(date(2019, 1, 1), date(2042, 12, 31))


@given(cycles(), DAYS)
@many
def test_a_cycle_counts_the_dates_that_a_calendar_on_the_wall_shows(cycle: Cycle, day: date) -> None:
    assert cycle.active_on(day) is counts(cycle, day)


@given(st.integers(2, 8), DAYS, DAYS)
@many
def test_every_n_th_week_is_one_week_of_n_before_and_after_its_first(every: int, first: date, day: date) -> None:
    monday = first - timedelta(days=first.weekday())
    cycle = Cycle(every=every, first_monday=monday)
    assert cycle.active_on(first)
    assert sum(cycle.active_on(day + WEEK * number) for number in range(every)) == 1


@given(DAYS)
@many
def test_each_date_is_one_of_its_weekday_in_the_month_and_of_one_parity(day: date) -> None:
    assert sum(Cycle(nth=nth).active_on(day) for nth in (1, 2, 3, 4, 5)) == 1
    assert Cycle(week_parity="odd").active_on(day) is not Cycle(week_parity="even").active_on(day)


def test_the_last_one_of_a_month_is_its_fourth_or_fifth() -> None:
    assert [day.day for day in fridays(2026, 1) if Cycle(nth=-1).active_on(day)] == [30]
    assert [day.day for day in fridays(2026, 2) if Cycle(nth=-1).active_on(day)] == [27]
    assert [day.day for day in fridays(2026, 2) if Cycle(nth=5).active_on(day)] == []


@pytest.mark.parametrize("month", range(1, 13))
def test_the_last_seven_days_of_a_month_are_the_last_of_their_weekday(month: int) -> None:
    days = [day for day in (date(2026, month, 1) + timedelta(days=n) for n in range(31)) if day.month == month]
    assert [day for day in days if Cycle(nth=-1).active_on(day)] == days[-7:]


def test_a_first_monday_without_a_cycle_of_weeks_changes_nothing() -> None:
    monday = date(2026, 11, 23)
    for plain in (Cycle(week_parity="odd"), Cycle(nth=2), Cycle()):
        counted = replace(plain, first_monday=monday)
        for number in range(42):
            day = monday + timedelta(days=number)
            assert counted.active_on(day) is plain.active_on(day)


def fridays(year: int, month: int) -> list[date]:
    """The Fridays of a month."""
    days = (date(year, month, 1) + timedelta(days=number) for number in range(31))
    return [day for day in days if day.month == month and day.isoweekday() == 5]


def test_week_53_and_week_1_are_both_odd_and_it_is_said() -> None:
    odd = Cycle(week_parity="odd")
    assert odd.active_on(date(2026, 12, 28))
    assert odd.active_on(date(2027, 1, 4))
    assert parity_bites(odd, date(2026, 9, 1), date(2027, 9, 1)) == (date(2027, 1, 4),)
    assert parity_bites(odd, date(2027, 2, 1), date(2027, 9, 1)) == ()
    assert parity_bites(WEEKLY, date(2026, 9, 1), date(2027, 9, 1)) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": 0},
        {"every": 9, "first_monday": date(2026, 1, 5)},
        {"every": 2},
        {"every": 2, "first_monday": date(2026, 1, 6)},
        {"week_parity": "both"},
        {"nth": 6},
        {"nth": -2},
        {"nth": 1, "week_parity": "odd"},
        {"every": 2, "first_monday": date(2026, 1, 5), "nth": 1},
        {"every": 2, "first_monday": date(2026, 1, 5), "week_parity": "odd"},
    ],
)
def test_what_is_no_cycle_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cycle|parity|nth"):
        Cycle(**wrong)


@given(cycles(), DAYS, st.integers(1, 7), st.integers(-30, 30), st.integers(-30, 30))
@many
def test_a_pattern_falls_on_its_weekday_between_its_first_and_last_date(
    cycle: Cycle, day: date, weekday: int, before: int, after: int
) -> None:
    first, last = day - timedelta(days=before), day + timedelta(days=after)
    pattern = Pattern(weekday, 480, 720, first, last, cycle=cycle)
    expected = day.isoweekday() == weekday and first <= day <= last and counts(cycle, day)
    assert pattern.active_on(day) is expected


@pytest.mark.parametrize(
    "wrong", [(0, 480, 720), (8, 480, 720), (1, 720, 480), (1, 481, 720), (1, -5, 60), (1, 0, 1445)]
)
def test_what_is_no_piece_of_a_weekday_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"weekday|piece of a day|multiples of 5"):
        Pattern(*wrong, None, None)
