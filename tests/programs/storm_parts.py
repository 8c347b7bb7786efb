"""The parts of the storm: each stages its own calendars, lets everybody ask, and looks at the rows afterwards."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.utils import timezone

from booking.deciding import lock_calendars
from booking.models import Booking, Calendar, OpeningRule
from booking.search import Query, find
from config.embedded import Server
from identity import scope
from identity.models import Municipality
from tests.programs import bare_recipe, invariants, racing, storms
from tests.programs.racing import Race, Stage
from tests.programs.volley import Volley, fire
from tests.programs.webs import deadlocks

SIZES = {"http": 10_000, "mixed": 10_000, "again": 20_000, "services": 100_000, "lock": 10_000}
_WELL = (200, 201, 204, 409, 422)
_EVERY = 0.2  # seconds between two changes of rules, and between two rounds in which holds run out


@dataclass(frozen=True)
class Ground:
    """Where it happens: web processes, their key, the database past the walls, the folder of what they said."""

    municipality: Municipality
    ports: tuple[int, ...]
    token: str
    superuser: Callable[[], psycopg.Connection[Any]]
    server: Server
    said: Path

    def stage(self, calendars: int, interpreters: int = 0) -> Stage:
        """New calendars, which nobody else asks for."""
        return racing.stage(self.municipality, calendars=calendars, residents=32, interpreters=interpreters)


@dataclass
class Report:
    """What to print, and whether everything was as it must be."""

    lines: list[str] = field(default_factory=list)
    well: bool = True

    def must(self, words: str, *, holds: bool) -> None:
        """A line about what must hold."""
        self.lines.append(f"{'' if holds else 'WRONG: '}{words}")
        self.well &= holds

    def told(self, words: str) -> None:
        """A line about a time: printed, never a reason to fail, for machines differ."""
        self.lines.append(words)


def http(ground: Ground, attempts: int, report: Report | None = None) -> Report:
    """Exactly one winner on each calendar."""
    said = report or Report()
    on = ground.stage(max(4, attempts // 100))
    fired = fire(ground.ports, ground.token, storms.one_winner(on, attempts))
    _times(said, fired, p99=300, rate=200)
    accepted = fired.words["201"]
    said.must(f"accepted {accepted} on {len(on.calendars)} calendars", holds=accepted == len(on.calendars))
    said.must(f"answers that may not be: {fired.broken((201, 409))}", holds=not fired.broken((201, 409)))
    said.must(f"starts offered over the common tick: {_offered(on)}", holds=not _offered(on))
    _rows(said, ground)
    return said


def _offered(on: Stage) -> int:
    """What is taken and what is free is all there is: where every calendar has its winner, nothing covers the tick."""
    found, at = 0, storms.middle(on)
    with scope.transaction(on.municipality):
        for meeting_type, ticks in on.types:
            query = Query(meeting_type, "video", 1000, from_tick=at - ticks + 1, until_tick=at + 1)
            found += len(find(query, now=timezone.now()).offers)
    return found


def mixed(ground: Ground, attempts: int, report: Report | None = None) -> Report:
    """Everything at once; nothing that was promised is lost."""
    said = report or Report()
    on = ground.stage(max(4, attempts // 250), interpreters=max(2, attempts // 500))
    storm = storms.Mixed(on)
    with _weather(ground, on):
        fired = fire(ground.ports, ground.token, storm.calls(attempts), then=storm.then)
    _times(said, fired, p99=1000)
    said.must(f"answers that may not be: {fired.broken(_WELL)}", holds=not fired.broken(_WELL))
    with scope.transaction(on.municipality):
        rows = list(Booking.objects.values_list("id", "state", "from_tick"))
    lost = storm.lost(rows)
    said.must(f"promised {len(storm.stands)}, cancelled {len(storm.gone)}, lost {len(lost)}", holds=not lost)
    _rows(said, ground)
    return said


@contextmanager
def _weather(ground: Ground, on: Stage) -> Iterator[None]:
    """Holds run out and rules change as long as the storm lasts."""
    over = threading.Event()
    threads = [threading.Thread(target=work, args=(ground, on, over)) for work in (_run_out, _change_rules)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _run_out(ground: Ground, on: Stage, over: threading.Event) -> None:
    with ground.superuser() as database:
        while not over.wait(_EVERY):
            database.execute(
                "UPDATE booking_occupancy SET expires_at = clock_timestamp() WHERE live AND state = 'hold' "
                "AND expires_at > clock_timestamp() + interval '9 minutes 59 seconds' AND random() < 0.5"
            )


def _change_rules(ground: Ground, on: Stage, over: threading.Event) -> None:
    """As saving a rule does: under the calendar's lock, and with it rises the version of its rules."""
    rng = random.Random(1)
    try:
        while not over.wait(_EVERY):
            with scope.transaction(on.municipality, durable=True):
                calendar = Calendar.objects.get(uuid=rng.choice(on.calendars)).id
                lock_calendars([calendar])
                OpeningRule.objects.filter(calendar=calendar, weekday=rng.randint(1, 5)).update(
                    to_minute=rng.choice((15 * 60, 16 * 60))
                )
    finally:
        connections.close_all()


