"""What is hashed of an access entry, and how entries hold on to each other."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from identity.chain import Entry, canonical, genesis, link, microseconds

SHORT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
ENTRIES = st.builds(
    Entry,
    municipality=st.integers(1, 2**31 - 1),
    id=st.uuids(),
    at=MOMENTS,
    actor=st.none() | st.uuids(),
    role=SHORT,
    unit=st.none() | st.uuids(),
    action=SHORT,
    kind=SHORT,
    objects_seen=st.lists(st.uuids(), max_size=5),
    allowed=st.booleans(),
    reason=SHORT,
    network=st.none() | st.ip_addresses().map(str),
)
ONE = Entry(
    municipality=7,
    id=UUID(int=1),
    at=datetime(2027, 1, 1, 12, tzinfo=UTC),
    actor=UUID(int=2),
    role="officer",
    unit=None,
    action="booking.see",
    kind="booking",
    objects_seen=[UUID(int=3), UUID(int=4)],
    allowed=True,
    reason="",
    network="192.0.2.7",
)


@given(ENTRIES, ENTRIES, st.sampled_from(Entry._fields), st.integers(1, 2**40))
def test_any_field_that_changes_changes_the_hash(one: Entry, other: Entry, field: str, number: int) -> None:
    changed = one._replace(**{field: getattr(other, field)})
    assume(changed != one)
    before = genesis(one.municipality)
    assert link(before, canonical(changed, number)) != link(before, canonical(one, number))


@given(ENTRIES, st.integers(1, 2**40), st.integers(1, 2**40))
def test_an_entry_at_another_number_has_another_hash(entry: Entry, number: int, other: int) -> None:
    assert (canonical(entry, number) == canonical(entry, other)) == (number == other)


@given(ENTRIES, ENTRIES)
def test_the_order_of_two_entries_is_in_the_last_hash(one: Entry, other: Entry) -> None:
    assume(one != other)
    start = genesis(1)
    forth = link(link(start, canonical(one, 1)), canonical(other, 2))
    assert forth != link(link(start, canonical(other, 1)), canonical(one, 2))


@given(SHORT, SHORT, SHORT, SHORT)
def test_text_that_moves_over_to_the_next_field_is_seen(a: str, b: str, c: str, d: str) -> None:
    assume((a, b) != (c, d))
    one, other = ONE._replace(action=a, kind=b), ONE._replace(action=c, kind=d)
    assert canonical(one, 1) != canonical(other, 1)


@given(st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1))
def test_chains_of_two_municipalities_begin_apart(one: int, other: int) -> None:
    assert (genesis(one) == genesis(other)) == (one == other)


@given(MOMENTS, st.integers(-12, 12))
def test_a_moment_is_exact_whatever_zone_it_is_written_in(at: datetime, hours: int) -> None:
    assert microseconds(at + timedelta(microseconds=1)) == microseconds(at) + 1
    assert microseconds(at.astimezone(timezone(timedelta(hours=hours)))) == microseconds(at)


def test_the_bytes_are_those_that_are_documented() -> None:
    """A change of these bytes makes every chain that was ever sealed look broken: it needs a new version number."""
    expected = (
        "01" "0000000000000007" "0000000000000009" "00000000000000000000000000000001" "00066400e11fd000" "01"
        "01" "00000000000000000000000000000002" "00"
        "0007" "6f666669636572" "000b" "626f6f6b696e672e736565" "0007" "626f6f6b696e67" "0000"
        "04" "c0000207"
        "00000002" "00000000000000000000000000000003" "00000000000000000000000000000004"
    )  # fmt: skip
    assert microseconds(ONE.at) == 1_798_804_800_000_000
    assert canonical(ONE, 9).hex() == expected
    before = genesis(7)
    assert before == hashlib.sha256(b"motas access log 7").digest()
    assert link(before, canonical(ONE, 9)) == hashlib.sha256(canonical(ONE, 9) + before).digest()
