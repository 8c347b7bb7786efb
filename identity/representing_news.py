"""What is told of representatives that staff writes down or ends: to the resident, and to whoever leads the unit."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils import timezone

from identity import alerts, openings
from identity.acting import acting
from identity.actors import Actor
from identity.models import Alert, Representation

RECORDED: Final = "representation_recorded"


def tell_recorded(actor: Actor, row: Representation) -> None:
    """The resident learns who may act for them, and the unit's managers that somebody wrote it down."""
    alerts.tell(RECORDED, recipient=row.principal_id, about=row.id)
    unit = openings.unit_to_tell(row.principal_id, timezone.now())
    alerts.tell("representation_written", unit=unit, actor=actor.person_id, about=row.principal_id)


def tell_ended(actor: Actor, row: Representation) -> None:
    """The resident learns that staff ended one: who came in their name on the telephone may have been another."""
    alerts.tell("representation_withdrawn", recipient=row.principal_id, actor=actor.person_id, about=row.principal_id)


def put_aside(*, actor: Actor) -> None:
    """The resident has read who was written down for them."""
    with acting(actor.municipality_id):
        told = Alert.objects.filter(kind=RECORDED, recipient=openings.who(actor), seen_at=None)
        told.update(seen_by=actor.person_id, seen_at=timezone.now())


def note_ended(representation: UUID, by: UUID | None) -> None:
    """What was told of one that has ended is old. Needs an open scope."""
    told = Alert.objects.filter(kind=RECORDED, about=representation, seen_at=None)
    told.update(seen_by=by, seen_at=timezone.now())
