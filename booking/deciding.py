"""The transaction that decides who got the time: its limits, its locks, and what PostgreSQL's errors mean.

Order in every use case: person lock, calendar locks ascending, expired holds let go, re-check, write. READ COMMITTED:
a snapshot taken before the lock would not see the winner.
"""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection

from booking.errors import Busy, SlotTaken
from identity import access_log, scope
from identity.errors import NotAllowed

log = logging.getLogger("motas.booking")
P = ParamSpec("P")
R = TypeVar("R")

LIMITS: Mapping[str, str] = {
    "lock_timeout": "3s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "15s",
}
_EXCLUSION, _DEADLOCK, _SERIALIZATION = "23P01", "40P01", "40001"
_WAITED = ("55P03", "57014", "25P03")  # too long for a lock, in a statement, or between two statements
_GONE = ("08", "57P")  # the connection is lost, or the server goes down: nobody knows what was committed
_CALENDAR, _PERSON = 1, 3


class Deadlock(Busy):
    """The lock order was broken somewhere: rolled back, tried once more, counted as a defect."""


class Overtaken(Busy):
    """Between the first look and the lock somebody moved it to another calendar: rolled back, tried once more."""


@contextmanager
def deciding(municipality: int) -> Iterator[None]:
    """A durable transaction with its time limits. Raises `SlotTaken`, `Busy` for what PostgreSQL refuses."""
    try:
        with scope.transaction(municipality, durable=True, limits=LIMITS):
            yield
    except NotAllowed as error:
        access_log.record_refusal(error)
        raise
    except DatabaseError as error:
        raise _meaning(error) from None


def set_limits() -> None:
    """Bound the open transaction: 3 s for a lock, 10 s for a statement, 15 s between two. Beyond: DatabaseError."""
    with connection.cursor() as cursor:
        for name, value in LIMITS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _meaning(error: DatabaseError) -> Exception:
    state = getattr(error.__cause__, "sqlstate", None)
    if state == _EXCLUSION:
        log.error("the exclusion constraint fired behind the lock: a defect to look into")
        return SlotTaken()
    if state in (_DEADLOCK, _SERIALIZATION):
        log.error("deadlock: the lock order is broken somewhere")
        return Deadlock()
    if state is None or state in _WAITED or state.startswith(_GONE):
        return Busy()
    return error


def tried_twice(use_case: Callable[P, R]) -> Callable[P, R]:
    """Try a use case once more after a deadlock, or when it was overtaken; then it is `Busy`."""

    @functools.wraps(use_case)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return use_case(*args, **kwargs)
        except (Deadlock, Overtaken):
            time.sleep(random.uniform(0.02, 0.06))  # noqa: S311 - spreads the retries, guards nothing
            return use_case(*args, **kwargs)

    return attempt


def lock_calendars(calendars: Iterable[int]) -> None:
    """Take the advisory lock of every calendar that is touched, ascending, one statement each; at most 6."""
    wanted = sorted(set(calendars))
    if len(wanted) > 6:
        raise ValueError("a booking touches at most 6 calendars")
    with connection.cursor() as cursor:
        for calendar in wanted:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CALENDAR, calendar])


def lock_many(calendars: Iterable[int]) -> None:
    """Take the advisory lock of every calendar of a unit or municipality, ascending, in one statement.

    For what closes many at once, never for a booking. It cannot stand crosswise to one: both lock ascending, nobody
    takes such a lock after writing a calendar's row, and who writes the rows of many locks them by id first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, c) FROM unnest(%s::int[]) AS c", [_CALENDAR, sorted(set(calendars))]
        )


def lock_person(person: UUID) -> None:
    """Take the lock under which a person's live holds are counted; before any calendar's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PERSON, str(person)])
