"""What the staff must know: written in the transaction of what happened, shown until somebody has seen it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from identity.actors import in_force
from identity.models import Alert, Membership, Role, Unit


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
    """Tell the managers of `units` (None: of every unit), and each administrator, except `but`. Needs an open scope."""
    rows = Unit.objects.all() if units is None else Unit.objects.filter(id__in=units)
    for unit in rows.values_list("id", flat=True):
        tell(kind, unit=unit, actor=actor, about=about)
    held = Membership.objects.filter(in_force(), role=Role.ADMINISTRATOR).exclude(person__in=but)
    for person in held.values_list("person_id", flat=True).distinct():
        tell(kind, recipient=person, actor=actor, about=about)
