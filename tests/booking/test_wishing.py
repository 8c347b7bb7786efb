"""Whose turn it is in the waiting list, and how long somebody is asked: pure rules, also when clocks are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import wishing
from booking.timeline import Tick, instant, tick_of
from booking.wishing import Wished, median_wait, next_in_line, offer_span, rests, suits

ZONE = ZoneInfo("Europe/Stockholm")
MADE = datetime(2026, 10, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 10, 20, 10, tzinfo=UTC)
CHANGES = (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC))


def wish(number: int = 1, /, **fields: Any) -> Wished:
    return replace(Wished(UUID(int=number), "video", MADE, notice=timedelta(hours=2)), **fields)


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> Tick:
    """A start on the wall in 2026."""
    return tick_of(datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC))


@pytest.mark.parametrize(
    ("wanted", "start", "fits"),
    [
        ({}, at(27, 9), True),
        ({"form": "phone"}, at(27, 9), False),
        ({"weekdays": frozenset({2})}, at(27, 9), True),  # a Tuesday
        ({"weekdays": frozenset({3})}, at(27, 9), False),
        ({"parts": frozenset({"morning"})}, at(27, 11, 55), True),
        ({"parts": frozenset({"morning"})}, at(27, 12), False),
        ({"parts": frozenset({"afternoon"})}, at(27, 12), True),
        ({"earliest": date(2026, 10, 27)}, at(27, 0), True),
        ({"earliest": date(2026, 10, 28)}, at(27, 23, 55), False),
        ({"latest": date(2026, 10, 27)}, at(27, 23, 55), True),
        ({"latest": date(2026, 10, 26)}, at(27, 0), False),
        ({"before": at(27, 9)}, at(27, 9), False),
        ({"before": at(27, 9, 5)}, at(27, 9), True),
        ({"asked": frozenset({at(27, 9)})}, at(27, 9), False),
    ],
)
def test_a_start_suits_what_was_wished(wanted: dict[str, object], start: Tick, fits: bool) -> None:
    assert suits(wish(**wanted), start, "video", until=NOW, zone=ZONE) is fits


def test_the_notice_counts_from_the_last_moment_of_an_answer() -> None:
    start = at(27, 9)
    edge = instant(start) - timedelta(hours=2)
    assert suits(wish(), start, "video", until=edge, zone=ZONE)
    assert not suits(wish(), start, "video", until=edge + timedelta(seconds=1), zone=ZONE)


def test_the_oldest_wish_that_it_suits_is_next() -> None:
    old, older = wish(1, made_at=MADE), wish(2, made_at=MADE - timedelta(days=1))
    oldest = wish(3, made_at=MADE - timedelta(days=9), form="phone")
    found = next_in_line([old, older, oldest], at(27, 9), "video", until=NOW, zone=ZONE)
    assert found == older


@pytest.mark.parametrize("not_now", [{"waits": False}, {"asked_today": 3}])
def test_who_rests_or_was_asked_often_today_is_passed_over(not_now: dict[str, object]) -> None:
    first, second = wish(1, **not_now), wish(2, made_at=MADE + timedelta(days=1))
    assert next_in_line([first, second], at(27, 9), "video", until=NOW, zone=ZONE) == second
    assert next_in_line([first], at(27, 9), "video", until=NOW, zone=ZONE) is None


def test_two_offers_a_day_are_no_hindrance() -> None:
    assert next_in_line([wish(asked_today=2)], at(27, 9), "video", until=NOW, zone=ZONE) is not None


@given(st.permutations([wish(n, made_at=MADE + timedelta(minutes=n // 2)) for n in range(8)]))
def test_the_order_does_not_hang_on_the_order_of_reading(wishes: list[Wished]) -> None:
    assert [one.id.int for one in wishing.in_line(wishes)] == list(range(8))


@pytest.mark.parametrize(
    ("now", "start", "by_phone", "begins", "minutes"),
    [
        (time(8), 48, False, time(8), 30),
        (time(19, 30), 48, False, time(19, 30), 30),
        (time(19, 31), 48, False, time(8), 30),
        (time(19, 31), 20, False, time(19, 31), 15),
        (time(19, 46), 20, False, time(8), 15),
        (time(7, 59), 48, False, time(8), 30),
        (time(12), 24, False, time(12), 30),
        (time(12), 23, False, time(12), 15),
        (time(19), 48, True, time(19), 60),
        (time(19, 1), 2, True, time(8), 60),
    ],
)
def test_how_long_an_offer_runs(now: time, start: int, by_phone: bool, begins: time, minutes: int) -> None:
    moment = datetime.combine(date(2026, 10, 20), now, ZONE)
    first, last = offer_span(moment, tick_of(moment.replace(minute=0)) + start * 12, ZONE, by_phone=by_phone)
    assert first.astimezone(ZONE).time() == begins
    assert last - first == timedelta(minutes=minutes)


around_a_change = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-3 * 86_400, 3 * 86_400),
)


@given(around_a_change, st.integers(1, 40 * 288), st.booleans())
def test_no_offer_runs_at_night_and_none_waits_longer_than_it_must(now: datetime, ahead: int, by_phone: bool) -> None:
    start = tick_of(now.replace(minute=0, second=0)) + ahead
    begins, ends = offer_span(now, start, ZONE, by_phone=by_phone)
    first, last = begins.astimezone(ZONE), ends.astimezone(ZONE)
    assert first.date() == last.date()
    assert time(8) <= first.time() < last.time() <= time(20)
    assert ends - begins in (timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
    assert begins == now or (first.time() == time(8) and now < begins <= now + timedelta(hours=14))
    if begins > now:  # one that began now would have been at night, by a clock read on its own
        wall, late = now.astimezone(ZONE), (now + timedelta(minutes=60 if by_phone else 30)).astimezone(ZONE)
        assert wall.hour < 8 or late.date() > wall.date() or late.time() > time(20) or wall.hour >= 19


@given(around_a_change, st.integers(1, 30 * 288), st.frozensets(st.integers(1, 7)), st.integers(0, 2880))
def test_what_suits_is_what_a_walk_along_the_wall_says(
    now: datetime, ahead: int, weekdays: frozenset[int], notice: int
) -> None:
    start = tick_of(now.replace(minute=0, second=0)) + ahead
    wanted = wish(weekdays=weekdays, parts=frozenset({"morning"}), notice=timedelta(minutes=notice))
    seconds = (instant(start) - now).total_seconds()
    wall = instant(start).astimezone(ZONE)
    says = (not weekdays or wall.weekday() + 1 in weekdays) and wall.hour < 12 and seconds >= notice * 60
    assert suits(wanted, start, "video", until=now, zone=ZONE) is says


def test_three_offers_without_an_answer_make_a_wish_rest() -> None:
    assert [rests(n) for n in range(5)] == [False, False, False, True, True]


def test_the_median_is_said_from_five_on_and_is_nobodys_own() -> None:
    assert median_wait([10, 20, 30, 40]) is None
    assert median_wait([50, 10, 30, 20, 40]) == timedelta(minutes=30)
