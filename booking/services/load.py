"""Invented calendars, half of them booked at random: what measurements are taken on. Never in production.

Rows are copied in where the connection may (`COPY`, which PostgreSQL refuses to whom the walls hold), else inserted.
"""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

from booking.models import (
    Booking,
    Calendar,
    CalendarOffer,
    Form,
    LegalProfile,
    MeetingType,
    Occupancy,
    OpeningRule,
    Service,
)
from booking.opening_state import read
from booking.rules import opening
from booking.slots import Demand, fits
from booking.states import State
from booking.timeline import TICK_SECONDS, Tick, Window, instant
from booking.walltime import ticks_of
from identity import scope
from identity.models import Unit

NAME = "Belastning"
WORKDAY = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
MINUTES = 30
_TICKS = MINUTES * 60 // TICK_SECONDS
_CALENDARS_AT_ONCE = 20


@dataclass(frozen=True)
class Load:
    """What was made: a meeting type, its calendars, and how many bookings they have."""

    meeting_type: UUID
    calendars: tuple[UUID, ...]
    bookings: int


def fill(
    *,
    municipality: int,
    calendars: int,
    days: int,
    first: date,
    seed: int = 1,
    writing: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Load:
    """Make `calendars` that are open Monday to Friday 8-12 and 13-17 for meetings of 30 minutes on a step of 30.

    From the local date `first` on, for `days` dates, half of each calendar's starts are booked: the same for a seed.
    Red days, short days and closures of the municipality are free of bookings. `writing`: around the bookings alone,
    for who writes them as the tables' owner; what is read is read behind the walls.
    """
    rng = random.Random(seed)  # noqa: S311 - invented bookings guard nothing
    with scope.transaction(municipality, durable=True):
        offered = _meeting_type()
        made = _calendars(offered, calendars)
        starts, taken = _starts(made[0], first, days), 0
    with writing():
        for some in (made[at : at + _CALENDARS_AT_ONCE] for at in range(0, len(made), _CALENDARS_AT_ONCE)):
            chosen = [(calendar, tick) for calendar in some for tick in rng.sample(starts, len(starts) // 2)]
            with scope.transaction(municipality, durable=True):
                taken += _take(chosen, offered) if chosen else 0
    return Load(offered.id, tuple(calendar.uuid for calendar in made), taken)


def _meeting_type() -> MeetingType:
    unit = Unit.objects.create(name=NAME, phone="08-465 004 29")
    service = Service.objects.create(unit=unit, name=NAME, description="Påhittade bokningar.", position=99)
    profile = LegalProfile.objects.create(name=NAME)
    return MeetingType.objects.create(
        code=f"b{secrets.token_hex(4)}",
        service=service,
        legal_profile=profile,
        name=NAME,
        duration=MINUTES,
        forms=[Form.VIDEO, Form.PHONE, Form.VISIT],
    )


def _calendars(offered: MeetingType, count: int) -> list[Calendar]:
    made = Calendar.objects.bulk_create([Calendar(unit_id=offered.service.unit_id) for _ in range(count)])
    CalendarOffer.objects.bulk_create([CalendarOffer(calendar=calendar, meeting_type=offered) for calendar in made])
    others = [calendar.id for calendar in made[1:]]
    for weekday in range(1, 6):
        for start, end in WORKDAY:
            rule = OpeningRule.objects.create(
                calendar=made[0],
                weekday=weekday,
                from_minute=start,
                to_minute=end,
                forms=offered.forms,
                step=MINUTES,
            )
            _repeat(rule, id=[uuid.uuid4() for _ in others], calendar_id=others)
    return made


def _starts(calendar: Calendar, first: date, days: int) -> list[Tick]:
    """Every start that the calendar would have on `days` dates if nothing were taken."""
    if not days:
        return []
    zone = ZoneInfo(calendar.zone)
    midnight, last = ticks_of(first, 0, 1440, zone)[0], ticks_of(first + timedelta(days=days - 1), 0, 1440, zone)[1]
    window = Window.between(midnight, last)
    opened = opening(read(calendar).plan(window), window, zone, Form.VIDEO)
    return list(fits(opened, Demand(_TICKS)).iterate())


def _take(chosen: list[tuple[Calendar, Tick]], offered: MeetingType) -> int:
    """Book the chosen starts: the first through the models, the others as its copies, which is ten times as fast."""
    booking = _booking(*chosen[0], offered)
    claim = _claim(booking)
    zone = ZoneInfo(booking.calendar.zone)
    ids = [uuid.uuid4() for _ in chosen[1:]]
    calendars = [calendar.id for calendar, _ in chosen[1:]]
    starts = [tick for _, tick in chosen[1:]]
    ends = [tick + _TICKS for tick in starts]
    _repeat(
        booking,
        id=ids,
        calendar_id=calendars,
        from_tick=starts,
        to_tick=ends,
        local_start=[_local(tick, zone) for tick in starts],
        calendar_uid=[_uid(made) for made in ids],
    )
    ticks = {"from_tick": starts, "to_tick": ends, "block_from": starts, "block_to": ends}
    _repeat(claim, booking_id=ids, calendar_id=calendars, **ticks)
    return len(chosen)


def _booking(calendar: Calendar, tick: Tick, offered: MeetingType) -> Booking:
    made, moment = uuid.uuid4(), timezone.now()
    return Booking.objects.create(
        id=made,
        calendar=calendar,
        meeting_type=offered,
        form=Form.VIDEO,
        state=State.CONFIRMED,
        from_tick=tick,
        to_tick=tick + _TICKS,
        local_start=_local(tick, ZoneInfo(calendar.zone)),
        calendar_uid=_uid(made),
        created_at=moment,
        changed_at=moment,
    )


def _claim(row: Booking) -> Occupancy:
    return Occupancy.objects.create(
        calendar=row.calendar,
        booking=row,
        meeting_type=row.meeting_type,
        from_tick=row.from_tick,
        to_tick=row.to_tick,
        block_from=row.from_tick,
        block_to=row.to_tick,
        state="booked",
    )


def _local(tick: Tick, zone: ZoneInfo) -> str:
    return instant(tick).astimezone(zone).isoformat(timespec="minutes")


def _uid(booking: UUID) -> str:
    return f"{booking}@belastning.example"


def _repeat(row: Model, **changed: Sequence[object]) -> None:
    """As many copies of a stored row as the lists are long, each with its own value in the columns that are named."""
    fields = [field for field in row._meta.local_concrete_fields if field.column in changed or not field.primary_key]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active(%s::regclass)", [row._meta.db_table])
        if cursor.fetchone()[0]:
            _insert(cursor, row, fields, changed)
        else:
            _copy(cursor, row, fields, changed)


def _copy(cursor: Any, row: Model, fields: Sequence[Field[Any, Any]], changed: Mapping[str, Sequence[object]]) -> None:  # noqa: ANN401 - Django's
    """`COPY`: keys, checks and the exclusion constraint hold as ever; the municipality is the stored row's."""
    each = [changed.get(str(field.column)) for field in fields]
    same = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    columns = ", ".join(str(field.column) for field in fields)
    with cursor.copy(f"COPY {row._meta.db_table} ({columns}) FROM STDIN") as copying:
        for number in range(len(next(iter(changed.values())))):
            copying.write_row([value if own is None else own[number] for own, value in zip(each, same, strict=True)])


def _insert(
    cursor: Any,  # noqa: ANN401 - Django's
    row: Model,
    fields: Sequence[Field[Any, Any]],
    changed: Mapping[str, Sequence[object]],
) -> None:
    """One `INSERT`, for whom the walls hold."""
    types = {str(field.column): str(field.db_type(connection)) for field in fields}
    columns = ", ".join(types)
    values = ", ".join(f"{'n' if column in changed else 't'}.{column}" for column in types)
    lists = ", ".join(f"%s::{types[column]}[]" for column in changed)
    cursor.execute(
        f"INSERT INTO {row._meta.db_table} ({columns}) SELECT {values} "  # noqa: S608 - names of our own columns
        f"FROM {row._meta.db_table} t, unnest({lists}) AS n({', '.join(changed)}) WHERE t.id = %s",
        [*map(list, changed.values()), row.pk],
    )
