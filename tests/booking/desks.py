"""A meeting type with calendars that are open on weekdays, made by hand; needs an open scope."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking.models import (
    Booking,
    Calendar,
    CalendarOffer,
    LegalProfile,
    MeetingType,
    Occupancy,
    OpeningRule,
    OwnOfficer,
    Service,
)
from booking.search import Query, find
from booking.timeline import Tick, instant
from booking.walltime import ticks_of
from identity.models import Person, Unit

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 11, 23)
SUNDAY_EVENING = datetime(2026, 11, 22, 20, tzinfo=UTC)


def at(day: date, clock: str) -> Tick:
    """The tick of a wall time."""
    hour, minute = map(int, clock.split(":"))
    return ticks_of(day, hour * 60 + minute, 1440, STOCKHOLM)[0]


def clock(tick: Tick) -> str:
    """`mon 09:00`, in wall time."""
    return f"{instant(tick).astimezone(STOCKHOLM):%a %H:%M}".lower()


@dataclass(frozen=True)
class Desk:
    """One meeting type of half an hour with its unit."""

    unit: Unit
    type: MeetingType

    def calendar(self, *, offers: bool = True, hours: tuple[int, int] = (9, 11), **fields: Any) -> Calendar:
        """Open Monday to Friday in every form, 9 to 11 unless said otherwise, every half hour."""
        made = Calendar.objects.create(unit=self.unit, **fields)
        if offers:
            CalendarOffer.objects.create(calendar=made, meeting_type=self.type)
        for weekday in range(1, 6):
            OpeningRule.objects.create(
                calendar=made,
                weekday=weekday,
                from_minute=hours[0] * 60,
                to_minute=hours[1] * 60,
                forms=["video", "phone", "visit", "home"],
                step=30,
            )
        return made

    def query(self, n: int = 4, form: str = "video", **more: Any) -> Query:
        """A query of the type."""
        return Query(self.type.id, form, n, **more)

    def starts(self, n: int = 4, form: str = "video", *, now: datetime = SUNDAY_EVENING, **more: Any) -> list[str]:
        """The first starts, as clocks."""
        return [clock(offer.tick) for offer in find(self.query(n, form, **more), now=now).offers]

    def own_officer(self, calendar: Calendar) -> uuid.UUID:
        """A resident whose own officer in the unit this calendar is."""
        resident = Person.objects.create()
        OwnOfficer.objects.create(resident=resident, unit=self.unit, calendar=calendar, since=SUNDAY_EVENING)
        return resident.id

    def booked(self, calendar: Calendar, start: Tick, *, ticks: int = 6, type: MeetingType | None = None) -> Booking:
        """A booked time."""
        kind = type or self.type
        row = Booking.objects.create(
            calendar=calendar,
            meeting_type=kind,
            form="video",
            state="confirmed",
            from_tick=start,
            to_tick=start + ticks,
            calendar_uid=uuid.uuid4().hex,
            created_at=SUNDAY_EVENING,
            changed_at=SUNDAY_EVENING,
        )
        claim = Occupancy(calendar=calendar, booking=row, meeting_type=kind, state="booked")
        claim.from_tick = claim.block_from = start
        claim.to_tick = claim.block_to = start + ticks
        claim.save()
        return row


def desk(**fields: Any) -> Desk:
    """A unit with one meeting type, without lead time unless said otherwise."""
    unit = Unit.objects.create(name="Rådgivning", phone="08-465 004 29")
    service = Service.objects.create(unit=unit, name="Rådgivning", description="Påhittad.")
    profile = LegalProfile.objects.create(name="Påhittad")
    usual: dict[str, Any] = {"duration": 30, "lead_minutes": 0, "forms": ["video", "phone", "visit"]}
    made = MeetingType.objects.create(
        code=f"d{uuid.uuid4().hex[:8]}", service=service, legal_profile=profile, name="Råd", **usual | fields
    )
    return Desk(unit, made)
