"""The order in which every use case that changes time does its steps, read off the statements that reach PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.deciding import deciding, lock_calendars
from booking.errors import BookingError, InProgress, WrongState
from booking.models import Booking, Calendar
from booking.services import Wanted, book, book_directly, cancel, hand_over, hold, move
from identity import scope
from identity.actors import Actor
from tests.booking.desk import TOLD, Desk, key

pytestmark = pytest.mark.django_db
Superuser = Callable[[], psycopg.Connection[Any]]
# The first word that a statement has says which step it is.
_STEPS = {
    "lock_timeout": "limits",
    'INTO "booking_idempotencykey"': "key",
    "INTO booking_idempotencykey": "key",
    "hashtext(": "person",
    "pg_advisory_xact_lock(1,": "calendar",
    "EXECUTE keep_": "claim",
    "EXECUTE expired_": "expired",
    "EXECUTE taken_": "look",
    "EXECUTE claim_": "claim",
    'UPDATE "booking_occupancy"': "claim",
    'INTO "booking_bookingchange"': "history",
    'INTO "identity_accessentry"': "log",
}


@contextmanager
def steps() -> Iterator[list[str]]:
    """What was done inside, a word for each step, repeated ones once."""
    said: list[str] = []
    with CaptureQueriesContext(connection) as seen:
        yield said
    for query in seen.captured_queries:
        word = next((step for words, step in _STEPS.items() if words in query["sql"]), "")
        if word and said[-1:] != [word]:
            said.append(word)


def locked(sql: list[dict[str, str]]) -> list[int]:
    """The calendars whose locks were taken, in order."""
    texts = [query["sql"] for query in sql if "pg_advisory_xact_lock(1," in query["sql"]]
    return [int(text.partition("(1,")[2].partition(")")[0]) for text in texts]


def test_a_hold_looks_again_under_the_locks_before_it_claims(desk: Desk) -> None:
    wanted = desk.wanted(resident=None, asked_how="")
    with steps() as done:
        hold(actor=desk.cast("bo"), wanted=wanted, key=key("h"))
    assert done == ["limits", "key", "look", "person", "calendar", "expired", "look", "claim", "log"]


def test_booking_for_somebody_does_the_same_and_confirms(desk: Desk) -> None:
    wanted = desk.wanted()
    with steps() as done:
        book_directly(actor=desk.cast("anna"), wanted=wanted, contact=TOLD, key=key("b"))
    first = ["limits", "key", "look", "person", "calendar", "expired", "look", "claim", "log"]
    assert done == [*first, "claim", "history", "log"]


def test_confirming_takes_the_lock_before_it_claims(desk: Desk) -> None:
    held = desk.town.held(desk.cast("bo"))
    shown = desk.town.read(desk.cast("bo"), held)
    with steps() as done:
        book(actor=desk.cast("bo"), booking=held.id, contact=TOLD, shown=shown.id, key=key("b"))
    assert done == ["limits", "key", "calendar", "claim", "history", "log"]


def test_a_move_looks_again_under_the_locks_before_it_claims(desk: Desk) -> None:
    booked = desk.booked()
    start = desk.free(booked)[-1]
    with steps() as done:
        move(actor=desk.cast("bo"), booking=booked.id, start=start, sequence=0, key=key("m"))
    assert done == ["limits", "key", "look", "calendar", "expired", "look", "claim", "history", "log"]


def test_handing_over_looks_again_under_the_locks_before_it_claims(desk: Desk) -> None:
    booked = desk.booked()
    with steps() as done:
        hand_over(
            actor=desk.officer(booked), booking=booked.id, calendar=desk.colleagues(booked)[0], sequence=0, key=key("h")
        )
    assert done[:7] == ["limits", "key", "look", "calendar", "expired", "look", "claim"]
    assert {"history", "log"} <= set(done)


def test_cancelling_takes_the_lock_before_it_frees(desk: Desk) -> None:
    booked = desk.booked()
    with steps() as done:
        cancel(actor=desk.cast("bo"), booking=booked.id, key=key("c"))
    assert done == ["limits", "key", "calendar", "claim", "history", "log"]


def test_locks_are_taken_ascending_each_once(desk: Desk) -> None:
    with deciding(desk.town.municipality.id), CaptureQueriesContext(connection) as seen:
        lock_calendars([30, 4, 200, 4, 17])
    assert locked(seen.captured_queries) == [4, 17, 30, 200]


@pytest.mark.parametrize("use", ["move", "hand_over"])
def test_both_calendars_are_locked_the_old_and_the_new(desk: Desk, use: str) -> None:
    booked = desk.booked()
    other = desk.colleagues(booked)[0]
    with CaptureQueriesContext(connection) as seen:
        if use == "move":
            start = desk.free(booked, calendar=other)[-1]
            move(actor=desk.cast("bo"), booking=booked.id, start=start, sequence=0, key=key("m"), calendar=other)
        else:
            hand_over(actor=desk.officer(booked), booking=booked.id, calendar=other, sequence=0, key=key("h"))
    with scope.transaction(desk.town.municipality.id):
        both = sorted([booked.calendar_id, Calendar.objects.get(uuid=other).id])
    assert locked(seen.captured_queries) == both


def test_a_moved_claim_is_the_same_row(desk: Desk) -> None:
    """A second row could not overlap the old one under the constraint; a freed one would be nobody's for a moment."""
    booked = desk.booked()
    before = desk.claims(booked)[0].id
    move(actor=desk.cast("bo"), booking=booked.id, start=desk.free(booked)[-1], sequence=0, key=key("m"))
    assert [claim.id for claim in desk.claims(booked)] == [before]


