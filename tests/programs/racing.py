"""Many processes that book overlapping, unequal times on the same calendars, through the real use cases."""

from __future__ import annotations

import multiprocessing
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from traceback import extract_tb
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from django.db import connections
from django.utils import timezone

from booking import red_days
from booking.errors import BookingError, Busy, SlotTaken
from booking.guidance import texts
from booking.models import Booking, Calendar, CalendarOffer, LegalProfile, MeetingType, OpeningRule, Service
from booking.models.calendar import CalendarKind
from booking.services import Contact, Wanted, book, hold, release
from booking.timeline import Tick
from booking.walltime import ticks_of
from identity import actors, scope
from identity.actors import Actor
from identity.models import Membership, Municipality, Person, Role, StaffAccount, Unit
from tests.programs import invariants

Connect = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]
FORMS = ["video", "phone"]
LANGUAGE = "ar"
LENGTHS = {30: 0, 45: 15, 60: 10, 90: 5}  # minutes of a meeting, and of the buffer after it
OPEN = (8 * 60, 16 * 60)
_CONTACT = Contact("email", "bo@storm.example")
_ZONE = ZoneInfo("Europe/Stockholm")
_READY = 120  # seconds that the slowest process may take to come to the start


@dataclass(frozen=True)
class Stage:
    """What is raced for. `types`: meeting type to its ticks; `spans`: open time in ticks, one for each workday."""

    municipality: int
    types: tuple[tuple[UUID, int], ...]
    calendars: tuple[UUID, ...]
    residents: tuple[UUID, ...]
    spans: tuple[tuple[Tick, Tick], ...]


@dataclass(frozen=True)
class Race:
    """How it is raced. `one_winner`: all attempts on a calendar cover one common tick."""

    processes: int
    attempts: int
    seed: int = 1
    one_winner: bool = False


@dataclass
class Outcome:
    """What came of it: `ends` counts accepted, taken, busy, and unhandled errors by class."""

    ends: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def attempts(self) -> int:
        """All of them."""
        return self.ends.total()

    @property
    def errors(self) -> dict[str, int]:
        """Unhandled errors, by class."""
        return {name: count for name, count in self.ends.items() if name not in ("accepted", "taken", "busy")}


