"""Whom a conflict of identity is about, who looks after them, and who is told of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from django.utils import timezone

from identity import alerts, finding, openings
from identity.actors import in_force
from identity.models import Alert, IdentityConflict, Membership, Person, Role

TOLD: Final = "identity_conflict"
_DECIDING = (Role.COORDINATOR, Role.UNIT_MANAGER)
_NOBODYS = "000000000000"
_NOBODY: Final = (UUID(int=0), UUID(int=1))


def tell(row: IdentityConflict) -> None:
    """Tell each of those who may decide it; of people whom no unit meets every coordinator. Needs an open scope."""
    people = {person.id for person in people_of(row, row.id)}
    units = led((openings.units_that_meet(person) for person in people), people)
    deciding = Membership.objects.filter(in_force(), role__in=_DECIDING, unit__in=units).exclude(person__in=people)
    told = set(deciding.values_list("person_id", flat=True))
    for person in sorted(told):
        alerts.tell(TOLD, recipient=person, about=row.id)
    if not told:
        alerts.tell(TOLD, about=row.id)


def note_decided(row: IdentityConflict, by: UUID) -> None:
    """What was told of it is old. Needs an open scope."""
    Alert.objects.filter(kind=TOLD, about=row.id, seen_at=None).update(seen_by=by, seen_at=timezone.now())


def people_of(row: IdentityConflict | None, sought: UUID) -> list[Person]:
    """Its person, and who else has the claimed number. Of one that is not there by the same statements."""
    person = Person.objects.filter(id=(row.person_id if row else None) or sought).first()
    joins = row is not None and row.what == "joined" and row.claimed_number
    holder = finding.by_number(row.claimed_number if row is not None and joins else _NOBODYS)
    found = [one for one in (person, holder) if one is not None]
    return found[:1] if len(found) == 2 and found[0].id == found[1].id else found


def led(meets: Iterable[frozenset[UUID]], but: Collection[UUID]) -> frozenset[UUID]:
    """The units among these where somebody else than `but` can decide; none of them: then any coordinator does.

    Needs a scope.
    """
    held = Membership.objects.filter(in_force(), role__in=_DECIDING)  # all: none of a stranger's asks the same
    held = held.exclude(person__in=[*but, *_NOBODY][:2])  # always two
    return frozenset(held.values_list("unit_id", flat=True)).intersection(frozenset[UUID]().union(*meets))
