"""Free starts: the one formula against a naive loop, and search over pools."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn

from booking.rules import Opening
from booking.slots import Demand, Slot, first_slots, grid, nearest, pooled, starts_of
from booking.timeline import Timeline, Window, tick_of
from booking.walltime import local_days
from tests.booking.strategies import STOCKHOLM, many, small_timelines, spans, timelines, windows

WINDOW = Window(1000, 300)
EVERYTHING = (0, 10_000_000)


@dataclass(frozen=True)
class Case:
    opening: Opening
    taken: Timeline
    demand: Demand
    allowed: tuple[int, int]


demands = st.builds(Demand, st.integers(1, 20), st.integers(0, 8), st.integers(0, 8))


@st.composite
def cases(draw: DrawFn) -> Case:
    window = draw(windows(longest=600))
    closed = draw(timelines(window))
    parts = Opening(draw(timelines(window)) - closed, draw(timelines(window)), closed)
    return Case(parts, draw(timelines(window)), draw(demands), draw(spans(window)))


@st.composite
def pools(draw: DrawFn) -> dict[int, Timeline]:
    window = draw(small_timelines()).window
    bits = st.integers(0, window.full)
    ids = draw(st.lists(st.integers(1, 1000), unique=True, max_size=6))
    return {calendar: Timeline(window, draw(bits) & draw(bits)) for calendar in ids}


def naive_first(pool: dict[int, Timeline]) -> dict[int, tuple[int, ...]]:
    free: dict[int, list[int]] = {}
    for calendar in sorted(pool):
        for tick in pool[calendar].iterate():
            free.setdefault(tick, []).append(calendar)
    return {tick: tuple(free[tick]) for tick in sorted(free)}


@given(cases())
@many
def test_a_start_is_refused_exactly_when_its_block_meets_something_taken_or_closed(case: Case) -> None:
    demand, opening = case.demand, case.opening
    found = starts_of(opening, case.taken, demand, case.allowed)
    is_open, in_the_way = set(opening.open.iterate()), {*case.taken.iterate(), *opening.closed.iterate()}
    for start in range(case.taken.window.origin, case.taken.window.end):
        fits = all(tick in is_open for tick in range(start, start + demand.duration))
        block = range(start - demand.before, start + demand.duration + demand.after)
        free = not any(tick in in_the_way for tick in block)
        permitted = case.allowed[0] <= start < case.allowed[1]
        assert (start in found) == (fits and free and permitted and start in opening.grid)


@given(cases())
@many
def test_no_start_widened_by_its_buffers_meets_a_taken_tick(case: Case) -> None:
    for start in starts_of(case.opening, case.taken, case.demand, case.allowed).iterate():
        assert not case.taken & case.demand.block(start)
        assert not case.opening.closed & case.demand.block(start)
        assert (case.opening.open & case.demand.meeting(start)).count() == case.demand.duration


@given(cases())
@many
def test_what_is_booked_takes_its_own_start_away(case: Case) -> None:
    found = starts_of(case.opening, case.taken, case.demand, case.allowed)
    for start in found.iterate():
        after = starts_of(case.opening, case.taken | case.demand.block(start), case.demand, case.allowed)
        assert start not in after
        assert not after - found


def opened(window: Window, *parts: tuple[int, int]) -> Opening:
    return Opening(Timeline.of(window, parts), Timeline.full(window), Timeline.empty(window))


def test_buffers_may_reach_outside_open_time() -> None:
    found = starts_of(opened(WINDOW, (1100, 1106)), Timeline.empty(WINDOW), Demand(6, 3, 3), EVERYTHING)
    assert list(found.iterate()) == [1100]


def test_the_buffers_of_neighbours_add_up() -> None:
    demand = Demand.of_minutes(30, before=5, after=10)
    taken = Timeline.of(WINDOW, [demand.block(1150)])
    found = starts_of(opened(WINDOW, (1100, 1200)), taken, demand, EVERYTHING)
    assert found.previous(1150) == 1150 - 6 - 3
    assert found.next(1150) == 1150 + 6 + 3


def test_buffers_may_not_reach_over_closed_time() -> None:
    closed = Timeline.of(WINDOW, [(1110, 1120)])
    parts = Opening(Timeline.of(WINDOW, [(1100, 1140)]) - closed, Timeline.full(WINDOW), closed)
    assert list(starts_of(parts, Timeline.empty(WINDOW), Demand(6, 2, 2), EVERYTHING).spans()) == [
        (1100, 1103),
        (1122, 1135),
    ]


def test_limits_may_be_given_as_a_timeline() -> None:
    limits = Timeline.full(WINDOW) - (1101, 1103)
    found = starts_of(opened(WINDOW, (1100, 1110)), Timeline.empty(WINDOW), Demand(6), limits)
    assert list(found.iterate()) == [1100, 1103, 1104]


@pytest.mark.parametrize("wrong", [(0, 0, 0), (145, 0, 0), (6, -1, 0), (6, 0, -1), (144, 100, 45)])
def test_a_demand_outside_what_a_calendar_can_hold_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="ticks"):
        Demand(*wrong)


def test_a_demand_in_minutes_is_whole_ticks() -> None:
    assert Demand.of_minutes(45, 5, 10) == Demand(9, 1, 2)
    assert Demand.of_minutes(45) == Demand(9) == Demand(9, 0, 0)
    assert Demand(9, 1, 2).reach == 12
    assert Demand.of_minutes(720, 360, 360) == Demand(144, 72, 72)
    for wrong in ((44, 0, 0), (45, 1, 0), (45, 0, 2)):
        with pytest.raises(ValueError, match="multiples of 5"):
            Demand.of_minutes(*wrong)


@given(pools(), st.integers(0, 12))
@many
def test_the_first_starts_of_a_pool_are_offered_once_with_everybody_free(pool: dict[int, Timeline], n: int) -> None:
    assert first_slots(pool, n) == list(naive_first(pool).items())[:n]


@given(pools(), st.integers(-20, 170), st.integers(0, 12))
@many
def test_the_nearest_starts_come_by_distance_then_earlier(pool: dict[int, Timeline], away: int, n: int) -> None:
    free = naive_first(pool)
    wanted = pooled(pool).window.origin + away
    order = sorted(free, key=lambda tick: (abs(tick - wanted), tick))
    assert nearest(pool, wanted, n) == [(tick, free[tick]) for tick in order][:n]


def test_three_nearest_are_found_unless_told_otherwise() -> None:
    pool = {7: Timeline.of(WINDOW, [(1100, 1110)]), 3: Timeline.of(WINDOW, [(1105, 1106)])}
    assert nearest(pool, 1105) == [(1105, (3, 7)), (1104, (7,)), (1106, (7,))]


def test_an_empty_pool_offers_nothing() -> None:
    assert first_slots({}, 10) == nearest({}, 1000) == []
    assert pooled({}) == Timeline.empty(Window(0, 0))


def test_windows_are_the_same_by_what_they_span() -> None:
    alike = Window(WINDOW.origin, WINDOW.length)
    assert alike is not WINDOW
    assert pooled({1: Timeline.full(WINDOW), 2: Timeline.empty(alike)}) == Timeline.full(WINDOW)


@pytest.mark.parametrize("search", [lambda pool: first_slots(pool, 3), lambda pool: nearest(pool, 1000), pooled])
def test_a_pool_with_two_windows_is_refused(search: Callable[[dict[int, Timeline]], object]) -> None:
    with pytest.raises(ValueError, match="same window"):
        search({1: Timeline.full(WINDOW), 2: Timeline.full(WINDOW.widen(1))})


@given(st.data())
@many
def test_the_grid_holds_every_start_under_its_local_day(data: DataObject) -> None:
    window = data.draw(windows(longest=2000))
    pool = {1: data.draw(timelines(window)), 2: data.draw(timelines(window))}
    table = local_days(window, STOCKHOLM)
    days = grid(pool, table)
    assert [day for day, _ in days] == [day.date for day in table]
    assert [tick for _, starts in days for tick in starts] == list((pool[1] | pool[2]).iterate())


def test_the_grid_divides_at_local_midnight() -> None:
    window = Window.between(
        tick_of(datetime(2026, 11, 23, 12, tzinfo=UTC)), tick_of(datetime(2026, 11, 24, 12, tzinfo=UTC))
    )
    midnight = tick_of(datetime(2026, 11, 23, 23, tzinfo=UTC))
    pool = {1: Timeline.of(window, [(midnight - 1, midnight + 1)])}
    assert grid(pool, local_days(window, STOCKHOLM)) == [
        (date(2026, 11, 23), [midnight - 1]),
        (date(2026, 11, 24), [midnight]),
    ]


def test_a_slot_is_a_value_in_utc() -> None:
    start = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    slot = Slot.at(tick_of(start), duration=6, form="video", calendars=[3, 7])
    assert slot == Slot(start, datetime(2026, 11, 24, 13, tzinfo=UTC), "video", (3, 7))
    assert slot.start.utcoffset() == slot.end.utcoffset() == UTC.utcoffset(None)
