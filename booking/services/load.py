"""Invented calendars, half of them booked at random: what measurements are taken on. Never in production."""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

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
from booking.rules import ticks_of
from booking.states import State
from booking.timeline import TICK_SECONDS, Tick, instant
from identity import scope
from identity.models import Unit

NAME = "Belastning"
WORKDAY = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
MINUTES = 30
_TICKS = MINUTES * 60 // TICK_SECONDS
_CALENDARS_AT_ONCE = 20
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class Load:
    """What was made: a meeting type, its calendars, and how many bookings they have."""

    meeting_type: UUID
    calendars: tuple[UUID, ...]
    bookings: int


def fill(*, municipality: int, calendars: int, days: int, first: date, seed: int = 1) -> Load:
    """Make `calendars` that are open Monday to Friday 8-12 and 13-17 for meetings of 30 minutes on a step of 30.

    From the local date `first` on, for `days` dates, half of each calendar's starts are booked: the same for a seed.
    """
    rng, moment = random.Random(seed), timezone.now()  # noqa: S311 - invented bookings guard nothing
    with scope.transaction(municipality, durable=True):
        offered = _meeting_type()
        made = _calendars(offered, calendars)
    starts, taken = _starts(first, days, ZoneInfo(made[0].zone) if made else ZoneInfo("UTC")), 0
    for some in (made[at : at + _CALENDARS_AT_ONCE] for at in range(0, len(made), _CALENDARS_AT_ONCE)):
        with scope.transaction(municipality, durable=True):
            taken += _take(
                [(calendar, tick) for calendar in some for tick in rng.sample(starts, len(starts) // 2)],
                offered,
                moment,
            )
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
    made = Calendar.objects.bulk_create(
        [Calendar(unit_id=offered.service.unit_id) for _ in range(count)], batch_size=_ROWS_AT_ONCE
    )
    CalendarOffer.objects.bulk_create(
        [CalendarOffer(calendar=calendar, meeting_type=offered) for calendar in made], batch_size=_ROWS_AT_ONCE
    )
    rules = (rule for calendar in made for rule in _week(calendar, offered))
    OpeningRule.objects.bulk_create(rules, batch_size=_ROWS_AT_ONCE)
    return made


def _week(calendar: Calendar, offered: MeetingType) -> Iterator[OpeningRule]:
    for weekday in range(1, 6):
        for start, end in WORKDAY:
            yield OpeningRule(
                calendar=calendar,
                weekday=weekday,
                from_minute=start,
                to_minute=end,
                forms=offered.forms,
                step=MINUTES,
            )


def _starts(first: date, days: int, zone: ZoneInfo) -> list[Tick]:
    """Every start of the workdays among `days` dates."""
    dates = (first + timedelta(days=ahead) for ahead in range(days))
    pieces = (ticks_of(day, start, end, zone) for day in dates if day.isoweekday() < 6 for start, end in WORKDAY)
    return [tick for start, end in pieces for tick in range(start, end, _TICKS)]


def _take(chosen: list[tuple[Calendar, Tick]], offered: MeetingType, moment: datetime) -> int:
    rows = [_booking(calendar, tick, offered, moment) for calendar, tick in chosen]
    Booking.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
    Occupancy.objects.bulk_create((_claim(row) for row in rows), batch_size=_ROWS_AT_ONCE)
    return len(rows)


def _booking(calendar: Calendar, tick: Tick, offered: MeetingType, moment: datetime) -> Booking:
    made = uuid.uuid4()
    return Booking(
        id=made,
        calendar=calendar,
        meeting_type=offered,
        form=Form.VIDEO,
        state=State.CONFIRMED,
        from_tick=tick,
        to_tick=tick + _TICKS,
        local_start=instant(tick).astimezone(ZoneInfo(calendar.zone)).isoformat(timespec="minutes"),
        calendar_uid=f"{made}@belastning.example",
        created_at=moment,
        changed_at=moment,
    )


def _claim(row: Booking) -> Occupancy:
    return Occupancy(
        calendar=row.calendar,
        booking=row,
        meeting_type=row.meeting_type,
        from_tick=row.from_tick,
        to_tick=row.to_tick,
        block_from=row.from_tick,
        block_to=row.to_tick,
        state="booked",
    )
