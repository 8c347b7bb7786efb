"""Holding and booking through the use cases, beside a bare INSERT under the same exclusion constraint.

Goals: book at most 6 times the bare INSERT; hold p99 at most 60 ms, book p99 at most 100 ms.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from tests.benchmarks.times import Times, timed
from tests.own_server import served

if TYPE_CHECKING:
    from identity.actors import Actor
    from tests.programs.racing import Stage

SAMPLES, WARM = 300, 20
_INSERT = """
INSERT INTO booking_occupancy (municipality_id, calendar_id, booking_id, meeting_type_id, role, from_tick, to_tick,
                               block_from, block_to, state, live)
VALUES (%s, %s, %s, %s, 'officer', %s, %s, %s, %s, 'booked', true)
"""


def main(samples: int = SAMPLES) -> None:
    """Print the three figures and the ratio."""
    with served() as (_, municipality):
        from tests.programs import racing

        on = racing.stage(municipality, calendars=2 + (samples + WARM) // 100, residents=1)
        actor = racing.actor_of(on, on.residents[0])
        holds, books, last = use_cases(on, actor, samples)
        bare = Times.of(_inserts(on, last), samples=samples, warm=WARM)
    print(f"bare INSERT:  {bare}")
    print(f"hold:         {holds} (goal p99 60 ms); ratio {holds.p50 / bare.p50:.1f}")
    print(f"book:         {books} (goal p99 100 ms); ratio {books.p50 / bare.p50:.1f} (goal 6)")


def _starts(on: Stage) -> Iterator[tuple[UUID, int]]:
    """Times that do not meet, two hours apart, calendar by calendar; the last calendar is left free."""
    for calendar in on.calendars[:-1]:
        for first, last in on.spans:
            for tick in range(first, last - 24 + 1, 24):
                yield calendar, tick


def use_cases(on: Stage, actor: Actor, samples: int) -> tuple[Times, Times, UUID]:
    """How long holding takes, how long booking takes, and the last booking."""
    from booking.services import Contact, Wanted, book, hold
    from tests.programs import racing

    meeting_type, _ = on.types[0]
    holds, books = [], []
    for (calendar, tick), _ in zip(_starts(on), range(samples + WARM), strict=False):
        held, spent = timed(partial(hold, actor=actor, wanted=Wanted(meeting_type, "video", tick, calendar)))
        holds.append(spent)
        done = partial(book, actor=actor, booking=held.id, contact=Contact("email", "bo@matning.example"))
        booked, spent = timed(partial(done, shown=racing.read(actor, held), key=uuid.uuid4().hex))
        books.append(spent)
    return Times(tuple(holds[WARM:])), Times(tuple(books[WARM:])), booked.id


def _inserts(on: Stage, booking: UUID) -> Callable[[], object]:
    """One claim each, on a calendar that nobody else uses; the scope and the commit are in it."""
    from django.db import connection

    from booking.models import Calendar
    from identity import scope

    with scope.transaction(on.municipality):
        calendar = Calendar.objects.get(uuid=on.calendars[-1]).id
    ticks = iter(range(0, 10_000_000, 24))

    def insert() -> object:
        tick = next(ticks)
        values: list[int | UUID] = [on.municipality, calendar, booking, on.types[0][0], tick, tick + 6, tick, tick + 6]
        with scope.transaction(on.municipality, durable=True), connection.cursor() as cursor:
            return cursor.execute(_INSERT, values)

    return insert


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
