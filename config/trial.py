"""The invented municipality of a trial: Exempelkommun, its services, its cast and their opening rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone

from booking.models import (
    Calendar,
    CalendarKind,
    CalendarOffer,
    FormTerms,
    LegalProfile,
    MeetingType,
    OpeningRule,
    OwnOfficer,
    Service,
)
from identity import finding, scope
from identity.actors import STAFF_ROLES
from identity.models import Membership, Municipality, NamedReader, Person, Role, StaffAccount, Unit

SLUG = "exempelkommun"
_WORKDAY = ((8 * 60, 12 * 60), (13 * 60, 16 * 60 + 30))
_ALL_FORMS = ("video", "phone", "visit")
_HOME = (*_ALL_FORMS, "home")
_OUT = (2, 4)  # weekdays with afternoons on which officers also go home to people


@dataclass(frozen=True)
class Member:
    """One of the cast, as it is written to the database."""

    key: str
    name: str
    role: str = ""
    unit: str = ""
    marked: bool = False
    readers: tuple[str, ...] = ()  # who may open what concerns a marked one; the last is the deputy
    number: str = ""  # of the series that Skatteverket keeps for tests: birth numbers 980-999
    languages: tuple[str, ...] = ()  # of an interpreter, spoken or signed
    share: int = 100  # of full time, percent


CAST = (
    Member("bo", "Bo Ek", number="194603149818"),
    Member("eva", "Eva Lund", marked=True, readers=("anna", "maria"), number="198809029823"),
    Member("hans", "Hans Berg", number="195711239839"),
    Member("anna", "Anna Lindqvist", Role.OFFICER, "fardtjanst"),
    Member("yusuf", "Yusuf Demir", Role.OFFICER, "fardtjanst", share=80),
    Member("maria", "Maria Niemi", Role.OFFICER, "fardtjanst"),
    Member("cia", "Cia Holm", Role.OFFICER, "hemma"),
    Member("olle", "Olle Strand", Role.OFFICER, "hemma"),
    Member("lena", "Lena Vik", Role.OFFICER, "ekonomi"),
    Member("karin", "Karin Ask", Role.COORDINATOR, "fardtjanst"),
    Member("mats", "Mats Rydh", Role.UNIT_MANAGER, "fardtjanst"),
    Member("dan", "Dan Sund", Role.ADMINISTRATOR, "fardtjanst"),
    Member("alva", "Alva Frid", Role.AUDITOR, "fardtjanst"),
    Member("farid", "Farid Karimi", Role.INTERPRETER, "fardtjanst", languages=("ar", "fa")),
    Member("tove", "Tove Rask", Role.INTERPRETER, "fardtjanst", languages=("swl",)),
)
# Resident, unit and officer: whom they have as their own there.
OWN_OFFICERS = (("hans", "fardtjanst", "maria"), ("hans", "hemma", "olle"))
LOAN_ROOM = "Lånerum 1"
_UNITS = {
    "fardtjanst": ("Färdtjänst", "08-465 004 21", "Exempelgatan 1, plan 2"),
    "hemma": ("Stöd hemma", "08-465 004 22", "Exempelgatan 1, plan 3"),
    "ekonomi": ("Ekonomi och råd", "08-465 004 23", "Exempelgatan 1, plan 1"),
}
_FARDTJANST_AGENDA = (
    "Så rör du dig ute och inne",
    "Trappor, hållplatser och att kliva på",
    "Balans, smärta, andning, syn och hörsel",
    "Sommar och vinter, hjälpmedel och ledsagare",
    "Vad som händer sedan",
)


@dataclass(frozen=True)
class Purpose:
    """A service with its one meeting type; times in minutes.

    `way`: minutes on the way to somebody's home, before and after; `own_only`: who has an own officer meets no other.
    """

    unit: str
    service: str
    description: str
    code: str
    name: str
    duration: int
    after: int
    step: int
    bring: tuple[str, ...]
    agenda: tuple[str, ...]
    forms: tuple[str, ...] = _ALL_FORMS
    way: tuple[int, int] = (30, 30)
    own_only: bool = False
    internal: bool = False


PURPOSES = (
    Purpose(
        "fardtjanst",
        "Färdtjänst",
        "Prata om din ansökan, ditt tillstånd eller dina resor.",
        "k4t7",
        "Samtal om din ansökan",
        45,
        15,
        15,
        ("Läkarintyg, om du har fått ett", "Lista på hjälpmedel du använder", "Ett foto till tillståndet"),
        _FARDTJANST_AGENDA,
        forms=_HOME,
    ),
    Purpose(
        "hemma",
        "Stöd hemma",
        "Prata om vilken hjälp du behöver i vardagen.",
        "m2p9",
        "Uppföljning",
        30,
        15,
        5,
        ("Papper du har fått sedan sist",),
        ("Hur har det gått", "Vad fungerar", "Vad behöver ändras", "Nästa steg"),
        forms=_HOME,
        own_only=True,
    ),
    Purpose(
        "ekonomi",
        "Råd om ekonomi",
        "Prata om pengar, hyra och vad du kan ansöka om.",
        "r8v3",
        "Rådgivning",
        30,
        10,
        30,
        (),
        ("Din fråga", "Vad du kan ansöka om", "Vilka papper som behövs", "Hur lång tid det tar"),
    ),
    Purpose(
        "fardtjanst",
        "Något annat",
        "Prata med en handläggare om det du vill ta upp.",
        "h5d2",
        "Möte med handläggare",
        45,
        15,
        15,
        ("Det du vill visa",),
        ("Presentation", "Det du vill ta upp", "Vad vi gör nu"),
    ),
    Purpose(
        "fardtjanst",
        "Möten inom kommunen",
        "Prova bild, ljud, väntrum och avslut med en kollega.",
        "t6w8",
        "Internt möte",
        30,
        0,
        15,
        (),
        ("Bild och ljud", "Väntrum", "Avslut"),
        forms=("video", "phone"),
        internal=True,
    ),
)


def municipality(
    hosts: Iterable[str], slug: str = SLUG, short_id: str = "ex", name: str = "Exempelkommun"
) -> Municipality:
    """The municipality's row, made once. Needs the owner's rights."""
    made, _ = Municipality.objects.get_or_create(
        slug=slug,
        defaults={
            "short_id": short_id,
            "name": name,
            "hosts": list(hosts),
            "phone": "08-465 004 20",
            "phone_hours": "vardagar 8–16",
            "emergency_phone": "08-465 004 30",
            "mailbox": f"boka@{slug}.example",
            "feed_grades": ["busy", "neutral", "service"],
        },
    )
    return made


def fill(tenant: Municipality) -> bool:
    """Fill the municipality with its units, services and cast, once; True when it was empty. A statement a table."""
    with scope.transaction(tenant.id, durable=True):
        if Unit.objects.exists():
            return False
        made = Unit.objects.bulk_create(Unit(name=n, phone=p, visit_place=v) for n, p, v in _UNITS.values())
        units = dict(zip(_UNITS, made, strict=True))
        persons = _cast(tenant, units)
        types = _purposes(units)
        calendars = _calendars(persons, units, types)
        OwnOfficer.objects.bulk_create(
            OwnOfficer(resident=persons[resident], unit=units[unit], calendar=calendars[officer], since=timezone.now())
            for resident, unit, officer in OWN_OFFICERS
        )
        return True


def number_residents(tenant: Municipality) -> None:
    """Give the residents of the cast their numbers, so that staff can look them up: a trial has no e-ID that does."""
    with scope.transaction(tenant.id, durable=True):
        for member in CAST:
            person = Person.objects.filter(cast_name=member.key, number_index=None).first()
            if member.number and person is not None and finding.by_number(member.number) is None:
                finding.set_number(person, member.number)
                person.save(update_fields=["number", "number_index"])


def _cast(tenant: Municipality, units: dict[str, Unit]) -> dict[str, Person]:
    made = Person.objects.bulk_create(
        Person(
            name=member.name,
            cast_name=member.key,
            email=f"{member.key}@{tenant.slug}.example",
            marked=member.marked,
            external_id="" if member.role else f"prov-{member.key}",
        )
        for member in CAST
    )
    persons = {person.cast_name: person for person in made}
    Membership.objects.bulk_create(
        Membership(person=persons[member.key], unit=units[member.unit], role=member.role)
        for member in CAST
        if member.role
    )
    StaffAccount.objects.bulk_create(
        StaffAccount(person=persons[member.key], name=member.name, opened_at=timezone.now())
        for member in CAST
        if member.role in STAFF_ROLES
    )
    NamedReader.objects.bulk_create(
        NamedReader(
            person=persons[member.key], reader=persons[key], deputy=key == member.readers[-1], at=timezone.now()
        )
        for member in CAST
        for key in member.readers
    )
    return persons


def _purposes(units: dict[str, Unit]) -> list[MeetingType]:
    profile = LegalProfile.objects.create(
        name="Socialtjänst", legal_basis="Offentlighets- och sekretesslagen (2009:400) 26 kap. 1 §"
    )
    services = Service.objects.bulk_create(
        Service(unit=units[purpose.unit], name=purpose.service, description=purpose.description, position=number)
        for number, purpose in enumerate(PURPOSES)
    )
    made = MeetingType.objects.bulk_create(
        MeetingType(
            code=purpose.code,
            service=service,
            legal_profile=profile,
            name=purpose.name,
            duration=purpose.duration,
            buffer_after=purpose.after,
            forms=list(purpose.forms),
            bring=list(purpose.bring),
            agenda=list(purpose.agenda),
            own_officer_only=purpose.own_only,
            internal=purpose.internal,
        )
        for purpose, service in zip(PURPOSES, services, strict=True)
    )
    FormTerms.objects.bulk_create(
        FormTerms(
            meeting_type=meeting_type,
            form="home",
            buffer_before=purpose.way[0],
            buffer_after=purpose.after + purpose.way[1],
        )
        for purpose, meeting_type in zip(PURPOSES, made, strict=True)
        if "home" in purpose.forms
    )
    return made


def _calendars(
    persons: dict[str, Person], units: dict[str, Unit], types: list[MeetingType]
) -> dict[str | None, Calendar]:
    """By whose they are: an officer's for the meetings of the unit, an interpreter's, and the loan room's for None."""
    whose = [member for member in CAST if member.role in (Role.OFFICER, Role.INTERPRETER)]
    room = Calendar(kind=CalendarKind.ROOM, unit=units["fardtjanst"], name=LOAN_ROOM)
    made = Calendar.objects.bulk_create(
        [*(_calendar(member, persons[member.key], units[member.unit]) for member in whose), room]
    )
    CalendarOffer.objects.bulk_create(
        CalendarOffer(calendar=calendar, meeting_type=meeting_type)
        for member, calendar in zip(whose, made[:-1], strict=True)
        for meeting_type, purpose in zip(types, PURPOSES, strict=True)
        if member.role == Role.OFFICER and purpose.unit == member.unit
    )
    steps = [next(p.step for p in PURPOSES if p.unit == member.unit) for member in whose]
    OpeningRule.objects.bulk_create(
        rule for calendar, step in zip(made, [*steps, 15], strict=True) for rule in _open(calendar, step)
    )
    return dict(zip([*(member.key for member in whose), None], made, strict=True))


def _calendar(member: Member, person: Person, unit: Unit) -> Calendar:
    """An officer's; or an interpreter's, who is on the way a quarter each time."""
    if member.role == Role.OFFICER:
        return Calendar(kind=CalendarKind.OFFICER, unit=unit, person=person, share=member.share)
    return Calendar(
        kind=CalendarKind.INTERPRETER,
        unit=unit,
        person=person,
        languages=list(member.languages),
        lead_minutes=24 * 60,
        buffer_before=15,
        buffer_after=15,
    )


def _open(calendar: Calendar, step: int) -> Iterator[OpeningRule]:
    """Working days, with a pause for lunch."""
    for day in range(1, 6):
        for start, end in _WORKDAY:
            yield OpeningRule(
                calendar=calendar,
                weekday=day,
                from_minute=start,
                to_minute=end,
                forms=list(_HOME if day in _OUT and start >= 12 * 60 else _ALL_FORMS),
                step=step,
            )
