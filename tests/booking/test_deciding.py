"""The transaction that decides: its level, its locks, and what PostgreSQL's refusals mean to people."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.deciding import Deadlock, deciding, lock_calendars, tried_twice
from booking.errors import Busy, SlotTaken
from booking.models import Occupancy
from identity import scope
from identity.actors import Actor
from tests.town import Town

Super = Callable[[], psycopg.Connection[Any]]


def test_the_level_is_read_committed_and_the_limits_are_set(town: Town) -> None:
    with deciding(town.municipality.id), connection.cursor() as cursor:
        shown = {}
        for name in ("transaction_isolation", "lock_timeout", "statement_timeout"):
            cursor.execute(f"SHOW {name}")
            shown[name] = cursor.fetchone()[0]
    assert shown == {"transaction_isolation": "read committed", "lock_timeout": "3s", "statement_timeout": "10s"}


def test_locks_are_taken_ascending_one_statement_each(town: Town) -> None:
    with deciding(town.municipality.id), CaptureQueriesContext(connection) as asked:
        lock_calendars([30, 10, 20, 10])
    assert [q["sql"] for q in asked] == [f"SELECT pg_advisory_xact_lock(1, {c})" for c in (10, 20, 30)]


def test_more_than_six_calendars_are_a_mistake(town: Town) -> None:
    with deciding(town.municipality.id), pytest.raises(ValueError, match="6"):
        lock_calendars(range(7))


@pytest.mark.parametrize(
    ("state", "meaning"), [("40P01", Deadlock), ("40001", Deadlock), ("55P03", Busy), ("57014", Busy)]
)
def test_each_refusal_of_the_database_has_its_meaning(town: Town, state: str, meaning: type[Exception]) -> None:
    with pytest.raises(meaning), deciding(town.municipality.id), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")


def test_the_constraint_behind_the_lock_is_a_taken_time(town: Town, as_actor: Callable[[str], Actor]) -> None:
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        claim = Occupancy.objects.get(booking=booked)
    claim.pk = None
    with pytest.raises(SlotTaken), deciding(town.municipality.id):
        claim.save(force_insert=True)
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.filter(booking=booked, live=True).count() == 1


def test_after_a_deadlock_a_use_case_is_tried_once_more(town: Town) -> None:
    tries = []

    @tried_twice
    def use_case() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise Deadlock
        return "done"

    assert use_case() == "done"
    assert len(tries) == 2


@pytest.mark.django_db(transaction=True)
def test_who_waits_longer_than_the_limit_is_told_to_try_again(town: Town, superuser: Super) -> None:
    held, done = threading.Event(), threading.Event()

    def hold_the_lock() -> None:
        with superuser() as database, database.transaction():
            database.execute("SELECT pg_advisory_xact_lock(1, 4711)")
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold_the_lock)
    holder.start()
    held.wait(10)
    try:
        with pytest.raises(Busy), deciding(town.municipality.id):
            lock_calendars([4711])
    finally:
        done.set()
        holder.join()
