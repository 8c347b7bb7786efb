"""What the staff must know: written in the transaction of what happened, shown until somebody has seen it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from identity.actors import in_force
from identity.models import Alert, Membership, Role


def tell(
    kind: str,
    *,
    unit: UUID | None = None,
    recipient: UUID | None = None,
    actor: UUID | None = None,
    about: UUID | None = None,
) -> Alert:
    """Tell a unit's managers, one person, or (neither named) the municipality's coordinators. Needs an open scope."""
    now = timezone.now()
    return Alert.objects.create(kind=kind, unit_id=unit, recipient_id=recipient, actor_id=actor, about=about, at=now)


def tell_overseers(
    kind: str,
    *,
    actor: UUID | None,
    about: UUID | None,
    units: Collection[UUID] | None = None,
    but: Collection[UUID] = (),
) -> None:
    """Tell the managers of `units` (None: all managers), and each administrator, except `but`. Needs an open scope.

    Of `units` one that has no manager is told of to those who are told when nobody else is; `None` leaves it out, so
    that nobody reads one thing once for every unit.
    """
    managed = Membership.objects.filter(in_force(), role=Role.UNIT_MANAGER).values_list("unit_id", flat=True)
    for unit in set(managed) if units is None else units:
        tell(kind, unit=unit, actor=actor, about=about)
    held = Membership.objects.filter(in_force(), role=Role.ADMINISTRATOR).exclude(person__in=but)
    for person in held.values_list("person_id", flat=True).distinct():
        tell(kind, recipient=person, actor=actor, about=about)
