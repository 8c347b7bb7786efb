"""What access rules look at, and the predicates that they are made of: relations and conditions over loaded facts.

Nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from identity.actors import Actor


@dataclass(frozen=True)
class Facts:
    """What a rule may look at.

    `officer`: whose calendar it is; `parties`: person and role; `protected`: the resident is; `named`: who may open
    what concerns the resident; `booker`: who of the staff holds a time for the resident; `over`: nobody is to meet by
    it any more; `by_system`: another system made it; `opened_by`: who opened it themselves, with a reason given just
    now; `broken_by`: for whom a second person opened it; `left`: whose calendar it is holds meetings in its unit no
    more; `meets`: the units that the person has or had a time at; `reader`: who is to be named; `told_of`: whose act
    an alert is about; `represented_by`: person and what the representation opens today; `object`: its id, for those
    who may see one object only; `person`: whose own thing it is; `level_needed`: of the meeting type, and
    `vouched_enough`: an ID that an officer saw will do;
    `asked_by`: who asked first, where a second person must agree.
    """

    municipality_id: int
    unit: UUID | None = None
    officer: UUID | None = None
    resident: UUID | None = None
    parties: tuple[tuple[UUID, str], ...] = ()
    protected: bool = False
    named: frozenset[UUID] = frozenset()
    opened_by: frozenset[UUID] = frozenset()
    broken_by: frozenset[UUID] = frozenset()
    left: bool = False
    meets: frozenset[UUID] = frozenset()
    reader: UUID | None = None
    told_of: UUID | None = None
    represented_by: tuple[tuple[UUID, frozenset[str]], ...] = ()
    object: UUID | None = None
    person: UUID | None = None
    level_needed: str = "none"
    vouched_enough: bool = False
    asked_by: UUID | None = None
    unled: bool = False
    booker: UUID | None = None
    by_system: bool = False
    over: bool = False


Predicate = Callable[[Actor, Facts], bool]
LEVELS = {"none": 0, "vouched": 1, "LOA2": 2, "LOA3": 3}


def _represents(scope: str) -> Predicate:
    return lambda a, f: any(person == a.person_id and scope in opened for person, opened in f.represented_by)


def _in_unit(*roles: str) -> Predicate:
    return lambda a, f: f.unit is not None and any(f.unit in a.units(role) for role in roles)


def _anywhere(*roles: str) -> Predicate:
    return lambda a, f: any(a.units(role) for role in roles)


def _who_meets(*roles: str) -> Predicate:
    """With one of the roles in a unit that meets the person."""
    return lambda a, f: any(f.meets & a.units(role) for role in roles)


def _looks_after(*roles: str) -> Predicate:
    """As `_who_meets`; of a person whom no unit meets, in any unit."""
    return lambda a, f: _who_meets(*roles)(a, f) or (not f.meets and _anywhere(*roles)(a, f))


def _own_officer(a: Actor, f: Facts) -> bool:
    return a.signed_in and a.person_id == f.officer and f.unit in a.units("officer")


def _system_of_unit(a: Actor, f: Facts) -> bool:
    """Another system whose token reaches the unit; a token that names none reaches every unit."""
    return a.token is not None and f.unit is not None and (not a.token_units or f.unit in a.token_units)


def _with_scope(*scopes: str) -> Predicate:
    return lambda a, f: bool(a.token_scopes.intersection(scopes))


def _stands_in(a: Actor, f: Facts) -> bool:
    """Who coordinates the unit, once the officer holds no meetings there any more: somebody must see to the booked."""
    return f.left and _in_unit("coordinator", "unit_manager")(a, f)


def _named_reader(a: Actor, f: Facts) -> bool:
    return a.is_staff and a.person_id in f.named


def _opened(a: Actor, f: Facts) -> bool:
    """It stands open for the actor, and what it was opened by still holds: the naming, the calendar, or the role."""
    by_right = a.person_id in f.opened_by and (_own_officer(a, f) or _named_reader(a, f))
    return by_right or (a.person_id in f.broken_by and _anywhere("officer", "coordinator", "unit_manager")(a, f))


RELATIONS: dict[str, Predicate] = {
    "signed_in": lambda a, f: a.signed_in,
    "staff": lambda a, f: a.is_staff,
    "self": lambda a, f: a.signed_in and a.person_id == f.person,
    "own_resident": lambda a, f: a.signed_in and a.person_id == f.resident,
    "representative_book": _represents("book"),
    "representative_attend": _represents("attend"),
    "party": lambda a, f: any(p == a.person_id and role not in ("representative", "officer") for p, role in f.parties),
    # Listed as an officer, and one today: whoever has left is no party any more.
    "officer_party": lambda a, f: (
        any(p == a.person_id and role == "officer" for p, role in f.parties) and bool(a.units("officer"))
    ),
    "representing_party": lambda a, f: (
        any(p == a.person_id and role == "representative" for p, role in f.parties) and _represents("attend")(a, f)
    ),
    "own_officer": _own_officer,
    "stands_in": _stands_in,
    "named_reader": _named_reader,
    "opener": _opened,
    "coordinator_of_unit": _in_unit("coordinator", "unit_manager"),
    # Of a calendar that is no officer's: an interpreter's or a room's
    "keeps_for_unit": lambda a, f: f.officer is None and _in_unit("coordinator", "unit_manager")(a, f),
    "officer_of_unit": _in_unit("officer", "coordinator"),
    # Of the staff, who holds a time for a resident until it is booked
    "booker": lambda a, f: a.signed_in and a.person_id == f.booker and _in_unit("officer", "coordinator")(a, f),
    "manager_of_unit": _in_unit("unit_manager"),
    "reviewer_of_unit": _in_unit("unit_manager", "auditor"),
    "officer_who_meets": _who_meets("officer", "coordinator", "unit_manager"),
    "looks_after": _looks_after("coordinator", "unit_manager"),
    "manager_looks_after": _looks_after("unit_manager"),
    # Of what is no unit's, any coordinator's and manager's
    "decides_of_unit": lambda a, f: (_anywhere if f.unit is None else _in_unit)("coordinator", "unit_manager")(a, f),
    "officer_anywhere": _anywhere("officer", "coordinator", "unit_manager"),
    "coordinator": _anywhere("coordinator", "unit_manager"),
    "manager": _anywhere("unit_manager"),
    "administrator": _anywhere("administrator"),
    "auditor": _anywhere("auditor"),
    "system_of_unit": _system_of_unit,
}

CONDITIONS: dict[str, Predicate] = {
    # What concerns a protected person is open only to who gave a reason just now.
    "opened_if_protected": lambda a, f: not f.protected or _opened(a, f),
    # What nobody is to see to any more.
    "not_over": lambda a, f: not f.over,
    "not_protected": lambda a, f: not f.protected,
    "named_if_protected": lambda a, f: not f.protected or _named_reader(a, f),
    "level": lambda a, f: (
        LEVELS.get(a.level, 0) >= LEVELS.get(f.level_needed, 3)
        or (f.vouched_enough and a.only_booking is not None and a.only_booking == f.object)
    ),
    # Somebody whose identity an officer vouched for, sees that one booking and nothing else.
    "not_beyond_vouched": lambda a, f: a.only_booking is None or a.only_booking == f.object,
    "not_vouched": lambda a, f: a.only_booking is None,
    "second_person": lambda a, f: f.asked_by is not None and a.person_id != f.asked_by,
    "not_self": lambda a, f: a.person_id != f.person,
    "not_resident": lambda a, f: a.person_id != f.resident,
    # Who may name readers names somebody else: so it takes two to read what is sheltered.
    "names_another": lambda a, f: a.person_id != f.reader,
    # Nobody sees away what was told of their own act.
    "of_another": lambda a, f: f.told_of is None or a.person_id != f.told_of,
    # The unit has no manager who could: then any other one's may.
    "unled": lambda a, f: f.unled,
    "to_nobody_else": lambda a, f: f.unit is None and f.person is None,
    # What the token of another system says that it may
    "made_by_system": lambda a, f: f.by_system,
    "takes_times": _with_scope("holds:write", "bookings:write"),
    "reads_bookings": _with_scope("bookings:read"),
    "writes_bookings": _with_scope("bookings:write"),
    "reads_calendars": _with_scope("calendars:read"),
    "writes_calendars": _with_scope("calendars:write"),
}
