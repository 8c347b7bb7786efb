"""What somebody who stops working here leaves behind: counted by other packages, told to who must see to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from identity import alerts
from identity.actors import in_force
from identity.models import Membership, Role

_counters: list[Callable[[UUID, datetime], Mapping[UUID, int]]] = []


def register(counter: Callable[[UUID, datetime], Mapping[UUID, int]]) -> None:
    """Say how many meetings a person is to hold, by unit; called once when the package of these starts."""
    _counters.append(counter)


def to_hold(person: UUID) -> Mapping[UUID, int]:
    """How many coming meetings a person is to hold, by unit. Needs an open scope."""
    found: Counter[UUID] = Counter()
    for counter in _counters:
        found.update(counter(person, timezone.now()))
    return found


def tell(person: UUID, *, actor: UUID | None, units: Collection[UUID] | None = None) -> None:
    """Tell who coordinates each unit that the person's meetings there stand without anybody. Needs an open scope.

    `units`: of these only. Of a unit that nobody coordinates the administrators are told: they can give the role.
    """
    for unit in to_hold(person):
        if units is None or unit in units:
            known = _coordinating(person).filter(unit=unit).values_list("person_id", flat=True).distinct()
            for recipient in known:
                alerts.tell("meetings_left", recipient=recipient, actor=actor, about=person)
            if not known:  # somebody has to be given the role first
                _tell_administrators(actor, person)


def nobody_coordinates(person: UUID) -> bool:
    """Whether in some unit with meetings of the person's nobody can see to them. Needs an open scope."""
    return not set(to_hold(person)) <= set(_coordinating(person).values_list("unit_id", flat=True))


def _coordinating(but: UUID) -> QuerySet[Membership]:
    """Who sees to what is left: coordinators and managers, but this person."""
    roles = (Role.COORDINATOR, Role.UNIT_MANAGER)
    rows: QuerySet[Membership] = Membership.objects.filter(in_force(), role__in=roles).exclude(person=but)
    return rows


def _tell_administrators(actor: UUID | None, person: UUID) -> None:
    held = Membership.objects.filter(in_force(), role=Role.ADMINISTRATOR).exclude(person=person)
    for recipient in held.values_list("person_id", flat=True).distinct():
        alerts.tell("meetings_unled", recipient=recipient, actor=actor, about=person)
