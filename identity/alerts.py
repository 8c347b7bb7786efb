"""What the staff must know: written in the transaction of what happened, shown until somebody has seen it."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from identity.models import Alert


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
