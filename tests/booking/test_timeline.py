"""Timelines: the algebra of ticks, held against sets and naive loops."""

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from booking.timeline import (
    MAX_WINDOW,
    TICK_SECONDS,
    TICKS_PER_DAY,
    Span,
    Timeline,
    Window,
    ceil_tick,
    floor_tick,
    from_packed,
    instant,
    tick_of,
)
from tests.booking.strategies import many, several, small_timelines, spans, timelines, windows

WINDOW = Window(1000, 600)


def ticks(timeline: Timeline) -> set[int]:
    return set(timeline.iterate())


def packed(pairs: list[Span]) -> bytes:
    return b"".join(struct.pack(">ii", *pair) for pair in pairs)


def test_ticks_are_counted_from_1970_in_utc() -> None:
    assert tick_of(datetime(1970, 1, 1, 0, 10, tzinfo=UTC)) == 2
    assert tick_of(datetime(1970, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))) == -12
    assert tick_of(datetime(2026, 11, 24, 12, 30, tzinfo=UTC)) == 5_985_078


def test_a_day_is_86_400_seconds() -> None:
    assert TICKS_PER_DAY * TICK_SECONDS == 86_400


@pytest.mark.parametrize("origin", [3, 900])
def test_what_lies_close_to_1970_is_built_as_anything_else(origin: int) -> None:
    """Where a sum of two ticks is no number beyond every window."""
    window, pairs = Window(origin, 50), [(origin + 1, origin + 3), (origin + 7, origin + 17)]
    assert list(Timeline.of(window, pairs).spans()) == pairs
    assert list(from_packed(window, packed(pairs)).spans()) == pairs
    assert list(Timeline.of_pieces(window, [(pairs[0][0], 0b11), (pairs[1][0], 0x3FF)]).spans()) == pairs


@given(st.integers(-(2**31), 2**31 - 1), st.integers(1, 299_999_999))
@many
def test_a_time_inside_a_tick_is_rounded_down_and_up_and_is_no_tick(tick: int, microseconds: int) -> None:
    tick %= 20_000_000
    begin, inside = instant(tick), instant(tick) + timedelta(microseconds=microseconds)
    assert tick_of(begin) == floor_tick(begin) == ceil_tick(begin) == tick
    assert (floor_tick(inside), ceil_tick(inside)) == (tick, tick + 1)
    with pytest.raises(ValueError, match="whole 5 minutes"):
        tick_of(inside)


@pytest.mark.parametrize("convert", [tick_of, floor_tick, ceil_tick])
def test_a_time_without_offset_is_refused(convert: Callable[[datetime], int]) -> None:
    with pytest.raises(ValueError, match="offset"):
        convert(datetime(2026, 11, 24, 12, 30))  # noqa: DTZ001


def test_a_window_is_at_most_400_days_and_a_little() -> None:
    assert Window(0, MAX_WINDOW).end == 116_000
    for length in (-1, MAX_WINDOW + 1):
        with pytest.raises(ValueError, match="window"):
            Window(0, length)


def test_a_window_widens_on_both_sides() -> None:
    assert Window.between(100, 160).widen(10) == Window(90, 80)


