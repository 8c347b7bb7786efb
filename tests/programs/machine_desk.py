"""The real use cases as the machine asks for them: rows for one walk, and each step by its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from booking.models import (
    Booking,
    Calendar,
    CalendarOffer,
    LegalProfile,
    MeetingType,
    Occupancy,
    OpeningRule,
    Service,
)
from booking.search import Query, find
from booking.services import (
    Contact,
    Rhythm,
    Wanted,
    book,
    book_series,
    cancel,
    extend_hold,
    hand_over,
    hold,
    mark_no_show,
    move,
    undo_no_show,
)
from identity import scope
from identity.actors import Actor
from identity.models import Membership, Person, Role, StaffAccount, Unit
from tests.programs.machine_model import AFTER, BEGINS, MEETING, STEP
from tests.programs.racing import read

FORMS = ["video", "phone"]
_TOLD = Contact("none")
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class MachineDesk:
    """What one walk plays on. Officers and residents go by their numbers."""

    municipality: int
    unit: UUID
    meeting_type: UUID
    calendars: tuple[Calendar, ...]
    residents: tuple[UUID, ...]

    def resident(self, number: int) -> Actor:
        """A resident, signed in."""
        return Actor(self.municipality, self.residents[number], provider="trial", level="LOA3", session_key="machine")

    def officer(self, number: int) -> Actor:
        """An officer, with the roles that they have now."""
        person = self.calendars[number].person_id
        with scope.transaction(self.municipality):
            held = Membership.objects.filter(person=person).values_list("role", "unit_id")
            roles = frozenset((str(role), unit) for role, unit in held)
        return Actor(self.municipality, person, roles, provider="trial", level="LOA3", session_key="machine")

    def hold(self, resident: int, diary: int, start: int) -> Booking:
        """Hold a start with an officer."""
        wanted = Wanted(self.meeting_type, "video", start, self.calendars[diary].uuid)
        return hold(actor=self.resident(resident), wanted=wanted, key=uuid4().hex)

    def expire(self, booking: UUID) -> None:
        """Its ten minutes are over, by the database's clock."""
        with scope.transaction(self.municipality):
            Occupancy.objects.filter(booking=booking, live=True, state="hold").update(expires_at=_LONG_AGO)

    def extend(self, resident: int, booking: UUID) -> Booking:
        """More time."""
        return extend_hold(actor=self.resident(resident), booking=booking)

    def book(self, resident: int, booking: UUID) -> Booking:
        """Read, and book."""
        actor = self.resident(resident)
        with scope.transaction(self.municipality):
            held = Booking.objects.get(id=booking)
        return book(actor=actor, booking=booking, contact=_TOLD, shown=read(actor, held), key=uuid4().hex)

    def move(self, resident: int, booking: UUID, start: int, sequence: int, diary: int) -> Booking:
        """To a start and an officer."""
        return move(
            actor=self.resident(resident),
            booking=booking,
            start=start,
            sequence=sequence,
            key=uuid4().hex,
            calendar=self.calendars[diary].uuid,
        )

    def cancel(self, resident: int, booking: UUID) -> Booking:
        """By the resident."""
        return cancel(actor=self.resident(resident), booking=booking, key=uuid4().hex)

    def hand_over(self, diary: int, booking: UUID, other: int, sequence: int) -> Booking:
        """By its officer, to another."""
        to = self.calendars[other].uuid
        return hand_over(actor=self.officer(diary), booking=booking, calendar=to, sequence=sequence, key=uuid4().hex)

    def no_show(self, diary: int, booking: UUID) -> Booking:
        """Nobody came."""
        return mark_no_show(actor=self.officer(diary), booking=booking, key=uuid4().hex, call="tried")

    def undo_no_show(self, diary: int, booking: UUID) -> Booking:
        """It was a mistake."""
        return undo_no_show(actor=self.officer(diary), booking=booking, key=uuid4().hex)

    def series(self, resident: int, diary: int, start: int) -> tuple[Booking, ...]:
        """Three a week apart, by somebody of the unit who is no officer of it."""
        calendar = self.calendars[diary].uuid
        wanted = Wanted(
            self.meeting_type, "video", start, calendar, resident=self.residents[resident], asked_how="phone"
        )
        staff = Actor(self.municipality, self.calendars[0].person_id, frozenset({("coordinator", self.unit)}))
        return book_series(actor=staff, wanted=wanted, rhythm=Rhythm(), count=3, contact=_TOLD, key=uuid4().hex)

    def open_until(self, diary: int, ends: int) -> None:
        """Change an officer's hours."""
        with scope.transaction(self.municipality, durable=True):
            OpeningRule.objects.filter(calendar=self.calendars[diary]).update(to_minute=ends)

    def give_role(self, diary: int, *, held: bool) -> None:
        """Make somebody an officer, or one no more."""
        person = self.calendars[diary].person_id
        with scope.transaction(self.municipality, durable=True):
            Membership.objects.filter(person=person).delete()
            if held and person is not None:
                Membership.objects.create(person_id=person, unit_id=self.unit, role=Role.OFFICER)

    def claims(self) -> list[tuple[int, int, int, UUID]]:
        """Living claims: officer, first and last tick of the block, booking. What ran out claims nothing."""
        numbers = {calendar.id: number for number, calendar in enumerate(self.calendars)}
        with scope.transaction(self.municipality):
            rows = Occupancy.objects.filter(calendar__in=self.calendars, live=True).exclude(expires_at=_LONG_AGO)
            found = list(rows.values_list("calendar_id", "block_from", "block_to", "booking_id"))
        return [(numbers[calendar], start, end, booking) for calendar, start, end, booking in found]

    def free(self, diary: int, first: int, last: int) -> list[int]:
        """Every start that search offers with an officer."""
        from django.utils import timezone

        query = Query(self.meeting_type, "video", 10_000, first, last, self.calendars[diary].uuid)
        with scope.transaction(self.municipality):
            return [offer.tick for offer in find(query, now=timezone.now()).offers]


def opened(municipality: int) -> MachineDesk:
    """New rows: a unit, its meeting type, two officers, three residents."""
    with scope.transaction(municipality, durable=True):
        unit = Unit.objects.create(name="Gång", phone="08-465 004 27")
        service = Service.objects.create(unit=unit, name="Gång", description="Påhittad.")
        offered = MeetingType.objects.create(
            code=f"g{uuid4().hex[:8]}",
            service=service,
            legal_profile=LegalProfile.objects.create(name="Gång"),
            name="Gång",
            duration=MEETING * 5,
            buffer_after=AFTER * 5,
            forms=FORMS,
            lead_minutes=0,
            move_limit_minutes=0,
        )
        calendars = tuple(_officer(unit, offered, number) for number in range(2))
        residents = tuple(Person.objects.create(name=f"Invånare {number}").id for number in range(3))
    return MachineDesk(municipality, unit.id, offered.id, calendars, residents)


def _officer(unit: Unit, offered: MeetingType, number: int) -> Calendar:
    person = Person.objects.create(name=f"Handläggare {number}")
    Membership.objects.create(person=person, unit=unit, role=Role.OFFICER)
    StaffAccount.objects.create(person=person, name=f"Handläggare {number}", opened_at=_LONG_AGO)
    made: Calendar = Calendar.objects.create(unit=unit, person=person)
    CalendarOffer.objects.create(calendar=made, meeting_type=offered)
    OpeningRule.objects.bulk_create(
        OpeningRule(calendar=made, weekday=day, from_minute=BEGINS, to_minute=960, forms=FORMS, step=STEP)
        for day in range(1, 6)
    )
    return made
