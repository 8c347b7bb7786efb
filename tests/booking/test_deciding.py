"""What PostgreSQL's refusals mean: each is provoked for real, and none reaches anybody as an unhandled error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from booking.deciding import Deadlock, deciding, lock_calendars, tried_twice
from booking.errors import Busy, SlotTaken
from identity.models import Municipality

pytestmark = pytest.mark.django_db(transaction=True)


def say(*statements: str) -> None:
    """Run statements in the open transaction."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refuse(state: str) -> str:
    """A statement that PostgreSQL refuses with this SQLSTATE."""
    return f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"


@pytest.mark.parametrize(
    ("state", "meaning"),
    [("23P01", SlotTaken), ("40P01", Deadlock), ("40001", Deadlock), ("55P03", Busy), ("57014", Busy)],
)
def test_each_sqlstate_has_its_meaning(municipality: Municipality, state: str, meaning: type[Exception]) -> None:
    with pytest.raises(meaning), deciding(municipality.id):
        say(refuse(state))


def test_any_other_error_is_a_defect_and_stays_one(municipality: Municipality) -> None:
    with pytest.raises(ProgrammingError), deciding(municipality.id):
        say("SELECT nothing_of_the_kind")


def test_a_statement_that_takes_too_long_is_busy(municipality: Municipality) -> None:
    with pytest.raises(Busy), deciding(municipality.id):
        say("SET LOCAL statement_timeout = '50ms'", "SELECT pg_sleep(5)")


def test_a_transaction_that_idles_too_long_is_busy(municipality: Municipality) -> None:
    def idle() -> None:
        say("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        time.sleep(0.5)
        say("SELECT 1")

    with pytest.raises(Busy), deciding(municipality.id):
        idle()


def test_a_lock_that_is_not_free_in_time_is_busy(
    municipality: Municipality, superuser: Callable[[], psycopg.Connection[Any]]
) -> None:
    def lock() -> None:
        say("SET LOCAL lock_timeout = '50ms'")
        lock_calendars([4711])

    with superuser() as other:
        other.execute("SELECT pg_advisory_lock(1, 4711)")
        with pytest.raises(Busy), deciding(municipality.id):
            lock()


def test_a_transaction_that_decides_is_bounded_in_time(municipality: Municipality) -> None:
    bounds = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with deciding(municipality.id), connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in bounds))
        row = cursor.fetchone()
    assert row == ("3s", "10s", "15s")


def test_nothing_is_decided_inside_another_transaction(municipality: Municipality) -> None:
    """It would not be committed when the caller is told that it is."""
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), deciding(municipality.id):
        pass


def test_the_transaction_reads_what_is_committed_while_it_waits(municipality: Municipality) -> None:
    with deciding(municipality.id), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        row = cursor.fetchone()
    assert row == ("read committed",)


def test_a_deadlock_is_tried_once_more(municipality: Municipality) -> None:
    tries = []

    @tried_twice
    def act() -> str:
        tries.append(1)
        with deciding(municipality.id):
            say(refuse("40P01") if len(tries) == 1 else "SELECT 1")
            return "done"

    assert act() == "done"
    assert len(tries) == 2


def test_a_second_deadlock_is_busy(municipality: Municipality) -> None:
    tries = []

    @tried_twice
    def act() -> None:
        tries.append(1)
        with deciding(municipality.id):
            say(refuse("40P01"))

    with pytest.raises(Busy):
        act()
    assert len(tries) == 2


def test_a_booking_touches_at_most_six_calendars(municipality: Municipality) -> None:
    with pytest.raises(ValueError, match="at most 6"), deciding(municipality.id):
        lock_calendars(range(1, 8))
