"""Five municipalities with four units each, eight roles in every unit, and a home unit with everybody who may ask.

The home unit is the first of the first municipality. What the matrix asks for is named by where it lies from there:

    home        the resident's booking with the officer
    beside      another resident's, with a colleague in the same unit
    elsewhere   in another unit of the municipality
    abroad      in another municipality
    sheltered   a protected resident's, with the officer
    former      on the calendar of somebody whose membership was taken
    closed      on the calendar of somebody whose account was closed
    missing     nothing at all
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone

from booking import states, transitions
from booking.models import (
    Absence,
    Booking,
    BusyFeed,
    Calendar,
    CalendarFeed,
    CalendarOffer,
    Closure,
    LegalProfile,
    MeetingType,
    OpeningException,
    OpeningRule,
    Party,
    Service,
)
from booking.states import Event, Guard
from booking.timeline import floor_tick, instant
from identity import actors, scope, secrets_of, sign_in
from identity.models import (
    Membership,
    Municipality,
    NamedReader,
    Opening,
    Person,
    Representation,
    Session,
    StaffAccount,
    Unit,
)
from identity.sessions import SessionStore
from tests.security import world_of_staff, world_of_waiting

STAFF = ("officer", "coordinator", "unit_manager", "administrator", "auditor")
_OF_A_CALENDAR = ("rule", "absence", "busy", "feed", "exception", "closure", "calendar")
ROLES = (*STAFF, "interpreter", "resident", "representative")
PLACES = ("home", "beside", "elsewhere", "abroad", "sheltered", "former", "closed")
MISSING = UUID("00000000-0000-4000-8000-00000000dead")
SOON, LATER = timedelta(minutes=10), timedelta(days=3)


@dataclass(frozen=True)
class One:
    """Somebody of the world, with a live session where they work or live."""

    person: UUID
    municipality: Municipality
    unit: UUID
    role: str
    session: str
    name: str


@dataclass
class World:
    """Everything by name: `people` are the actors at home, `crowd` the 160 of all units, `things[kind][place]` ids."""

    municipalities: list[Municipality]
    people: dict[str, One] = field(default_factory=dict)
    crowd: list[One] = field(default_factory=list)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Municipality:
        """The municipality that is asked."""
        return self.municipalities[0]

    def thing(self, kind: str, place: str) -> Any:  # noqa: ANN401 - an id or a secret
        """The id of a thing at a place; for `missing` one that nothing has."""
        found = self.things[kind].get(place)
        return found if found is not None else "ex.nothing" if kind == "feed" else MISSING

    def add(self, kind: str, place: str, thing: Any) -> None:  # noqa: ANN401 - an id or a secret
        """Name a thing."""
        self.things.setdefault(kind, {})[place] = thing


def session_of(person: Person, municipality: Municipality, *, level: str = "LOA3", booking: UUID | None = None) -> str:
    """The key of a live session in which somebody signed in just now."""
    request = HttpRequest()
    request.session = SessionStore()
    how = {"provider": "trial", "level": level, "booking": booking}
    sign_in.sign_in(request, municipality=municipality.id, person=person, **how)  # type: ignore[arg-type]
    return str(request.session.session_key)


def build(municipalities: list[Municipality]) -> World:
    """Fill the municipalities, and the home unit with the rest of those who may ask."""
    world = World(municipalities)
    for number, municipality in enumerate(municipalities):
        with scope.transaction(municipality.id):
            for place in range(4):
                _Office(world, municipality, f"{number}{place}").fill()
    _home(world)
    world_of_staff.fill(world)
    world_of_waiting.fill(world)
    Session.objects.update(last_seen=timezone.now() + timedelta(hours=1))  # so that no answer notes a session's use
    return world


@dataclass
class _Office:
    """One unit while it is built."""

    world: World
    municipality: Municipality
    mark: str
    unit: Unit = field(init=False)
    kind: MeetingType = field(init=False)

    def fill(self) -> None:
        """The unit, what it offers, one person of each role, and one booking soon and one later."""
        self.unit = Unit.objects.create(name=f"Enhet {self.mark}", phone="08-465 004 21", visit_place="Exempelgatan 1")
        service = Service.objects.create(unit=self.unit, name=f"Tjänst {self.mark}", description="")
        profile = LegalProfile.objects.create(name=f"Profil {self.mark}")
        self.kind = MeetingType.objects.create(
            code=f"t{self.mark}",
            service=service,
            legal_profile=profile,
            name="Samtal",
            duration=30,
            forms=["video", "phone", "visit"],
        )
        ones = {role: self.person(f"{role}{self.mark}", role) for role in ROLES}
        for role, one in ones.items():
            self.world.people[f"{role}{self.mark}"] = one
            self.world.crowd.append(one)
        calendar = self.calendar(ones["officer"].person)
        self.booking(f"{self.mark}", calendar, ones["resident"].person)

    def person(self, name: str, role: str, **columns: Any) -> One:
        """Somebody with a name that nobody else has; with a role at work if it is one."""
        shown = f"Namn-{name}-{uuid4().hex[:6]}"
        row = Person.objects.create(name=shown, email=f"{name}@exempel.example", **columns)
        if role in STAFF:
            StaffAccount.objects.create(person=row, name=shown, opened_at=timezone.now())
        if role in (*STAFF, "interpreter"):
            Membership.objects.create(person=row, unit=self.unit, role=role)
        self.world.names[name] = shown
        return One(row.id, self.municipality, self.unit.id, role, session_of(row, self.municipality), shown)

    def calendar(self, officer: UUID) -> Calendar:
        """An officer's calendar, open on workdays."""
        calendar = Calendar.objects.create(unit=self.unit, person_id=officer)
        CalendarOffer.objects.create(calendar=calendar, meeting_type=self.kind)
        OpeningRule.objects.bulk_create(
            OpeningRule(calendar=calendar, weekday=day, from_minute=480, to_minute=960, forms=["video"], step=15)
            for day in range(1, 6)
        )
        return calendar

    def booking(self, place: str, calendar: Calendar, resident: UUID, **parties: UUID) -> None:
        """One that can be entered now, and one that can be moved and cancelled; named by the place."""
        soon = self._booked(calendar, resident, SOON, parties)
        later = self._booked(calendar, resident, LATER, parties)
        self.world.add("meeting", place, soon.id)
        self.world.add("booking", place, later.id)
        now = timezone.now()
        rule = calendar.rules.order_by("weekday").first()
        absence = Absence.objects.create(calendar=calendar, from_at=now + LATER * 9, to_at=now + LATER * 10)
        busy = BusyFeed.objects.create(calendar=calendar, kind="file", state="good")
        assert rule is not None
        day = (now + LATER * 9).date()
        exception = OpeningException.objects.create(calendar=calendar, date=day, kind="closed", to_minute=600)
        closure = Closure.objects.create(unit=self.unit, from_at=now + LATER * 11, to_at=now + LATER * 12)
        things = {"rule": rule.id, "absence": absence.id, "busy": busy.id, "exception": exception.id}
        for kind, thing in (things | {"closure": closure.id, "calendar": calendar.uuid}).items():
            self.world.add(kind, place, thing)
        text, digest = secrets_of.make(self.municipality)
        CalendarFeed.objects.create(calendar=calendar, secret_hash=digest, made_at=now)
        self.world.add("feed", place, text)

    def _booked(self, calendar: Calendar, resident: UUID, ahead: timedelta, parties: dict[str, UUID]) -> Booking:
        now = timezone.now()
        start = floor_tick(now + ahead)
        booking = Booking.objects.create(
            calendar=calendar,
            meeting_type=self.kind,
            resident_id=resident,
            form="video",
            state=states.State.HELD,
            from_tick=start,
            to_tick=start + 6,
            local_start=timezone.localtime(instant(start)).isoformat(timespec="minutes"),
            calendar_uid=f"{uuid4()}@{self.municipality.hosts[0]}",
            created_at=now,
            changed_at=now,
        )
        assert calendar.person_id is not None
        roles = {"resident": resident, "officer": calendar.person_id, **parties}
        for role, person in roles.items():
            Party.objects.create(booking=booking, person_id=person, role=role)
        step = transitions.check("held", Event.CONFIRM, states.Role.RESIDENT, dict.fromkeys(Guard, True))
        transitions.take(booking, step, actor=actors.system(self.municipality.id), now=now)
        return booking


