"""Whatever is done to a chain of access entries, the first entry that is wrong is named, and what was done to it."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from identity.chain import Sealed, canonical, genesis, link
from identity.chain_faults import Anchored, Fault, Walk, walk
from tests.identity.chains import chain, entry

STRANGER = entry(999)


def walked(rows: Iterable[Sealed], anchored: Anchored | None = None) -> Walk:
    return walk(rows, municipality=1, anchored=anchored or {})


def renumbered(rows: Iterable[Sealed], by: int) -> list[Sealed]:
    return [row._replace(number=row.number + by) for row in rows]


@st.composite
def places(draw: st.DrawFn, last: int = 0) -> tuple[list[Sealed], int]:
    """A chain, and the index of one of its rows that has at least `last` rows after it."""
    rows = chain(draw(st.integers(1 + last, 8))).rows
    return rows, draw(st.integers(0, len(rows) - 1 - last))


@given(st.integers(0, 8))
def test_a_whole_chain_holds_and_agrees_with_its_anchors(length: int) -> None:
    rows = chain(length).rows
    assert walked(rows, {row.number: [row.hash] for row in rows}) == Walk(length, None)


@given(places(last=1))
def test_an_altered_entry_is_named(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    rows[i] = rows[i]._replace(entry=rows[i].entry._replace(allowed=False))
    assert walked(rows) == Walk(i, Fault("altered", i + 1, rows[i].entry.id))


@given(places())
def test_an_altered_entry_is_named_at_the_very_end_too_when_an_anchor_knows_its_hash(
    place: tuple[list[Sealed], int],
) -> None:
    rows, i = place
    rows = rows[: i + 1]
    rows[i] = rows[i]._replace(entry=rows[i].entry._replace(allowed=False))
    assert walked(rows) == Walk(i, Fault("replaced", i + 1, rows[i].entry.id))
    assert walked(rows, {i + 1: [rows[i].hash]}) == Walk(i, Fault("altered", i + 1, rows[i].entry.id))


@given(places(last=1))
def test_an_entry_whose_hash_alone_was_altered_is_named(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    rows[i] = rows[i]._replace(hash=b"\0" * 32)
    assert walked(rows) == Walk(i, Fault("altered", i + 1, rows[i].entry.id))


@given(places(last=2))
def test_an_entry_that_was_altered_and_made_to_fit_is_told_by_the_next_one(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    before = rows[i - 1].hash if i else genesis(1)
    forged = rows[i].entry._replace(role="resident")
    rows[i] = Sealed(i + 1, link(before, canonical(forged, i + 1)), forged)
    assert walked(rows) == Walk(i + 1, Fault("altered", i + 2, rows[i + 1].entry.id))


@given(places(last=1))
def test_a_removed_entry_is_named(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    del rows[i]
    assert walked(rows) == Walk(i, Fault("removed", i + 1))


@given(places(last=2))
def test_a_removed_entry_is_named_although_those_after_it_were_given_its_number(
    place: tuple[list[Sealed], int],
) -> None:
    rows, i = place
    assert walked([*rows[:i], *renumbered(rows[i + 1 :], -1)]) == Walk(i, Fault("removed", i + 1))


@given(places())
def test_an_inserted_entry_is_named_although_those_after_it_made_room(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    forged = Sealed(i + 1, b"\1" * 32, STRANGER)
    found = walked([*rows[:i], forged, *renumbered(rows[i:], 1)])
    assert found == Walk(i, Fault("inserted", i + 1, STRANGER.id))


@given(places())
def test_a_number_that_stands_twice_is_named(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    twice = rows[i]._replace(entry=STRANGER)
    assert walked([*rows[: i + 1], twice, *rows[i + 1 :]]) == Walk(i + 1, Fault("inserted", i + 1, STRANGER.id))


@given(places())
def test_an_entry_in_the_place_of_another_is_named(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    rows[i:] = [Sealed(row.number, b"\1" * 32, entry(500 + row.number)) for row in rows[i:]]
    assert walked(rows) == Walk(i, Fault("replaced", i + 1, rows[i].entry.id))


@given(st.integers(2, 8), st.data())
def test_a_chain_that_was_made_anew_differs_from_the_next_anchor(length: int, data: st.DataObject) -> None:
    told = chain(length).rows
    changed = data.draw(st.integers(1, length))
    anchors = data.draw(st.sets(st.integers(1, length), min_size=1).filter(lambda at: max(at) >= changed))
    anew = chain(0)
    for row in told:
        anew.seal(row.entry._replace(reason="forged") if row.number == changed else row.entry)
    first = min(at for at in anchors if at >= changed)
    agrees = max((at for at in anchors if at < changed), default=0)
    found = walked(anew.rows, {at: [told[at - 1].hash] for at in anchors})
    assert found == Walk(first, Fault("rewritten", first, told[first - 1].entry.id, agrees))


@given(places())
def test_an_end_that_was_cut_off_is_named_by_an_anchor_only(place: tuple[list[Sealed], int]) -> None:
    rows, i = place
    anchored = {row.number: [row.hash] for row in (rows[0], rows[-1])}
    assert walked(rows[:i]) == Walk(i, None)
    assert walked(rows[:i], anchored) == Walk(i, Fault("cut", i + 1, None, 1 if i else 0))


def test_two_anchors_that_contradict_each_other_are_not_both_right() -> None:
    rows = chain(3).rows
    found = walked(rows, {2: [rows[1].hash, b"\2" * 32]})
    assert found.fault == Fault("rewritten", 2, rows[1].entry.id)


def test_a_chain_does_not_pass_for_a_neighbours() -> None:
    rows = chain(2).rows
    moved = walk(rows, municipality=2, anchored={})
    assert moved == Walk(0, Fault("altered", 1, rows[0].entry.id))
