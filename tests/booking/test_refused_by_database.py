"""What PostgreSQL refuses in the middle of a use case, provoked for real: a refusal of ours, nothing half done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from booking import deciding
from booking.errors import Busy, SlotTaken
from booking.models import Booking
from booking.services import book, book_directly, cancel, claims, hand_over, hold, move
from tests.booking.desk import TOLD, Desk, key

pytestmark = pytest.mark.django_db(transaction=True)
Superuser = Callable[[], psycopg.Connection[Any]]
ELSEWHERE = 2_000_000_001  # a calendar's lock that nobody else takes


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a second for a lock."""
    monkeypatch.setattr(deciding, "LIMITS", {**deciding.LIMITS, "lock_timeout": "100ms"})


@pytest.fixture
def locked(desk: Desk, superuser: Superuser) -> Iterator[Callable[[], None]]:
    """Takes the lock of every calendar, until the test ends."""
    with superuser() as other:

        def lock() -> None:
            for calendar in desk.town.calendars.values():
                other.execute("SELECT pg_advisory_lock(1, %s)", [calendar])

        yield lock


def uses(desk: Desk) -> dict[str, Callable[[], object]]:
    """Each use case, ready to be asked for."""
    bo, start = desk.cast("bo"), desk.town.first_free(days=3, n=12)
    held, booked = desk.town.held(bo, start[0]), desk.town.booked(bo, start[11])
    shown = desk.town.read(bo, held).id
    free, other, officer = desk.free(booked)[-1], desk.colleagues(booked)[0], desk.officer(booked)
    wanted, mine = desk.wanted(start[5]), desk.wanted(start[5], resident=None, asked_how="")
    anna = desk.cast("anna")
    return {
        "hold": lambda: hold(actor=desk.cast("hans"), wanted=mine, key=key("1")),
        "book": lambda: book(actor=bo, booking=held.id, contact=TOLD, shown=shown, key=key("2")),
        "book_directly": lambda: book_directly(actor=anna, wanted=wanted, contact=TOLD, key=key("3")),
        "move": lambda: move(actor=bo, booking=booked.id, start=free, sequence=0, key=key("4")),
        "hand_over": lambda: hand_over(actor=officer, booking=booked.id, calendar=other, sequence=0, key=key("5")),
        "cancel": lambda: cancel(actor=bo, booking=booked.id, key=key("6")),
    }


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_is_not_free_in_time_is_busy_and_the_next_try_succeeds(
    desk: Desk, locked: Callable[[], None], superuser: Superuser
) -> None:
    asked = uses(desk)
    locked()
    before = counted(superuser)
    for name, use in asked.items():
        with pytest.raises(Busy) as refused:
            use()
        assert refused.value.retry_after_seconds == 1, name
    assert counted(superuser) == before


def test_a_statement_that_takes_too_long_is_busy(
    desk: Desk, locked: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use = uses(desk)["cancel"]
    locked()
    monkeypatch.setattr(deciding, "LIMITS", {**deciding.LIMITS, "statement_timeout": "100ms"})
    with pytest.raises(Busy):
        use()


def test_a_claim_that_came_between_is_a_taken_time(
    desk: Desk, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The constraint is the backstop: as if somebody wrote without the lock."""
    start, claim = desk.town.first_free(days=3)[0], claims.claim
    other = desk.town.booked(desk.cast("hans"), start)
    officer = desk.colleagues(other)[0]

    def late(booking: Booking, wanted: Any, *, state: str) -> None:  # noqa: ANN401 - passed on
        with superuser() as database:
            database.execute(
                "INSERT INTO booking_occupancy (municipality_id, calendar_id, booking_id, meeting_type_id, role, "
                "from_tick, to_tick, block_from, block_to, state, live) SELECT municipality_id, %s, booking_id, "
                "meeting_type_id, 'room', from_tick, to_tick, block_from, block_to, state, live FROM "
                "booking_occupancy WHERE booking_id = %s ON CONFLICT DO NOTHING",
                [booking.calendar_id, other.id],
            )
        claim(booking, wanted, state=state)

    monkeypatch.setattr(claims, "claim", late)
    mine = desk.wanted(start, resident=None, asked_how="", calendar=officer)
    with pytest.raises(SlotTaken) as refused:
        hold(actor=desk.cast("bo"), wanted=mine, key=key("h"))
    assert len(refused.value.alternatives) == 3


def test_a_deadlock_is_tried_once_more_and_succeeds(
    desk: Desk, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked, tries = desk.booked(), []
    let_go = claims.let_go

    def into_it(booking: Booking) -> None:
        tries.append(1)
        if len(tries) == 1:
            other = threading.Thread(target=hold_the_other_first, args=(superuser, booked.calendar_id))
            other.start()
            time.sleep(0.3)
            deciding.lock_calendars([ELSEWHERE])
        let_go(booking)

    monkeypatch.setattr(claims, "let_go", into_it)
    done = cancel(actor=desk.cast("bo"), booking=booked.id, key=key("c"))
    assert (done.state, len(tries)) == ("cancelled_by_resident", 2)
    assert desk.stored(booked).sequence == 1


def hold_the_other_first(superuser: Superuser, calendar: int) -> None:
    """The locks in the wrong order, by somebody else, who is more patient: so PostgreSQL ends ours."""
    with superuser() as other, other.transaction():
        other.execute("SET LOCAL deadlock_timeout = '20s'")
        other.execute("SELECT pg_advisory_xact_lock(1, %s)", [ELSEWHERE])
        other.execute("SELECT pg_advisory_xact_lock(1, %s)", [calendar])


def test_a_lost_connection_is_busy_and_the_same_key_learns_the_truth(
    desk: Desk, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked, let_go = desk.booked(), claims.let_go

    def lose(booking: Booking) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with superuser() as database:
            database.execute("SELECT pg_terminate_backend(%s)", [pid])
        let_go(booking)

    monkeypatch.setattr(claims, "let_go", lose)
    bo = desk.cast("bo")
    with pytest.raises(Busy):
        cancel(actor=bo, booking=booked.id, key=key("c"))
    monkeypatch.setattr(claims, "let_go", let_go)
    connection.close()
    assert desk.stored(booked).state == "confirmed"
    assert cancel(actor=bo, booking=booked.id, key=key("c")).state == "cancelled_by_resident"
    assert cancel(actor=bo, booking=booked.id, key=key("c")).sequence == 1


def counted(superuser: Superuser) -> list[tuple[Any, ...]]:
    """All that stands of bookings, claims and keys: nothing may be half done."""
    with superuser() as database:
        claimed = database.execute("SELECT id, booking_id, live, state FROM booking_occupancy ORDER BY id").fetchall()
        keys = database.execute("SELECT count(*) FROM booking_idempotencykey").fetchall()
        return [*claimed, *keys, *database.execute("SELECT count(*) FROM booking_booking").fetchall()]