def _home(world: World) -> None:
    """Everybody who may ask at home, and what is theirs."""
    home, people = world.home, world.people
    office = _Office(world, home, "00")
    with scope.transaction(home.id):
        office.unit = Unit.objects.get(id=people["officer00"].unit)
        office.kind = MeetingType.objects.get(code="t00")
        _name_the_crowd(world)
        for name in ("companion", "unproven", "helper", "sheltered", "other_resident", "second_resident"):
            people[name] = office.person(name, "resident", marked=name == "sheltered")
        for name in ("colleague", "former", "closed"):
            people[name] = office.person(name, "officer")
        _bookings_at_home(office)
        _representatives(world)
        _leave(people)
        _readers(world, office)
    world.things["meeting"]["abroad"] = world.things["meeting"]["10"]
    world.things["booking"]["abroad"] = world.things["booking"]["10"]
    for kind in (*_OF_A_CALENDAR, "meeting", "booking"):
        world.add(kind, "elsewhere", world.things[kind]["01"])
        world.add(kind, "abroad", world.things[kind]["10"])


def _name_the_crowd(world: World) -> None:
    """The names that the matrix uses for those at home, in another unit, and in another municipality."""
    people = world.people
    for role in (*ROLES,):
        people[role] = people[f"{role}00"]
        people[f"{role}_elsewhere"] = people[f"{role}01"]
        people[f"{role}_abroad"] = people[f"{role}10"]
    people["proven"] = people["representative"]