@pytest.mark.parametrize("bits", [-1, 1 << 600])
def test_bits_outside_the_window_are_refused(bits: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        Timeline(WINDOW, bits)


@given(st.data())
@many
def test_building_from_spans_clips_and_joins_like_sets(data: DataObject) -> None:
    window = data.draw(windows(longest=900))
    pairs = data.draw(st.lists(spans(window, longest=700), max_size=8))
    naive = {tick for start, end in pairs for tick in range(start, end)}
    inside = naive & set(range(window.origin, window.end))
    assert ticks(Timeline.of(window, pairs)) == inside
    assert ticks(from_packed(window, packed(pairs))) == inside
    pieces = [(start, (1 << (end - start)) - 1) for start, end in pairs]
    assert ticks(Timeline.of_pieces(window, pieces)) == inside


@given(several(1))
@many
def test_spans_build_the_same_timeline_again(few: list[Timeline]) -> None:
    (timeline,) = few
    runs = list(timeline.spans())
    assert Timeline.of(timeline.window, runs) == timeline
    assert all(start < end for start, end in runs)
    assert all(left[1] < right[0] for left, right in pairwise(runs))
    assert all(timeline.window.origin <= start and end <= timeline.window.end for start, end in runs)


@given(small_timelines())
@many
def test_next_and_previous_walk_what_iterate_walks_and_count_counts(timeline: Timeline) -> None:
    listed = list(timeline.iterate())
    walked, tick = [], timeline.next(timeline.window.origin - 7)
    while tick is not None:
        walked.append(tick)
        tick = timeline.next(tick + 1)
    assert walked == listed
    back, tick = [], timeline.previous(timeline.window.end + 7)
    while tick is not None:
        back.append(tick)
        tick = timeline.previous(tick - 1)
    assert back[::-1] == listed
    assert timeline.count() == len(listed)
    assert bool(timeline) == bool(listed)
    around = range(timeline.window.origin - 2, timeline.window.end + 2)
    assert [tick for tick in around if tick in timeline] == listed


def test_an_empty_and_a_full_timeline() -> None:
    assert not Timeline.empty(WINDOW)
    assert Timeline.full(WINDOW).count() == 600
    assert list(Timeline.full(WINDOW).spans()) == [(1000, 1600)]
    assert Timeline.empty(WINDOW).next(1000) is None
    assert Timeline.full(WINDOW).previous(999) is None
    assert Timeline.full(WINDOW).next(1600) is None


@given(several(3))
@many
def test_the_algebra_of_sets_holds(three: list[Timeline]) -> None:
    a, b, c = three
    assert (a | b) - b == a - b
    assert a & b == a - (a - b)
    assert ~~a == a
    assert ~(a | b) == ~a & ~b
    assert ~(a & b) == ~a | ~b
    assert a | b == b | a
    assert a & b == b & a
    assert (a | b) | c == a | (b | c)
    assert (a & b) & c == a & (b & c)
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)


@given(st.data())
@many
def test_the_operators_do_what_sets_do_with_timelines_and_with_spans(data: DataObject) -> None:
    window = data.draw(windows(longest=500))
    a, b = data.draw(timelines(window)), data.draw(timelines(window))
    span = data.draw(spans(window))
    everything, chosen = set(range(window.origin, window.end)), set(range(*span))
    assert ticks(a | b) == ticks(a) | ticks(b)
    assert ticks(a & b) == ticks(a) & ticks(b)
    assert ticks(a - b) == ticks(a) - ticks(b)
    assert ticks(~a) == everything - ticks(a)
    assert ticks(a | span) == ticks(a) | (chosen & everything)
    assert ticks(a & span) == ticks(a) & chosen
    assert ticks(a - span) == ticks(a) - chosen


@given(small_timelines(), st.integers(1, 40), st.integers(1, 40))
@example(Timeline.full(Window(0, 144)), 144, 1)
@many
def test_starts_equal_a_naive_loop(timeline: Timeline, duration: int, more: int) -> None:
    held = ticks(timeline)
    naive = {tick for tick in held if all(tick + step in held for step in range(duration))}
    assert ticks(timeline.starts(duration)) == naive
    assert timeline.starts(1) == timeline
    assert timeline.starts(duration).starts(more) == timeline.starts(duration + more - 1)


@given(small_timelines(), st.integers(0, 40), st.integers(0, 40))
@many
def test_dilation_equals_a_naive_loop(timeline: Timeline, before: int, after: int) -> None:
    inside = range(timeline.window.origin, timeline.window.end)
    naive = {tick + step for tick in ticks(timeline) for step in range(-before, after + 1)} & set(inside)
    assert ticks(timeline.dilate(before, after)) == naive
    assert timeline.dilate(before, 0).dilate(0, after) == timeline.dilate(before, after)


@given(several(2), st.integers(0, 300), st.integers(0, 300))
@many
def test_dilation_distributes_over_or(two: list[Timeline], before: int, after: int) -> None:
    a, b = two
    assert (a | b).dilate(before, after) == a.dilate(before, after) | b.dilate(before, after)


