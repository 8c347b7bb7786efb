"""What somebody who stops working here leaves behind: counted by other packages, told to who must see to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

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

    `units`: of these only. A unit that nobody coordinates is told of to those who are told when nobody else is.
    """
    roles = (Role.COORDINATOR, Role.UNIT_MANAGER)
    for unit in to_hold(person):
        if units is None or unit in units:
            held = Membership.objects.filter(in_force(), unit=unit, role__in=roles).exclude(person=person)
            known = held.values_list("person_id", flat=True).distinct()
            for recipient in known:
                alerts.tell("meetings_left", recipient=recipient, actor=actor, about=person)
            if not known:
                alerts.tell("meetings_left", unit=unit, actor=actor, about=person)
