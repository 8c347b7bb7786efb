"""Limits of a day and a week against counting the meetings of each local date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from booking.day_limits import NO_LIMITS, Limits, full_days
from booking.timeline import Span, Window, instant
from booking.walltime import local_days, ticks_of
from tests.booking.strategies import STOCKHOLM, many

some = st.none() | st.integers(0, 4)


@st.composite
def weeks(draw: DrawFn) -> Window:
    """One to three whole local weeks, often around a change of the clock."""
    monday = draw(st.sampled_from((date(2026, 10, 19), date(2027, 3, 22), date(2026, 12, 28), date(2026, 5, 4))))
    last = monday + timedelta(days=7 * draw(st.integers(1, 3)) - 1)
    return Window.between(ticks_of(monday, 0, 1440, STOCKHOLM)[0], ticks_of(last, 0, 1440, STOCKHOLM)[1])


@st.composite
def meetings(draw: DrawFn, window: Window) -> list[Span]:
    """Some meetings that begin in the window."""
    starts = draw(st.lists(st.integers(window.origin, window.end - 1), max_size=25))
    return [(start, start + draw(st.integers(1, 24))) for start in starts]


@given(st.data(), weeks(), st.builds(Limits, some, some, st.none() | st.integers(0, 300)), st.integers(1, 24))
@many
def test_a_day_is_full_exactly_when_one_more_would_pass_a_limit(
    data: st.DataObject, window: Window, limits: Limits, duration: int
) -> None:
    booked = data.draw(meetings(window))
    found = set(full_days(limits, booked, duration, local_days(window, STOCKHOLM)))
    dated = [(instant(start).astimezone(STOCKHOLM).date(), (end - start) * 5) for start, end in booked]
    for day in local_days(window, STOCKHOLM):
        span, today = (day.origin, day.end), [minutes for when, minutes in dated if when == day.date]
        week = [when for when, _ in dated if when.strftime("%G %V") == day.date.strftime("%G %V")]
        assert (("day_limit", span) in found) is (limits.per_day is not None and len(today) + 1 > limits.per_day)
        assert (("week_limit", span) in found) is (limits.per_week is not None and len(week) + 1 > limits.per_week)
        minutes = sum(today) + duration * 5
        passed = limits.minutes_per_day is not None and minutes > limits.minutes_per_day
        assert (("minute_limit", span) in found) is passed


def test_without_limits_nothing_is_counted() -> None:
    assert list(full_days(NO_LIMITS, [(0, 1)], 1, local_days(Window(0, 288), STOCKHOLM))) == []


def test_a_meeting_outside_the_days_that_are_looked_at_does_not_count() -> None:
    table = local_days(Window.between(*ticks_of(date(2026, 5, 4), 0, 1440, STOCKHOLM)), STOCKHOLM)
    assert list(full_days(Limits(per_day=1), [(table[0].origin - 5, table[0].origin)], 1, table)) == []


@pytest.mark.parametrize("wrong", [{"per_day": -1}, {"per_week": -1}, {"minutes_per_day": -5}])
def test_a_limit_below_nothing_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        Limits(**wrong)
