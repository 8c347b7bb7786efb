"""The access log is read by a role of its own, in the reader's municipality, in the order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from identity import log_reading, scope
from identity.log_reading import entries_about, entries_of_month
from identity.models import AccessEntry, Municipality
from tests.identity.log_entries import past_the_clock

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])


def append(municipality: Municipality, at: datetime, *objects: UUID) -> UUID:
    """One entry of any time; its id."""
    made, what = uuid4(), {"role": "system", "action": "test", "kind": "person", "objects_seen": list(objects)}
    past_the_clock([AccessEntry(id=made, municipality=municipality, at=at, **what)])
    return made


def test_what_was_seen_of_somebody_is_found_by_any_of_their_ids(municipality: Municipality) -> None:
    person, booking, stranger = uuid4(), uuid4(), uuid4()
    late = append(municipality, NEW_YEAR + timedelta(days=2), person)
    early = append(municipality, NEW_YEAR, stranger, booking)
    append(municipality, NEW_YEAR, stranger)
    assert [e.id for e in entries_about({person, booking}, municipality=municipality.id)] == [early, late]
    since = NEW_YEAR + timedelta(days=1)
    assert [e.id for e in entries_about({person, booking}, municipality=municipality.id, since=since)] == [late]
    assert entries_about([], municipality=municipality.id) == []


def test_a_month_is_half_open_and_read_in_pages(municipality: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reading, "_PAGE", 2)
    same_time = {append(municipality, NEW_YEAR) for _ in range(5)}
    append(municipality, NEW_YEAR - timedelta(microseconds=1))
    append(municipality, NEW_YEAR + timedelta(days=31))
    last = append(municipality, NEW_YEAR + timedelta(days=31, microseconds=-1))
    read = [e.id for e in entries_of_month(NEW_YEAR, NEW_YEAR + timedelta(days=31), municipality=municipality.id)]
    assert set(read[:-1]) == same_time
    assert len(read) == 6
    assert read[-1] == last


def test_entries_of_a_neighbour_are_not_there(municipality: Municipality, neighbour: Municipality) -> None:
    person = uuid4()
    append(neighbour, NEW_YEAR, person)
    assert entries_about([person], municipality=municipality.id) == []
    assert list(entries_of_month(NEW_YEAR, NEW_YEAR + timedelta(days=31), municipality=municipality.id)) == []


def test_it_may_be_read_from_inside_a_use_case(municipality: Municipality) -> None:
    person = uuid4()
    append(municipality, NEW_YEAR, person)
    with scope.transaction(municipality.id, durable=True):
        assert len(entries_about([person], municipality=municipality.id)) == 1
        assert scope.current() == municipality.id
