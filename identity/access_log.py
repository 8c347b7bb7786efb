"""The access log: who saw or did what, about whom. Appended in the transaction of the read or the act.

An entry is one INSERT that takes no lock and asks nothing back; `identity.sealing` numbers and chains it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import AccessEntry


@dataclass(frozen=True)
class Tried:
    """Who tried what on which object, in vain."""

    actor: Actor
    action: str
    kind: str
    object: UUID


def record(
    *,
    actor: Actor,
    action: str,
    kind: str,
    objects: Iterable[UUID],
    allowed: bool = True,
    reason: str = "",
    unit: UUID | None = None,
) -> None:
    """Append one entry. `objects`: every id that was seen or touched, a whole list in one; nothing for none.

    `unit`: whose it is, if that is known: of somebody who works in several, the entry says that one. Another system's
    entry bears its token's id, and where it gives no other reason, for whom it says that it acts.
    """
    seen = list(objects)
    if not seen:
        return
    works = actor.units(actor.role_name)
    AccessEntry.objects.create(
        at=timezone.now(),
        actor=actor.person_id or actor.token,
        role=actor.role_name,
        unit=unit if unit in works or actor.token else min(works, default=None),
        action=action,
        kind=kind,
        objects_seen=seen,
        allowed=allowed,
        reason=reason or (f"for {actor.on_behalf_of}" if actor.on_behalf_of else ""),
        network=actor.network or None,
    )


def record_refusal(error: NotAllowed) -> None:
    """Write down a refused try, in a transaction of its own: the refused one has rolled back."""
    tried = error.tried
    if not isinstance(tried, Tried):
        return
    error.tried = None
    with scope.transaction(tried.actor.municipality_id):
        record(
            actor=tried.actor,
            action=tried.action,
            kind=tried.kind,
            objects=[tried.object],
            allowed=False,
            reason=error.code,
        )
