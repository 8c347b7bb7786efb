"""An entry whose time does not fit its place in the chain is found, and honest ones never are."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from identity.chain import Sealed
from identity.chain_times import TOLERANCE, Watch
from tests.identity.chains import NEW_YEAR, chain

LATER = NEW_YEAR + timedelta(days=3650)
LITTLE = int(TOLERANCE.total_seconds()) // 2


def at(*seconds: int) -> list[Sealed]:
    """A chain of entries of these times, seconds from the new year on; only the times matter here."""
    rows = chain(len(seconds)).rows
    return [
        row._replace(entry=row.entry._replace(at=NEW_YEAR + timedelta(seconds=second)))
        for row, second in zip(rows, seconds, strict=True)
    ]


def astray(rows: list[Sealed], **watched: object) -> list[int]:
    watch = Watch(**{"now": LATER, **watched})  # type: ignore[arg-type]
    assert list(watch.over(rows)) == rows
    return [row.number for row in watch.astray]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(-LITTLE, LITTLE)), max_size=20))
def test_times_that_rise_but_for_a_little_are_honest(steps: list[tuple[int, int]]) -> None:
    honest, seconds = 0, []
    for step, wobble in steps:
        honest += step
        seconds.append(honest + wobble)
    assert astray(at(*seconds)) == []


@given(st.integers(2, 8), st.data(), st.integers(2 * LITTLE + 10, 10**8))
def test_one_of_an_earlier_time_is_named(length: int, data: st.DataObject, back: int) -> None:
    seconds, place = list(range(length)), data.draw(st.integers(1, length - 1))
    seconds[place] -= back
    assert astray(at(*seconds)) == [place + 1]


@given(st.integers(3, 8), st.data(), st.integers(2 * LITTLE + 10, 10**8))
def test_one_of_a_later_time_is_named_and_not_those_that_follow(length: int, data: st.DataObject, ahead: int) -> None:
    seconds, place = list(range(length + 1)), data.draw(st.integers(1, length - 2))
    seconds[place] += ahead
    assert astray(at(*seconds)) == [place + 1]


def test_several_in_a_row_are_all_named() -> None:
    assert astray(at(0, 10, -5000, -4000, 9000, 20, 30)) == [3, 4, 5]


def test_one_of_a_time_to_come_is_named_by_the_clock_or_by_an_anchor() -> None:
    rows = at(0, 1, 1000)
    assert astray(rows) == []
    assert astray(rows, now=NEW_YEAR) == [3]
    assert astray(rows, told=[(3, NEW_YEAR + timedelta(seconds=5))]) == [3]
    assert astray(rows, told=[(2, NEW_YEAR), (7, NEW_YEAR + timedelta(seconds=5)), (9, LATER)]) == [3]
    assert astray(rows, told=[(2, NEW_YEAR)]) == []
