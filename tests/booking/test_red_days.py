"""Red days and eves against an own computation for 2005-2099, and what a municipality decides of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import red_days
from tests.booking.strategies import many

YEARS = range(2005, 2100)
DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computus (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


def saturday(first: date) -> date:
    """The one Saturday among seven dates."""
    return next(day for day in (first + DAY * number for number in range(7)) if day.strftime("%a") == "Sat")


def expected(year: int) -> set[date]:
    """What the act on public holidays names, for years since the National Day is one."""
    sunday = easter(year)
    moving = {sunday + DAY * number for number in (-2, 0, 1, 39, 49)}
    fixed = {date(year, *when) for when in ((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26))}
    return moving | fixed | {saturday(date(year, 6, 20)), saturday(date(year, 10, 31))}


@pytest.mark.parametrize("year", YEARS)
def test_the_red_days_are_those_of_the_act(year: int) -> None:
    assert red_days.red_days(year) == expected(year)


@pytest.mark.parametrize("year", YEARS)
def test_the_eves_lie_the_day_before_and_no_sunday_is_one(year: int) -> None:
    eves = red_days.eves_of(year)
    sunday = easter(year)
    before = {
        "twelfth_night": date(year, 1, 6) - DAY,
        "maundy_thursday": sunday - 3 * DAY,
        "walpurgis": date(year, 5, 1) - DAY,
        "ascension_eve": sunday + 38 * DAY,
        "midsummer_eve": saturday(date(year, 6, 20)) - DAY,
        "all_saints_eve": saturday(date(year, 10, 31)) - DAY,
        "day_before_christmas_eve": date(year, 12, 23),
        "christmas_eve": date(year, 12, 24),
        "day_before_new_years_eve": date(year, 12, 30),
        "new_years_eve": date(year, 12, 31),
    }
    assert eves == {name: day for name, day in before.items() if day.strftime("%a") != "Sun"}
    assert before.keys() == red_days.DEFAULTS.keys()


def test_three_eves_are_closed_and_the_rest_are_as_usual_until_somebody_decides() -> None:
    year = red_days.calendar(date(2026, 1, 1), date(2026, 12, 31))
    assert year.short == dict.fromkeys((date(2026, 6, 19), date(2026, 12, 24), date(2026, 12, 31)), 0)
    decided = {"maundy_thursday": 12 * 60, "christmas_eve": red_days.AS_USUAL}
    other = red_days.calendar(date(2026, 1, 1), date(2026, 12, 31), decided)
    assert other.short == {date(2026, 4, 2): 720, date(2026, 6, 19): 0, date(2026, 12, 31): 0}


def test_of_two_eves_on_one_date_the_earlier_closing_counts() -> None:
    both = date(2008, 4, 30)
    for first, second in ((780, 720), (720, 780)):
        found = red_days.calendar(both, both, {"walpurgis": first, "ascension_eve": second})
        assert found.short == {both: 720}


def test_an_eve_that_is_red_itself_is_red() -> None:
    for year in YEARS:
        everything = red_days.calendar(date(year, 1, 1), date(year, 12, 31), dict.fromkeys(red_days.DEFAULTS, 720))
        assert not everything.red & everything.short.keys()


def test_an_eve_closes_at_any_5_minutes() -> None:
    for minute in (0, 5, 725, 1435):
        found = red_days.calendar(date(2026, 4, 30), date(2026, 4, 30), {"walpurgis": minute})
        assert found.short == {date(2026, 4, 30): minute}
    assert not red_days.calendar(date(2026, 4, 30), date(2026, 4, 30), {"walpurgis": 1440}).short


def test_red_days_have_their_names_in_swedish_and_in_english() -> None:
    swedish, english = red_days.names_of(2026, "sv"), red_days.names_of(2026, "en-gb")
    assert list(swedish) == list(english) == sorted(expected(2026))
    assert (swedish[date(2026, 6, 20)], english[date(2026, 6, 20)]) == ("Midsommardagen", "Midsummer Day")
    assert (swedish[date(2026, 5, 14)], english[date(2026, 5, 14)]) == ("Kristi himmelsfärdsdag", "Ascension Day")
    assert red_days.names_of(2026, "fi") == swedish


@pytest.mark.parametrize(
    ("year", "found"),
    [
        (2026, [(1, 2), (1, 5), (5, 15)]),  # Friday after New Year, Monday before Epiphany, Friday after Ascension Day
        (2027, [(5, 7)]),
        (2028, [(1, 7), (5, 26), (6, 5)]),  # also the Monday before the National Day
        (2031, [(5, 2), (5, 23)]),  # the 1st of January 2032 is a Thursday: the Friday after it is of that year
        (2024, [(5, 10), (6, 7), (12, 23), (12, 27), (12, 30)]),  # a leap year: its last day is the 366th
    ],
)
def test_a_working_day_between_days_off_is_a_bridge(year: int, found: list[tuple[int, int]]) -> None:
    near = red_days.calendar(date(year - 1, 12, 1), date(year + 1, 1, 31))
    assert [(day.month, day.day) for day in red_days.bridge_days(year, near.red | near.short.keys())] == found


@pytest.mark.parametrize("year", [2024, 2026])
def test_the_first_and_the_last_day_of_a_year_can_be_bridges(year: int) -> None:
    """One side is of another year; where nothing is shut, or only a weekend is near, there is none."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    shut = [first - DAY, first + DAY, last - DAY, last + DAY]
    assert {first, last} <= set(red_days.bridge_days(year, shut))
    assert not {first - DAY, last + DAY} & set(
        red_days.bridge_days(year, [first - 2 * DAY, first, last, last + 2 * DAY])
    )
    assert red_days.bridge_days(year, []) == ()


@pytest.mark.parametrize("wrong", [{"easter_eve": 0}, {"walpurgis": -5}, {"walpurgis": 1445}, {"walpurgis": 722}])
def test_what_is_no_eve_or_no_minute_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="eve"):
        red_days.calendar(date(2026, 1, 1), date(2026, 12, 31), wrong)


@given(st.dates(date(2005, 1, 1), date(2098, 1, 1)), st.integers(0, 500))
@many
def test_a_span_holds_the_days_that_lie_in_it(first: date, length: int) -> None:
    last = first + DAY * length
    found = red_days.calendar(first, last)
    whole = {day for year in range(first.year, last.year + 1) for day in expected(year)}
    assert found.red == {day for day in whole if first <= day <= last}
    assert all(first <= day <= last for day in found.short)


@given(st.dates(date(2005, 1, 1), date(2090, 1, 1)), st.integers(0, 30))
@many
def test_working_days_are_counted_one_by_one(day: date, number: int) -> None:
    closed = expected(day.year) | expected(day.year + 1)
    after = red_days.working_days_after(day, number, closed)
    between = [day + DAY * n for n in range(1, (after - day).days + 1)]
    working = [one for one in between if one.strftime("%a") not in ("Sat", "Sun") and one not in closed]
    assert len(working) == number
    assert after == (working[-1] if working else day)