def _bookings_at_home(office: _Office) -> None:
    world, people = office.world, office.world.people
    calendar = Calendar.objects.get(person=people["officer"].person)
    guests = {"companion": people["companion"].person, "interpreter": people["interpreter"].person}
    office.booking("home", calendar, people["resident"].person, **guests)
    office.booking("sheltered", calendar, people["sheltered"].person)
    for name, place in {"colleague": "beside", "former": "former", "closed": "closed"}.items():
        office.booking(place, office.calendar(people[name].person), people["second_resident"].person)
    for kind in _OF_A_CALENDAR:  # one calendar, so these are the officer's own in both places
        del world.things[kind]["sheltered"]


def _representatives(world: World) -> None:
    now, people = timezone.now(), world.people
    for name, kind, seen in (("proven", "trustee", now), ("unproven", "trustee", None), ("helper", "helper", None)):
        Representation.objects.create(
            principal_id=people["resident"].person,
            representative_id=people[name].person,
            kind=kind,
            scopes=["book", "attend", "speak"],
            evidence="court" if seen else "",
            seen_at=seen,
            seen_by_id=people["officer"].person if seen else None,
            made_at=now,
        )


def _leave(people: dict[str, One]) -> None:
    Membership.objects.filter(person=people["former"].person).delete()
    StaffAccount.objects.filter(person=people["closed"].person).update(closed_at=timezone.now())


def _readers(world: World, office: _Office) -> None:
    """Two staff members who are named for the protected resident; one has just opened what concerns them."""
    now, people = timezone.now(), world.people
    for name in ("reader", "opener"):
        people[name] = office.person(name, "officer")
        NamedReader.objects.create(person_id=people["sheltered"].person, reader_id=people[name].person, at=now)
    for kind, place in (("booking", "booking"), ("booking", "meeting"), ("person", "person")):
        thing = people["sheltered"].person if place == "person" else world.things[place]["sheltered"]
        Opening.objects.create(
            kind="protected",
            opener_id=people["opener"].person,
            object_kind=kind,
            object=thing,
            reason="own_case",
            asked_at=now,
            opened_at=now,
            until=now + timedelta(minutes=15),
        )
    resident = Person.objects.get(id=people["resident"].person)
    vouched = session_of(resident, world.home, level="vouched", booking=world.things["booking"]["home"])
    people["vouched"] = One(resident.id, world.home, office.unit.id, "resident", vouched, people["resident"].name)


def later_at(now: datetime) -> datetime:
    """When the bookings that can still be moved begin."""
    return now + LATER