@pytest.mark.django_db(transaction=True)
def test_of_three_holds_at_once_two_are_had(desk: Desk) -> None:
    """The person's lock: three that are counted at the same time would each find none."""
    starts = desk.town.first_free(days=3, n=9)[::4]
    wanted = [desk.wanted(start, resident=None, asked_how="") for start in starts]
    ends = at_once([partial(hold, actor=desk.cast("bo"), wanted=one) for one in wanted])
    assert sorted(type(end).__name__ for end in ends) == ["Booking", "Booking", "LimitReached"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_same_time_of_one_calendar_one_gets_it(desk: Desk) -> None:
    start = desk.town.first_free("ekonomi", days=3)[0]
    wanted = Wanted(desk.town.types["ekonomi"], "video", start)
    ends = at_once([partial(hold, actor=desk.cast(who), wanted=wanted) for who in ("bo", "hans")])
    assert sorted(type(end).__name__ for end in ends) == ["Booking", "SlotTaken"]


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_ends_while_another_call_waits_is_let_go(desk: Desk, superuser: Superuser) -> None:
    """The clock of the moment decides, not that of the transaction's beginning."""
    wanted = Wanted(desk.town.types["ekonomi"], "video", desk.town.first_free("ekonomi", days=3)[0])
    hold(actor=desk.cast("bo"), wanted=wanted)
    hans = desk.cast("hans")
    waiting = Race(lambda: hold(actor=hans, wanted=wanted, key=key("h")))
    with superuser() as other, running(superuser, hans, key("h")):
        waiting.start()
        until_waiting(superuser)
        other.execute("UPDATE booking_occupancy SET expires_at = clock_timestamp() WHERE live")
    waiting.join(30)
    assert isinstance(waiting.end, Booking)


@pytest.mark.django_db(transaction=True)
def test_what_changed_while_a_booking_waited_for_the_lock_is_seen(desk: Desk, superuser: Superuser) -> None:
    bo = desk.cast("bo")
    held = desk.town.held(bo)
    shown = desk.town.read(bo, held)
    waiting = Race(lambda: book(actor=bo, booking=held.id, contact=TOLD, shown=shown.id, key=key("b")))
    with superuser() as other:
        other.execute("SELECT pg_advisory_lock(1, %s)", [held.calendar_id])
        waiting.start()
        until_waiting(superuser)
        other.execute("UPDATE booking_booking SET state = 'confirmed' WHERE id = %s", [held.id])
    waiting.join(30)
    assert isinstance(waiting.end, WrongState)


@pytest.mark.django_db(transaction=True)
def test_a_key_whose_first_call_still_runs_is_in_progress(desk: Desk, superuser: Superuser) -> None:
    anna, wanted = desk.cast("anna"), desk.wanted()
    with running(superuser, anna, key("b")), pytest.raises(InProgress):
        book_directly(actor=anna, wanted=wanted, contact=TOLD, key=key("b"))


@contextmanager
def running(superuser: Superuser, actor: Actor, name: str) -> Iterator[None]:
    """A first call with this key that has not ended, and in the end comes to nothing."""
    with superuser() as database:
        database.execute("BEGIN")
        database.execute(
            "INSERT INTO booking_idempotencykey (id, municipality_id, actor, key, digest, result, status, at) "
            "VALUES (gen_random_uuid(), %s, %s, %s, '', gen_random_uuid(), 200, now())",
            [actor.municipality_id, actor.key(), name],
        )
        try:
            yield
        finally:
            database.execute("ROLLBACK")


class Race(threading.Thread):
    """One of those who want something at once; its end is what it got or what it was told."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work, self.end = work, object()

    def run(self) -> None:
        """Once, with a connection of its own."""
        try:
            self.end = self._work()
        except BookingError as error:
            self.end = error
        finally:
            connection.close()


def at_once(works: list[Callable[[], object]]) -> list[object]:
    """How each ended."""
    racers = [Race(work) for work in works]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    return [racer.end for racer in racers]


def until_waiting(superuser: Superuser) -> None:
    """Until somebody waits for a lock."""
    with superuser() as database:
        for _ in range(400):
            row = database.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            if row and row[0]:
                return
            database.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody waits")
