"""The recipe of a booking in SQL alone, raced by many processes: the floor that the use cases are measured against."""

from __future__ import annotations

import multiprocessing
import random
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg

from tests.programs.racing import Stage

_SCOPE = "SELECT set_config('app.municipality', %s, true)"
_LIMITS = "SELECT set_config('lock_timeout', '3s', true), set_config('statement_timeout', '10s', true)"
_LOCK = "SELECT pg_advisory_xact_lock(1, %s)"
_TAKEN = """
SELECT EXISTS (SELECT FROM booking_occupancy WHERE municipality_id = %s AND calendar_id = %s AND live
               AND block_from >= %s - 288 AND block_from < %s AND block_to > %s)
"""
_BOOK = """
INSERT INTO booking_booking (id, municipality_id, calendar_id, meeting_type_id, form, state, from_tick, to_tick,
  local_start, contact_way, contact_to, language, extensions, asked_how, calendar_uid, sequence, vevent, created_at,
  changed_at)
VALUES (%s, %s, %s, %s, 'video', 'confirmed', %s, %s, '', 'none', '', 'sv', 0, '', %s, 0, '', now(), now())
"""
_CLAIM = """
INSERT INTO booking_occupancy (municipality_id, calendar_id, booking_id, meeting_type_id, role, from_tick, to_tick,
  block_from, block_to, state, live) VALUES (%s, %s, %s, %s, 'officer', %s, %s, %s, %s, 'booked', true)
"""


@dataclass(frozen=True)
class Bare:
    """Accepted bookings, attempts, and how long they took."""

    accepted: int
    attempts: int
    seconds: float

    @property
    def rate(self) -> float:
        """Attempts a second."""
        return self.attempts / self.seconds


def race(on: Stage, calendars: list[int], where: dict[str, Any], *, processes: int, attempts: int) -> Bare:
    """Lock, look, book: every process has a connection of its own as the web's role. `where`: psycopg's arguments."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(processes)
    share = attempts // processes
    with ProcessPoolExecutor(processes, context, initializer=_meet_at, initargs=(start,)) as pool:
        runs = [pool.submit(_run, on, calendars, where, number, share) for number in range(processes)]
        ends = [run.result() for run in runs]
    return Bare(sum(won for won, _ in ends), share * processes, max(seconds for _, seconds in ends))


_start: list[Barrier] = []


def _meet_at(start: Barrier) -> None:
    _start[:] = [start]


def _run(on: Stage, calendars: list[int], where: dict[str, Any], number: int, attempts: int) -> tuple[int, float]:
    rng, won = random.Random(number), 0
    with psycopg.connect(**where, autocommit=True) as database:
        _start[0].wait(120)
        began = time.perf_counter()
        for _ in range(attempts):
            with database.transaction():
                won += _attempt(database, on, rng.choice(calendars), rng)
        return won, time.perf_counter() - began


def _attempt(database: psycopg.Connection[Any], on: Stage, calendar: int, rng: random.Random) -> bool:
    """Over the middle of the last day, so that exactly one of a calendar's attempts can win."""
    meeting_type, ticks = rng.choice(on.types)
    first = sum(on.spans[-1]) // 2 - rng.randrange(ticks)
    last, made = first + ticks, uuid.uuid4()
    database.execute(_SCOPE, [str(on.municipality)])
    database.execute(_LIMITS)
    database.execute(_LOCK, [calendar])
    row = database.execute(_TAKEN, [on.municipality, calendar, first, last, first]).fetchone()
    if row is None or row[0]:
        return False
    database.execute(_BOOK, [made, on.municipality, calendar, meeting_type, first, last, str(made)])
    database.execute(_CLAIM, [on.municipality, calendar, made, meeting_type, first, last, first, last])
    return True
