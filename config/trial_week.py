"""A trial's prepared fortnight: meetings of invented residents, needs, an absence and imported busy time.

Only `manage.py serve` makes it, so that the officers' pages have something to show; no test counts on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from booking import wording
from booking.errors import BookingError
from booking.guidance import texts
from booking.models import Absence, Booking, BusyFeed, Calendar, MeetingType, Need, NeedKind, NeedState
from booking.search import Query, find
from booking.services import Contact, Wanted, book, hold
from booking.timeline import TICKS_PER_DAY, Tick
from booking.walltime import ticks_of
from config.trial import SLUG
from identity import actors, finding, scope
from identity.actors import Actor
from identity.models import Municipality, Person

# Birth numbers 980-999 of the series that Skatteverket keeps for tests.
RESIDENTS = (
    ("Siv Norén", "194401019841"),
    ("Amir Haddad", "197903129836"),
    ("Ingrid Falk", "193812249864"),
    ("Olena Koval", "198506179889"),
    ("Sven Dahl", "195002029832"),
    ("Leila Omar", "199110309821"),
)


@dataclass(frozen=True)
class Planned:
    """One meeting: so many working days ahead, the first free time from a wall time on, and what is needed."""

    officer: str
    resident: int
    day: int
    hour: int
    form: str
    needs: tuple[tuple[str, str], ...] = ()
    state: NeedState = NeedState.CONFIRMED


_ARABIC = ((NeedKind.INTERPRETER, "ar"),)
PLAN = (
    Planned("anna", 0, 1, 8, "visit"),
    Planned("anna", 1, 1, 10, "video", _ARABIC),
    Planned("anna", 2, 1, 13, "phone"),
    Planned("anna", 3, 2, 9, "video"),
    Planned("anna", 4, 2, 14, "home"),
    Planned("anna", 5, 3, 8, "video", _ARABIC, NeedState.ORDERED),
    Planned("anna", 0, 4, 13, "phone"),
    Planned("anna", 2, 6, 9, "video", ((NeedKind.SIGN, "swl"), (NeedKind.PAUSES, ""))),
    Planned("anna", 3, 8, 10, "visit"),
    Planned("yusuf", 4, 1, 9, "video"),
    Planned("yusuf", 1, 2, 13, "phone"),
    Planned("yusuf", 2, 3, 9, "visit"),
    Planned("maria", 5, 1, 13, "video"),
    Planned("maria", 0, 3, 10, "phone"),
    Planned("maria", 3, 4, 9, "video"),
    Planned("maria", 4, 5, 13, "visit"),
    Planned("maria", 1, 7, 9, "video", _ARABIC, NeedState.WANTED),
)
_COURSE_DAY, _BUSY_DAYS = 4, (2, 3)  # working days ahead


def prepare(tenant: Municipality, now: datetime) -> None:
    """Book the plan, each through the use cases. What cannot be booked is left out: a red day, for one."""
    days = list(_working_days(wording.local_date(now)))
    with scope.transaction(tenant.id, durable=True):
        people = [_resident(name, number) for name, number in RESIDENTS]
        calendars = {c.person.cast_name: c for c in Calendar.objects.exclude(person=None).select_related("person")}
        kind = MeetingType.objects.get(code="k4t7")
        _closed(calendars["anna"], days)
    for planned in PLAN:
        _book(tenant, planned, people[planned.resident], calendars[planned.officer], kind, days[planned.day], now)


def _working_days(today: date) -> Iterator[date]:
    """Today, and the Mondays to Fridays after it."""
    yield today
    for number in range(1, 15):
        day = today + timedelta(days=number)
        if day.isoweekday() < 6:
            yield day


def _resident(name: str, number: str) -> Person:
    person = Person(name=name)
    finding.set_number(person, number)
    person.save()
    return person


def _closed(calendar: Calendar, days: list[date]) -> None:
    """A course of an afternoon, and what another calendar says is busy."""
    course = days[_COURSE_DAY]
    begins, ends = (datetime.combine(course, time(hour), wording.ZONE) for hour in (8, 12))
    Absence.objects.create(calendar=calendar, from_at=begins, to_at=ends, code="course")
    busy = [ticks_of(days[number], 11 * 60, 12 * 60, wording.ZONE) for number in _BUSY_DAYS]
    now = timezone.now()
    BusyFeed.objects.create(calendar=calendar, kind="file", state="good", busy=busy, last_good_at=now, tried_at=now)


def _book(
    tenant: Municipality,
    planned: Planned,
    resident: Person,
    calendar: Calendar,
    kind: MeetingType,
    day: date,
    now: datetime,
) -> None:
    with scope.transaction(tenant.id):
        actor = actors.of_person(resident, provider="trial", level="LOA3", session_key="trial-week", at=now)
        start = _first_free(kind, planned, calendar, day, now)
    if start is None:
        return
    try:
        held = hold(actor=actor, wanted=Wanted(kind.id, planned.form, start, calendar.uuid))
        _confirm(tenant, actor, held, planned, now)
    except BookingError:
        return


def _first_free(kind: MeetingType, planned: Planned, calendar: Calendar, day: date, now: datetime) -> Tick | None:
    first, last = ticks_of(day, planned.hour * 60, 18 * 60, wording.ZONE)
    if planned.form == "home":  # not every day is open for it
        last += 6 * TICKS_PER_DAY
    query = Query(kind.id, planned.form, n=1, from_tick=first, until_tick=last, calendar=calendar.uuid)
    return next((offer.tick for offer in find(query, now=now).offers), None)


def _confirm(tenant: Municipality, actor: Actor, held: Booking, planned: Planned, now: datetime) -> None:
    with scope.transaction(tenant.id):
        shown = texts.record_shown(booking=held, text=texts.text_for("B8", "sv"), role="resident")
        texts.mark_read(booking=held, shown=shown.id, now=now)
        for what, language in planned.needs:
            state = planned.state if language else NeedState.CONFIRMED
            Need.objects.create(booking=held, kind=what, language=language, state=state, changed_at=now)
    book(actor=actor, booking=held.id, contact=Contact("none"), shown=shown.id, key=f"{SLUG}-{held.id}")
