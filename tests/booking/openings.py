"""What the tests of changed openings share: calendars by name, their rows, dates to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from booking.models import Booking, Calendar, MeetingType
from booking.opening_wanted import WantedRule
from booking.search import Query, overview
from booking.timeline import Tick
from booking.walltime import ticks_of
from identity import scope
from identity.actors import Actor
from tests.town import Town

As = Callable[[str], Actor]
ZONE = ZoneInfo("Europe/Stockholm")
SUNDAY = WantedRule(weekdays=(7,), from_minute=600, to_minute=720, forms=("phone", "video"), step=30)


def calendar_of(town: Town, key: str = "anna") -> Calendar:
    """The calendar of one of the cast, as it stands now."""
    with scope.transaction(town.municipality.id):
        return Calendar.objects.get(id=town.calendars[key])


def named(town: Town, as_actor: As, key: str = "anna") -> dict[str, Any]:
    """An officer and the own calendar, as use cases take them."""
    return {"actor": as_actor(key), "calendar": calendar_of(town, key).uuid}


def rows(town: Town, of: Callable[[], Any]) -> list[Any]:
    """The rows that a manager or queryset gives inside the municipality."""
    with scope.transaction(town.municipality.id):
        return list(of().all())


def annas(town: Town, as_actor: As) -> Booking:
    """A booking of Bo's on Anna's calendar, whoever of her colleagues got the ones before it."""
    while True:
        made = town.booked(as_actor("bo"))
        if made.calendar_id == town.calendars["anna"]:
            return made


def coming(weekday: int, weeks: int = 1) -> date:
    """A date of a weekday (ISO) that lies at least so many weeks ahead."""
    day = timezone.localdate() + timedelta(days=7 * weeks)
    return day + timedelta(days=(weekday - day.isoweekday()) % 7)


def moment(day: date, minute: int = 0) -> datetime:
    """A wall time as an aware moment."""
    return datetime.fromtimestamp(ticks_of(day, minute, 1440, ZONE)[0] * 300, tz=ZONE)


def starts(town: Town, calendar: UUID) -> dict[tuple[UUID, str], set[Tick]]:
    """What the search offers on one calendar now, over the horizon, by meeting type and form."""
    found, now = {}, timezone.now()
    with scope.transaction(town.municipality.id):
        for kind in MeetingType.objects.filter(offers__calendar__uuid=calendar, internal=False):
            for form in kind.forms:
                query = Query(kind.id, form, calendar=calendar, by_staff=kind.booked_by == "officer")
                found[(kind.id, form)] = {tick for _day, ticks in overview(query, now=now).days for tick in ticks}
    return found
