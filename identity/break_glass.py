"""Break glass: an officer asks to see what another unit holds, and a second person of that unit decides.

Before that the asker sees nothing and learns nothing: asking answers the same whether or not there is anything. Asking,
approving and the first look are entries and alerts to the manager of the unit whose meeting it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone

from identity import access_log, alerts, finding, limits, openings, policies, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Opening, Person
from identity.policies import Facts

# A request that nobody decided in a day is no longer acute: it lapses.
WAITS = timedelta(hours=24)
OPEN = timedelta(minutes=30)


def ask(*, actor: Actor, object_kind: str, object: UUID, unit: UUID | None, reason: str) -> Opening:
    """Ask to open one object. Raises `NotAllowed`, ValueError for an unknown reason."""
    with acting(actor.municipality_id):
        _require_ask(actor, object_kind, object)
        return _asked(actor, object_kind, object, unit, reason)


def ask_about(*, actor: Actor, number: str = "", external_id: str = "", reason: str) -> None:
    """Ask to open the coming meetings of whoever has this number (twelve digits) or external id.

    Returns nothing, whatever there was. Raises `NotAllowed`, `Limited`, ValueError for an unknown reason.
    """
    openings.known(reason)
    limits.take(f"glass:{actor.municipality_id}:{actor.person_id}", per_minute=0.2, burst=10)
    with acting(actor.municipality_id):
        person = _person(number, external_id)
        sought = person.id if person else uuid4()
        _require_ask(actor, "person", sought)
        access_log.record(actor=actor, action="glass_sought", kind="person", objects=[sought], reason=reason)
        for kind, object, facts in _coming(sought):
            if not _already(actor, object):
                _asked(actor, kind, object, facts.unit, reason)


def approve(*, actor: Actor, opening: UUID) -> Opening:
    """Open it for the asker, for 30 minutes from now. Raises `NotAllowed`: the asker never decides."""
    with acting(actor.municipality_id):
        row = _decide(actor, opening)
        row.opened_at, row.until = row.decided_at, timezone.now() + OPEN
        row.save(update_fields=["approver", "decided_at", "opened_at", "until"])
        openings.tell(actor, "glass_approved", row)
        # The one who asked is told here and only here: a refusal would say that there was something.
        alerts.tell("glass_open", recipient=row.opener_id, actor=actor.person_id, about=row.id)
        return row


def refuse(*, actor: Actor, opening: UUID) -> Opening:
    """Leave it closed. The asker is told nothing. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        row = _decide(actor, opening)
        row.save(update_fields=["approver", "decided_at"])
        kind, reason = row.object_kind, row.reason
        access_log.record(actor=actor, action="glass_refused", kind=kind, objects=[row.object], reason=reason)
        return row


def waiting(actor: Actor, now: datetime) -> list[Opening]:
    """The requests that the actor may decide, the oldest first. Needs an open scope."""
    units = actor.units("coordinator") | actor.units("unit_manager")
    rows = _undecided(now).filter(unit__in=units).exclude(opener_id=actor.person_id)
    rows = rows.select_related("unit", "opener__staff_account").prefetch_related("opener__memberships__unit")
    return list(rows.order_by("asked_at"))


def _require_ask(actor: Actor, kind: str, object: UUID) -> None:
    if not policies.may(actor, "glass.ask", Facts(actor.municipality_id)):
        raise NotAllowed("glass.ask", Tried(actor, "glass.ask", kind, object))


def _asked(actor: Actor, kind: str, object: UUID, unit: UUID | None, reason: str) -> Opening:
    row = Opening.objects.create(
        kind=openings.BREAK_GLASS,
        opener_id=openings.who(actor),
        unit_id=unit,
        object_kind=kind,
        object=object,
        reason=openings.known(reason),
        asked_at=timezone.now(),
    )
    openings.tell(actor, "glass_asked", row)
    return row


def _decide(actor: Actor, opening: UUID) -> Opening:
    """The request, locked and decided by the actor; not saved yet."""
    now = timezone.now()
    row = _undecided(now).select_for_update(no_key=True).filter(id=opening).first()
    facts = Facts(actor.municipality_id, unit=row.unit_id, asked_by=row.opener_id) if row else None
    if row is None or facts is None or not policies.may(actor, "glass.approve", facts):
        raise NotAllowed("glass.approve", Tried(actor, "glass.approve", "opening", opening))
    row.approver_id, row.decided_at = actor.person_id, now
    return row


def _undecided(now: datetime) -> scope.ScopedQuerySet[Opening]:
    lately = Q(kind=openings.BREAK_GLASS, decided_at=None, asked_at__gt=now - WAITS)
    return Opening.objects.filter(lately)  # type: ignore[return-value]  # of our manager


def _already(actor: Actor, object: UUID) -> bool:
    """Asking twice does not ask two."""
    return _undecided(timezone.now()).filter(opener_id=actor.person_id, object=object).exists()


def _person(number: str, external_id: str) -> Person | None:
    if number:
        return finding.by_number(number)
    return Person.objects.filter(external_id=external_id).first() if external_id else None


def _coming(person: UUID) -> Iterable[tuple[str, UUID, Facts]]:
    now = timezone.now()
    for kind in openings.kinds():
        found = openings.openable(kind)
        for object in found.coming(person, now):
            facts = found.facts(object)
            if facts is not None:
                yield kind, object, facts
