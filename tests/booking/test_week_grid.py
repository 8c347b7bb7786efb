"""A week as blocks and as a table: nothing is lost, nothing overlaps, the heavier counts."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from booking.week_grid import Kind, Piece, blocks, reach, table

DAY = (0, 1440)
SPANS = st.tuples(st.integers(-10, 300), st.integers(-10, 300)).map(lambda pair: (min(pair) * 5, (max(pair) + 1) * 5))
PIECES = st.lists(st.builds(Piece, st.sampled_from([k for k in Kind if k != Kind.SHUT]), SPANS, st.integers(0, 2)))


@given(PIECES)
def test_blocks_are_the_whole_day_in_order_and_neighbours_differ(pieces: list[Piece]) -> None:
    found = blocks(DAY, pieces)
    assert found[0].span[0] == DAY[0]
    assert found[-1].span[1] == DAY[1]
    for one, following in pairwise(found):
        assert one.span[1] == following.span[0]
        assert (one.kind, one.about) != (following.kind, following.about)


@given(PIECES, st.integers(0, 287))
def test_each_tick_is_what_counts_most_there(pieces: list[Piece], tick: int) -> None:
    at = tick * 5
    there = [one.kind for one in pieces if one.span[0] <= at < one.span[1]]
    shown = next(one.kind for one in blocks(DAY, pieces) if one.span[0] <= at < one.span[1])
    assert shown == min(there, default=Kind.SHUT)


@given(st.lists(PIECES, min_size=1, max_size=5))
def test_every_column_of_the_table_is_filled_exactly_once(days: list[list[Piece]]) -> None:
    whole = [blocks(DAY, day) for day in days]
    rows = table(whole, (8 * 60, 17 * 60))
    for number in range(len(days)):
        assert sum(cell.rows for row in rows for cell in row.cells if cell.day == number) == len(rows)
    assert sum(row.minutes for row in rows) == 9 * 60


def test_a_booking_hides_the_open_time_below_it() -> None:
    found = blocks((480, 720), [Piece(Kind.OPEN, (480, 720)), Piece(Kind.BOOKED, (540, 600), "a")])
    assert [(one.kind, one.span) for one in found] == [
        (Kind.OPEN, (480, 540)),
        (Kind.BOOKED, (540, 600)),
        (Kind.OPEN, (600, 720)),
    ]


def test_two_meetings_side_by_side_stay_two() -> None:
    found = blocks((480, 600), [Piece(Kind.BOOKED, (480, 540), "a"), Piece(Kind.BOOKED, (540, 600), "b")])
    assert [one.about for one in found] == ["a", "b"]


def test_the_table_reaches_as_far_as_something_is_open_and_no_absence_makes_it_longer() -> None:
    early = [Piece(Kind.OPEN, (6 * 60 + 30, 9 * 60)), Piece(Kind.ABSENCE, (0, 1440))]
    assert reach([early], (8 * 60, 16 * 60)) == (6 * 60, 16 * 60)
    assert reach([[Piece(Kind.BUSY, (0, 1440))]], (8 * 60, 16 * 60)) == (8 * 60, 16 * 60)


def test_rows_stand_at_full_hours_and_at_the_edges_of_blocks() -> None:
    day = blocks(DAY, [Piece(Kind.BOOKED, (8 * 60 + 30, 9 * 60 + 15), "a")])
    rows = table([day], (8 * 60, 10 * 60))
    assert [row.minute for row in rows] == [480, 510, 540, 555]
    assert [cell.rows for row in rows for cell in row.cells] == [1, 2, 1]
