"""What taken time refuses: the same whether it was unpacked before or not, and never more than is allowed is kept."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from booking import slots
from booking.blocked import Unpacked
from booking.slots import Demand
from booking.timeline import Timeline, Window

WINDOW = Window(5_000, 5_000)
BLOCKS = st.lists(st.tuples(st.integers(4_000, 11_000), st.integers(1, 288)), max_size=8)


@given(st.lists(BLOCKS, min_size=1, max_size=6), st.tuples(st.integers(1, 24), st.integers(0, 6), st.integers(0, 6)))
def test_what_is_kept_says_what_the_formula_says(
    asked: list[list[tuple[int, int]]], lengths: tuple[int, int, int]
) -> None:
    demand, wide = Demand(*lengths), WINDOW.widen(600)
    kept, unkept = Unpacked(), Unpacked(most=0)
    for pairs in asked * 2:
        spans = [(start, start + ticks) for start, ticks in pairs]
        raw = b"".join(struct.pack(">ii", *span) for span in spans)
        told = slots.blocked(Timeline.of(wide, spans), demand).cut(WINDOW).bits
        assert kept.starts(WINDOW, raw, demand) == unkept.starts(WINDOW, raw, demand) == told


def test_what_was_not_asked_for_goes_when_there_is_no_more_room() -> None:
    kept, demand = Unpacked(most=10_000), Demand(6)
    usual = struct.pack(">ii", 5_000, 5_006)
    for start in range(5_000, 5_100):
        kept.starts(WINDOW, struct.pack(">ii", start, start + 6), demand)
        kept.starts(WINDOW, usual, demand)
        assert len(kept) <= 22
    assert kept.starts(WINDOW, usual, demand) == slots.blocked(Timeline.of(WINDOW, [(5_000, 5_006)]), demand).bits


def test_other_lengths_and_windows_are_other_questions() -> None:
    kept, raw = Unpacked(), struct.pack(">ii", 5_100, 5_106)
    short, long = (kept.starts(WINDOW, raw, Demand(length)) for length in (6, 12))
    assert (short.bit_count(), long.bit_count()) == (11, 17)
    assert kept.starts(Window(5_050, 500), raw, Demand(6)) == short >> 50
