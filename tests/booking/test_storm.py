"""The race of `make storm`, small: nobody gets a time that somebody else has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from identity.models import Municipality
from tests.programs import racing
from tests.programs.racing import Race

Superuser = Callable[[], psycopg.Connection[Any]]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_constraint(superuser: Superuser, municipality: Municipality) -> Iterator[None]:
    """The exclusion constraint is gone; the lock stands alone."""
    name = "one_meeting_at_a_time"
    with superuser() as database:
        row = database.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = row.fetchone()
        assert definition is not None
        database.execute(f"ALTER TABLE booking_occupancy DROP CONSTRAINT {name}")
    yield
    with superuser() as database:
        database.execute("UPDATE booking_occupancy SET live = false")
        database.execute(f"ALTER TABLE booking_occupancy ADD CONSTRAINT {name} {definition[0]}")


def test_a_race_for_overlapping_times_leaves_no_overlap(municipality: Municipality, superuser: Superuser) -> None:
    on = racing.stage(municipality, calendars=2, residents=4, workdays=1)
    outcome = racing.race(on, Race(processes=4, attempts=120))
    assert outcome.errors == {}
    assert outcome.attempts == 120
    assert outcome.ends["accepted"] > 0
    assert outcome.ends["taken"] > 0
    assert racing.overlaps(superuser) == 0
    assert racing.claims(superuser) == outcome.ends["accepted"]


def test_of_all_who_want_one_time_exactly_one_gets_it(municipality: Municipality, superuser: Superuser) -> None:
    on = racing.stage(municipality, calendars=3, residents=4, workdays=1)
    outcome = racing.race(on, Race(processes=4, attempts=60, one_winner=True))
    assert outcome.errors == {}
    assert outcome.ends["accepted"] == racing.claims(superuser) == 3


@pytest.mark.usefixtures("without_constraint")
def test_the_lock_alone_holds(municipality: Municipality, superuser: Superuser) -> None:
    on = racing.stage(municipality, calendars=2, residents=4, workdays=1)
    outcome = racing.race(on, Race(processes=4, attempts=120, seed=2))
    assert outcome.errors == {}
    assert racing.overlaps(superuser) == 0
    assert racing.claims(superuser) == outcome.ends["accepted"] > 0


@pytest.mark.usefixtures("without_constraint")
def test_an_overlap_would_be_seen(municipality: Municipality, superuser: Superuser) -> None:
    on = racing.stage(municipality, calendars=2, residents=4, workdays=1)
    racing.race(on, Race(processes=2, attempts=20))
    with superuser() as database:
        columns = (
            "municipality_id, calendar_id, booking_id, meeting_type_id, role, from_tick, to_tick, block_from, block_to"
        )
        database.execute(
            f"INSERT INTO booking_occupancy ({columns}, state, live) "  # noqa: S608 - our own columns
            f"SELECT {columns}, state, live FROM booking_occupancy LIMIT 1"
        )
    assert racing.overlaps(superuser) == 1