@given(st.data(), st.integers(-3000, 3000), st.integers(1, 20))
@many
def test_moving_origin_and_spans_together_moves_every_result(data: DataObject, by: int, size: int) -> None:
    window = data.draw(windows(longest=900))
    pairs = data.draw(st.lists(spans(window), max_size=8))
    here = Timeline.of(window, pairs)
    there = Timeline.of(Window(window.origin + by, window.length), [(start + by, end + by) for start, end in pairs])
    assert there.bits == here.bits
    assert ticks(there.starts(size)) == {tick + by for tick in here.starts(size).iterate()}
    assert ticks(there.dilate(size, 2)) == {tick + by for tick in here.dilate(size, 2).iterate()}


@given(st.data())
@many
def test_cutting_keeps_what_both_windows_know(data: DataObject) -> None:
    window, other = data.draw(windows(longest=900)), data.draw(windows(longest=900))
    timeline = data.draw(timelines(window))
    assert ticks(timeline.cut(other)) == ticks(timeline) & set(range(other.origin, other.end))


@pytest.mark.parametrize("together", ["__or__", "__and__", "__sub__"])
def test_timelines_of_different_windows_do_not_meet(together: str) -> None:
    with pytest.raises(ValueError, match="same window"):
        getattr(Timeline.full(WINDOW), together)(Timeline.full(WINDOW.widen(1)))


def test_a_reversed_span_is_refused_and_an_empty_one_adds_nothing() -> None:
    assert not Timeline.of(WINDOW, [(1100, 1100)])
    assert not from_packed(WINDOW, packed([(1100, 1100)]), 3, 3)
    with pytest.raises(ValueError, match="before it begins"):
        Timeline.of(WINDOW, [(1100, 1099)])
    with pytest.raises(ValueError, match="before it begins"):
        from_packed(WINDOW, packed([(1100, 1099)]))


def test_packed_bytes_that_are_no_whole_pairs_are_refused() -> None:
    assert not from_packed(WINDOW, b"")
    for raw in (b"\0" * 4, packed([(1000, 1006)])[:-1]):
        with pytest.raises(ValueError, match="8 bytes"):
            from_packed(WINDOW, raw)


def test_dilation_reaches_just_as_far_as_it_is_told() -> None:
    one = Timeline.of(WINDOW, [(1300, 1301)])
    for reach in range(1, 18):
        assert list(one.dilate(reach, 0).spans()) == [(1300 - reach, 1301)]
        assert list(one.dilate(0, reach).spans()) == [(1300, 1301 + reach)]


def test_a_duration_is_at_least_one_tick_and_a_dilation_not_negative() -> None:
    with pytest.raises(ValueError, match="duration"):
        Timeline.full(WINDOW).starts(0)
    for before, after in ((-1, 0), (0, -1)):
        with pytest.raises(ValueError, match="dilation"):
            Timeline.full(WINDOW).dilate(before, after)


def test_timelines_are_values() -> None:
    assert len({Timeline.of(WINDOW, [(1000, 1010)]), Timeline.of(WINDOW, [(1000, 1005), (1005, 1010)])}) == 1


@given(st.data())
@many
def test_packed_spans_are_widened_as_dilation_does(data: DataObject) -> None:
    window = data.draw(windows(longest=2000))
    inner = [span for span in data.draw(st.lists(spans(window), max_size=9)) if window.origin <= span[0]]
    before, after = data.draw(st.integers(0, 288)), data.draw(st.integers(0, 288))
    around = window.widen(600)
    wide = from_packed(around, packed(inner)).dilate(before, after).cut(window)
    assert from_packed(window, packed(inner), before, after) == wide


@pytest.mark.parametrize("days", [2, 20])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 1), (0, 576), (576, 0), (288, 288)])
def test_packed_spans_are_widened_by_up_to_two_days_in_short_and_in_long_windows(
    days: int, before: int, after: int
) -> None:
    window = Window(7_000_000, days * TICKS_PER_DAY)
    for start in (-1500, -864, -500, -1, 0, 255, 256, window.length - 1, window.length + 500, window.length + 1700):
        for long in (1, 255, 288, 289):
            first = window.origin + start
            wide = Timeline.of(window, [(first - before, first + long + after)])
            assert from_packed(window, packed([(first, first + long)]), before, after) == wide
