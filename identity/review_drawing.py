"""What a month's log reviews are drawn from: the acts of staff, whom they concern, and in which units they are judged.

Names are compared here and forgotten: what leaves this module holds ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from identity import log_reading, review_facts
from identity.actors import STAFF_ROLES
from identity.models import AccessEntry, Membership, Person, Representation, StaffAccount
from identity.models.people import Role
from identity.review_facts import Concerned
from identity.review_rules import GLASS, OPENED, Known, Seen
from identity.same_name import last_name

_NO_STAFF = (Role.INTERPRETER,)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of staff, or of a representative whom staff wrote down, as it stands in the log."""

    id: UUID
    number: int
    at: datetime
    actor: UUID
    unit: UUID | None
    action: str
    kind: str
    allowed: bool
    objects: frozenset[UUID]
    staff: bool = True


@dataclass(frozen=True)
class Drawn:
    """What each unit judges, and what the rules know besides."""

    of_unit: Mapping[UUID, Sequence[Seen]]
    known: Known


Representatives = Mapping[UUID, frozenset[UUID]]


def written_down(month: date) -> Representatives:
    """For whom each representative acts that staff wrote down, unless it ended before that month. In an open scope."""
    rows = Representation.objects.exclude(made_by=F("principal"), seen_at=None).exclude(revoked_at__date__lt=month)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for representative, principal in rows.values_list("representative_id", "principal_id"):
        found[representative].add(principal)
    return {one: frozenset(principals) for one, principals in found.items()}


def acts_of_month(
    municipality: int, month: date, zone: ZoneInfo, representatives: Representatives | None = None
) -> Iterator[Act]:
    """The acts of staff in a local month that concern somebody, and of `representatives`, oldest first. No scope."""
    first = datetime(month.year, month.month, 1, tzinfo=zone)
    after = (month + timedelta(days=31)).replace(day=1)
    last = datetime(after.year, after.month, 1, tzinfo=zone)
    for row in log_reading.entries_of_month(first, last, municipality=municipality):
        counts = row.role in STAFF_ROLES or row.actor in (representatives or {})
        if row.actor is not None and counts and _matters(row):
            yield _act(row, row.actor)


def _matters(row: AccessEntry) -> bool:
    return review_facts.known_kind(row.kind) or not row.allowed or row.action in (*GLASS, OPENED)


def _act(row: AccessEntry, actor: UUID) -> Act:
    objects = frozenset(row.objects_seen)
    staff = row.role in STAFF_ROLES
    return Act(row.id, row.number or 0, row.at, actor, row.unit, row.action, row.kind, row.allowed, objects, staff)


def drawn(
    acts: Iterable[Act], zone: ZoneInfo, units: Collection[UUID], representatives: Representatives | None = None
) -> Drawn:
    """Each act, in every unit whose thing it touched, and in one where who acted works. Needs an open scope.

    Who sees only themselves is not judged for it, nor a representative for anybody but the represented.
    """
    kept = list(acts)
    concerned = _concerned(kept)
    all_looks = [(act, _seen(act, concerned, zone)) for act in kept if not _only_oneself(act, concerned)]
    looks = [(act, one) for act, one in all_looks if act.staff or one.persons & (representatives or {})[act.actor]]
    known = _known([one for _, one in looks])
    grouped: dict[UUID, list[Seen]] = defaultdict(list)
    for act, one in looks:
        for unit in _judged_in(act, one, known, units):
            grouped[unit].append(one)
    return Drawn(grouped, known)


_Found = Mapping[tuple[str, UUID], Concerned]


def _concerned(acts: Iterable[Act]) -> _Found:
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for act in acts:
        if review_facts.known_kind(act.kind):
            by_kind[act.kind] |= act.objects
    return {
        (kind, object): found
        for kind, objects in by_kind.items()
        for object, found in review_facts.concerned(kind, objects).items()
    }


def _of(act: Act, concerned: _Found) -> list[Concerned]:
    return [concerned[act.kind, object] for object in act.objects if (act.kind, object) in concerned]


def _only_oneself(act: Act, concerned: _Found) -> bool:
    persons = frozenset[UUID]().union(*(found.persons for found in _of(act, concerned)))
    return act.allowed and persons == {act.actor}


def _seen(act: Act, concerned: _Found, zone: ZoneInfo) -> Seen:
    found = _of(act, concerned)
    return Seen(
        entry=act.id,
        at=act.at.astimezone(zone),
        actor=act.actor,
        action=act.action,
        allowed=act.allowed,
        objects=act.objects,
        persons=frozenset[UUID]().union(*(one.persons for one in found)) - {act.actor},
        units=frozenset(one.unit for one in found if one.unit is not None),
        few=len(found) <= 1,
        represents=not act.staff,
    )


def _known(seen: Sequence[Seen]) -> Known:
    staff = {one.actor for one in seen}
    persons = frozenset[UUID]().union(*(one.persons for one in seen))
    works = Membership.objects.exclude(role__in=_NO_STAFF)
    units: dict[UUID, set[UUID]] = defaultdict(set)
    for person, unit in works.filter(person__in=staff).values_list("person_id", "unit_id"):
        units[person].add(unit)
    meets: dict[UUID, set[UUID]] = defaultdict(set)
    for person, unit in review_facts.meeting(persons):
        meets[person].add(unit)
    people = list(Person.objects.filter(id__in=persons))
    return Known(
        staff=frozenset(works.filter(person__in=persons).values_list("person_id", flat=True)),
        protected=frozenset(person.id for person in people if person.protected),
        same_name=_same_name(seen, people),
        in_common=review_facts.in_common(staff),
        units_of={person: frozenset(held) for person, held in units.items()},
        meets={person: frozenset(met) for person, met in meets.items()},
    )


def _same_name(seen: Iterable[Seen], people: Iterable[Person]) -> frozenset[tuple[UUID, UUID]]:
    looked = {(one.actor, person) for one in seen for person in one.persons}
    accounts = StaffAccount.objects.filter(person__in={actor for actor, _ in looked})
    at_work = {account.person_id: last_name(account.name) for account in accounts}
    names = {person.id: last_name(person.name) for person in people}
    return frozenset(
        (actor, person) for actor, person in looked if at_work.get(actor) and at_work[actor] == names.get(person)
    )


def _judged_in(act: Act, one: Seen, known: Known, units: Collection[UUID]) -> frozenset[UUID]:
    """Every unit whose thing it was, and those where the actor works that it was about; else the actor's as logged.

    Of somebody who works nowhere any more, and touched nothing that a unit holds, the first unit judges.
    """
    works = known.units_of.get(act.actor, frozenset())
    about = one.units.union(*(known.meets.get(person, frozenset()) for person in one.persons))
    logged = frozenset({act.unit} if act.unit is not None and act.unit in units else sorted(works)[:1])
    judged = (one.units | (about & works or logged)) & frozenset(units)
    return judged or frozenset(sorted(units)[:1])