def stage(
    municipality: Municipality, *, calendars: int, residents: int, workdays: int = 20, interpreters: int = 0
) -> Stage:
    """Invented officers with calendars on a step of 5 minutes, four lengths of meeting, residents and interpreters."""
    with scope.transaction(municipality.id, durable=True):
        unit = Unit.objects.create(name="Storm", phone="08-465 004 28")
        types = [_meeting_type(unit, minutes) for minutes in LENGTHS]
        made = [_calendar(unit, types, number) for number in range(calendars)]
        for _ in range(interpreters):
            _open(Calendar.objects.create(unit=unit, kind=CalendarKind.INTERPRETER, languages=[LANGUAGE]))
        people = [Person.objects.create(name=f"Invånare {number}") for number in range(residents)]
        return Stage(
            municipality.id,
            tuple((found.id, found.duration // 5) for found in types),
            tuple(calendar.uuid for calendar in made),
            tuple(person.id for person in people),
            tuple(_spans(timezone.localdate() + timedelta(days=3), workdays)),
        )


def _meeting_type(unit: Unit, minutes: int) -> MeetingType:
    service = Service.objects.create(unit=unit, name=f"Storm {minutes}", description="Påhittad.")
    return MeetingType.objects.create(
        code=f"{minutes}{secrets.token_hex(4)}",
        service=service,
        legal_profile=LegalProfile.objects.create(name="Storm"),
        name="Storm",
        duration=minutes,
        buffer_after=LENGTHS[minutes],
        forms=FORMS,
    )


def _calendar(unit: Unit, types: list[MeetingType], number: int) -> Calendar:
    officer = Person.objects.create(name=f"Handläggare {number}")
    Membership.objects.create(person=officer, unit=unit, role=Role.OFFICER)
    StaffAccount.objects.create(person=officer, name=f"Handläggare {number}", opened_at=timezone.now())
    made = Calendar.objects.create(unit=unit, person=officer)
    CalendarOffer.objects.bulk_create(CalendarOffer(calendar=made, meeting_type=found) for found in types)
    return _open(made)


def _open(made: Calendar) -> Calendar:
    OpeningRule.objects.bulk_create(
        OpeningRule(calendar=made, weekday=day, from_minute=OPEN[0], to_minute=OPEN[1], forms=FORMS, step=5)
        for day in range(1, 6)
    )
    return made


def _spans(first: date, workdays: int) -> list[tuple[Tick, Tick]]:
    dates = [first + timedelta(days=ahead) for ahead in range(2 * workdays + 14)]
    known = red_days.calendar(dates[0], dates[-1])
    closed = known.red | known.short.keys()
    return [ticks_of(day, *OPEN, _ZONE) for day in dates if day.isoweekday() < 6 and day not in closed][:workdays]


def race(on: Stage, how: Race) -> Outcome:
    """Run it: every process has a connection and a resident of its own, and all begin at once."""
    connections.close_all()  # a connection must not be shared by a fork
    context = multiprocessing.get_context("fork")
    start = context.Barrier(how.processes)
    with ProcessPoolExecutor(how.processes, context, initializer=_meet_at, initargs=(start,)) as pool:
        runs = [pool.submit(_run, on, how, number) for number in range(how.processes)]
        outcome = Outcome()
        for run in runs:
            ends, seconds = run.result()
            outcome.ends += ends
            outcome.seconds = max(outcome.seconds, seconds)
    return outcome


_start: list[Barrier] = []


def _meet_at(start: Barrier) -> None:
    _start[:] = [start]


def _run(on: Stage, how: Race, number: int) -> tuple[Counter[str], float]:
    """One process: its share of the attempts, and how long it took from the common start."""
    actor = actor_of(on, on.residents[number % len(on.residents)])
    rng = random.Random(f"{how.seed} {number}")
    share = how.attempts // how.processes + (number < how.attempts % how.processes)
    _start[0].wait(_READY)
    began = time.perf_counter()
    ends = Counter(_attempt(actor, _wanted(on, how, rng)) for _ in range(share))
    seconds = time.perf_counter() - began
    connections.close_all()
    return ends, seconds


def actor_of(on: Stage, resident: UUID) -> Actor:
    """A resident, signed in."""
    with scope.transaction(on.municipality):
        person = Person.objects.get(id=resident)
        return actors.of_person(person, provider="trial", level="LOA3", session_key="storm", at=timezone.now())


def _wanted(on: Stage, how: Race, rng: random.Random) -> Wanted:
    """A random time on a random calendar; with `one_winner` always over the middle of the first day."""
    meeting_type, ticks = rng.choice(on.types)
    first, last = on.spans[0] if how.one_winner else rng.choice(on.spans)
    middle = (first + last) // 2
    start = middle - rng.randrange(ticks) if how.one_winner else rng.randrange(first, last - ticks + 1)
    return Wanted(meeting_type, rng.choice(FORMS), start, rng.choice(on.calendars))


def _attempt(actor: Actor, wanted: Wanted) -> str:
    """Hold, read, book, as a resident does; in one word, how it ended."""
    try:
        held = hold(actor=actor, wanted=wanted)
    except Exception as error:  # noqa: BLE001 - counted by class: none may reach anybody
        return _said(error)
    try:
        shown = read(actor, held)
        book(
            actor=actor, booking=held.id, contact=Contact("email", "bo@storm.example"), shown=shown, key=f"s-{held.id}"
        )
    except Exception as error:  # noqa: BLE001 - counted by class: none may reach anybody
        with suppress(BookingError):
            release(actor=actor, booking=held.id)
        return _said(error)
    return "accepted"


def _said(error: Exception) -> str:
    """`taken`, `busy`, or the error's class with PostgreSQL's code and the place in our code."""
    if isinstance(error, SlotTaken):
        return "taken"
    if isinstance(error, Busy):
        return "busy"
    place = next(frame for frame in reversed(extract_tb(error.__traceback__)) if ".venv" not in frame.filename)
    state = getattr(error.__cause__, "sqlstate", None)
    return " ".join(filter(None, (type(error).__name__, state, f"{Path(place.filename).name}:{place.lineno}")))


def read(actor: Actor, held: Booking) -> UUID:
    """The information is shown and ticked; the row that says so."""
    with scope.transaction(actor.municipality_id):
        shown = texts.record_shown(booking=held, text=texts.text_for("B8", "sv"), role="resident")
        texts.mark_read(booking=held, shown=shown.id, now=timezone.now())
        return shown.id


def overlaps(connect: Connect) -> int:
    """Pairs of live claims that share a tick of a calendar, counted past the walls."""
    with connect() as database:
        return invariants.broken(database).get("overlaps", 0)


def claims(connect: Connect) -> int:
    """Live, booked claims, counted past the walls."""
    with connect() as database:
        return _count(database, "SELECT count(*) FROM booking_occupancy WHERE live AND state = 'booked'")


def _count(database: psycopg.Connection[Any], query: str) -> int:
    row = database.execute(query).fetchone()
    return int(row[0]) if row else 0
