"""The tasks that the use cases leave to somebody, and take back. Called inside an open scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import red_days
from booking.models import Booking, Task, TaskKind
from booking.timeline import instant
from booking.walltime import ticks_of

_BEFORE = 2  # working days that an interpreter is to be confirmed before the meeting (process.md B6)
_SEARCHED = timedelta(days=21)


def ask(kind: TaskKind, booking: Booking, due: datetime, now: datetime, *, to_officer: bool = True) -> None:
    """Open a task about a booking, once: for its officer, or for who coordinates the unit."""
    if Task.objects.filter(kind=kind, booking=booking, done_at=None).exists():
        return
    person = booking.calendar.person_id if to_officer else None
    unit = booking.calendar.unit_id
    Task.objects.create(kind=kind, unit_id=unit, person_id=person, booking=booking, due_at=due, made_at=now)


def close(booking: Booking, kinds: Iterable[TaskKind], now: datetime, by: object = None) -> int:
    """End the open tasks of these kinds about a booking; how many."""
    rows = Task.objects.filter(booking=booking, kind__in=list(kinds), done_at=None)
    return rows.update(done_at=now, done_by=by)


def close_all(booking: Booking, now: datetime, by: object = None) -> None:
    """End every open task about a booking: it is over, or somebody else's."""
    Task.objects.filter(booking=booking, done_at=None).update(done_at=now, done_by=by)


def order_by(booking: Booking) -> datetime:
    """When an interpreter is to be ordered at the latest: the start of the day 2 working days before the meeting's."""
    zone = ZoneInfo(booking.calendar.zone)
    day = booking.starts_at.astimezone(zone).date()
    return instant(ticks_of(_working_days_before(day, _BEFORE), 0, 1440, zone)[0])


def _working_days_before(day: date, number: int) -> date:
    """Monday to Friday, but for red days and those closed like them."""
    known = red_days.calendar(day - _SEARCHED, day)
    while number > 0:
        day -= timedelta(days=1)
        number -= day.isoweekday() < 6 and day not in known.red
    return day
