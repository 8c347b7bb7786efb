"""Who reads a unit's log review when nobody there can: managers of other units. And who is told of a review.

A unit's managers and auditors judge and sign. Where a unit has no manager, or its only one acted in what is to be
judged, any manager of the municipality may as well: nobody judges their own acts, and no review is left unsigned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from identity import alerts, scope
from identity.actors import Actor, in_force
from identity.models import LogPick, LogReview, Membership, Role
from identity.policies import Facts

_REVIEWERS = ("unit_manager", "auditor")


def unled(unit: UUID, but: Collection[UUID | None] = ()) -> bool:
    """True when nobody but these leads the unit. Needs an open scope."""
    return set(_leading().filter(unit=unit).values_list("person_id", flat=True)) <= set(but)


def facts_of(review: LogReview | None, sought: UUID, person: UUID | None = None) -> Facts:
    """What the rules look at; of one that is not there by the same statements. `person`: who acted."""
    leading = _leading().filter(unit=review.unit_id if review else sought)
    acted = LogPick.objects.filter(review=sought, actor__in=leading.values("person")).exists()
    count = leading.values("person").distinct().count()
    alone = count == 0 or (count == 1 and acted)
    return Facts(scope.current(), unit=review.unit_id if review else None, unled=alone, person=person)


def seen_by(actor: Actor) -> QuerySet[LogReview]:
    """The reviews that `log.see` allows: of the actor's units, and, to managers, those nobody there can judge alone."""
    units = frozenset().union(*(actor.units(role) for role in _REVIEWERS))
    mine = Q(unit__in=units)
    if actor.units("unit_manager"):
        leading: dict[UUID, set[UUID]] = defaultdict(set)
        for unit, person in _leading().values_list("unit_id", "person_id"):
            leading[unit].add(person)
        mine |= ~Q(unit__in=list(leading))
        for unit, persons in leading.items():
            if len(persons) == 1:
                mine |= Q(unit=unit, id__in=LogPick.objects.filter(actor__in=persons).values("review"))
    rows: QuerySet[LogReview] = LogReview.objects.filter(mine)
    return rows


def tell(kind: str, review: LogReview) -> None:
    """Tell the unit's managers; when the only one acted in it, also those who may judge instead. Needs a scope."""
    alerts.tell(kind, unit=review.unit_id, about=review.id)
    leading = set(_leading().filter(unit=review.unit_id).values_list("person_id", flat=True))
    if leading and facts_of(review, review.id).unled:
        for person in _managers(but=leading):
            alerts.tell(kind, recipient=person, about=review.id)


def tell_others(kind: str, review: LogReview, *, actor: UUID, but: Collection[UUID]) -> None:
    """Tell the unit's managers, but these; without any, those of the municipality, else the unit's auditors.

    In none of them: the municipality's coordinators, but these.
    """
    auditors = Membership.objects.filter(in_force(), role=Role.AUDITOR, unit=review.unit_id).exclude(person__in=but)
    coordinators = Membership.objects.filter(in_force(), role=Role.COORDINATOR).exclude(person__in=but)
    told = (
        _managers(but, review.unit_id)
        or _managers(but)
        or set(auditors.values_list("person_id", flat=True))
        or set(coordinators.values_list("person_id", flat=True))
    )
    for person in sorted(told):
        alerts.tell(kind, recipient=person, actor=actor, about=review.id)


def _managers(but: Collection[UUID], unit: UUID | None = None) -> set[UUID]:
    rows = _leading().exclude(person__in=but)
    return set((rows.filter(unit=unit) if unit else rows).values_list("person_id", flat=True))


def _leading() -> QuerySet[Membership]:
    rows: QuerySet[Membership] = Membership.objects.filter(in_force(), role=Role.UNIT_MANAGER)
    return rows