def again(ground: Ground, requests: int) -> Report:
    """One effect for each key, however often it comes."""
    said = Report()
    on = ground.stage(max(4, requests // 200))
    before = _booked(ground)
    fired = fire(ground.ports, ground.token, storms.repeated(on, requests))
    _times(said, fired)
    wrong = storms.double_effects(fired.replies)
    said.must(f"keys with two effects: {len(wrong)}", holds=not wrong)
    bad = fired.broken(storms.REPEATED_STATUSES)
    said.must(f"answers that may not be: {bad}", holds=not bad)
    keys = len({reply.call.key for reply in fired.replies if reply.status in (200, 201)})
    made = _booked(ground) - before
    said.must(f"keys that were answered well {keys}, bookings {made}", holds=keys == made)
    _rows(said, ground)
    return said


def services(ground: Ground, attempts: int) -> Report:
    """The use cases in many processes, and the bare recipe beside them."""
    said = Report()
    on = ground.stage(max(4, attempts // 1000))
    outcome = racing.race(on, Race(32, attempts, one_winner=True))
    rate = outcome.attempts / outcome.seconds
    with scope.transaction(on.municipality):
        numbers = list(Calendar.objects.filter(uuid__in=on.calendars).values_list("id", flat=True))
    connections.close_all()
    where = ground.server.superuser("motas") | {"user": "motas_web"}
    bare = bare_recipe.race(on, numbers, where, processes=32, attempts=attempts // 5)
    said.told(f"use cases: {rate:.0f} attempts a second (goal 400); {dict(outcome.ends)}")
    said.told(f"bare recipe: {bare.rate:.0f} a second (goal 800); ratio {bare.rate / rate:.1f}")
    won = outcome.ends["accepted"]
    said.must(
        f"accepted {won} and {bare.accepted} on {len(numbers)} calendars", holds=won == bare.accepted == len(numbers)
    )
    said.must(f"unhandled errors {outcome.errors}", holds=not outcome.errors)
    return said


def lock(ground: Ground, attempts: int) -> Report:
    """Without the exclusion constraint: the lock alone."""
    said = Report()
    with ground.superuser() as database:
        invariants.drop_constraint(database)
    try:
        return mixed(ground, attempts, http(ground, attempts, said))
    finally:
        with ground.superuser() as database:
            invariants.restore_constraint(database)


def _booked(ground: Ground) -> int:
    with ground.superuser() as database:
        return invariants.booked(database)


def _times(said: Report, fired: Volley, *, p99: int = 0, rate: int = 0) -> None:
    goals = [f"p99 {p99} ms"] * bool(p99) + [f"{rate} a second"] * bool(rate)
    said.told(
        f"{len(fired.replies)} requests, {fired.rate:.0f} a second; {fired.times} (goal {' and '.join(goals) or '-'})"
    )
    said.told(f"answers: {dict(fired.words)}")


def _rows(said: Report, ground: Ground) -> None:
    """What SQL says afterwards, and what the web processes said meanwhile."""
    with ground.superuser() as database:
        broken, stopped = invariants.broken(database), invariants.deadlocks(database)
    said.must(f"rows that are wrong: {broken or 'none'}", holds=not broken)
    noticed = deadlocks(ground.said)
    said.must(f"deadlocks: {stopped}, told by the web processes: {noticed}", holds=not stopped and not noticed)


PARTS: dict[str, Callable[[Ground, int], Report]] = {
    "http": http,
    "mixed": mixed,
    "again": again,
    "services": services,
    "lock": lock,
}
