"""Break glass: an officer asks to see what another unit holds, and a second person of that unit decides.

A coordinator asks in the same way to see who a protected person is, without being named for it. Where the unit has
nobody else who could decide, any other coordinator or manager does.

Before that the asker sees nothing and learns nothing: asking answers the same whether or not there is anything. Asking,
approving and the first look are entries and alerts to the manager of the unit whose meeting it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone

from identity import access_log, alert_desk, alerts, finding, limits, openings, policies, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor, in_force
from identity.errors import NotAllowed
from identity.models import Membership, Opening, Person, Role
from identity.policies import Facts

# A request that nobody decided in a day is no longer acute: it lapses.
WAITS = timedelta(hours=24)
OPEN = timedelta(minutes=30)


def ask(*, actor: Actor, object_kind: str, object: UUID, unit: UUID | None, reason: str) -> Opening:
    """Ask to open one object; asking again is asking once. `unit`: whose it is.

    Raises `NotAllowed`, `SignInNeeded` after 15 minutes, ValueError for an unknown reason.
    """
    with acting(actor.municipality_id):
        _require_ask(actor, object_kind, object)
        _alone(actor)
        return _waiting_of(actor, object) or _asked(actor, object_kind, object, unit, reason)


def ask_about(*, actor: Actor, number: str = "", external_id: str = "", reason: str) -> None:
    """Ask to open the coming meetings of whoever has this number (twelve digits) or external id.

    Of a protected person a coordinator asks also for who it is. Returns nothing, whatever there was. Raises
    `NotAllowed`, `Limited`, `SignInNeeded` when the sign-in is older than 15 minutes, ValueError for an unknown reason.
    """
    openings.known(reason)
    limits.take(f"glass:{actor.municipality_id}:{actor.person_id}", per_minute=0.2, burst=10)
    with acting(actor.municipality_id):
        person = _person(number, external_id)
        sought = person.id if person else uuid4()
        _require(actor, "glass.ask", "person", sought)
        _alone(actor)
        access_log.record(actor=actor, action="glass_sought", kind="person", objects=[sought], reason=reason)
        for kind, object, unit in (*_coming(sought), *_whoever(actor, person)):
            if _waiting_of(actor, object) is None:
                _asked(actor, kind, object, unit, reason)


def approve(*, actor: Actor, opening: UUID) -> Opening:
    """Open it for the asker, for 30 minutes from now. Raises `NotAllowed` (the asker never decides), `SignInNeeded`."""
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
    mine = Q(unit__in=units) | Q(unit=None) if units else Q(unit__in=units)
    # Nobody decides who reads about themselves.
    rows = _undecided(now).filter(mine).exclude(opener_id=actor.person_id).exclude(object=openings.who(actor))
    rows = rows.select_related("unit", "opener__staff_account").prefetch_related("opener__memberships__unit")
    return list(rows.order_by("asked_at"))


def _require_ask(actor: Actor, kind: str, object: UUID) -> None:
    _require(actor, "glass.ask_person" if kind == "person" else "glass.ask", kind, object)


def _require(actor: Actor, action: str, kind: str, object: UUID) -> None:
    if not policies.may(actor, action, Facts(actor.municipality_id)):
        raise NotAllowed(action, Tried(actor, action, kind, object))


def _alone(actor: Actor) -> None:
    """One request of an asker at a time: two at once would find nothing waiting, and both ask."""
    openings.require_fresh(actor, timezone.now())
    Person.objects.select_for_update(no_key=True).filter(id=openings.who(actor)).first()


def _asked(actor: Actor, kind: str, object: UUID, unit: UUID | None, reason: str) -> Opening:
    row = Opening.objects.create(
        kind=openings.BREAK_GLASS,
        opener_id=openings.who(actor),
        unit_id=_deciding(actor, unit),
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
    unit, asked_by, about = (row.unit_id, row.opener_id, row.object) if row else (None, None, None)
    facts = Facts(actor.municipality_id, unit=unit, asked_by=asked_by, person=about)
    if row is None or not policies.may(actor, "glass.approve", facts):
        raise NotAllowed("glass.approve", Tried(actor, "glass.approve", "opening", opening))
    openings.require_fresh(actor, now)
    row.approver_id, row.decided_at = actor.person_id, now
    alert_desk.settle(actor, "glass_asked", row.id)
    return row


def _undecided(now: datetime) -> scope.ScopedQuerySet[Opening]:
    lately = Q(kind=openings.BREAK_GLASS, decided_at=None, asked_at__gt=now - WAITS)
    return Opening.objects.filter(lately)  # type: ignore[return-value]  # of our manager


def _waiting_of(actor: Actor, object: UUID) -> Opening | None:
    """What the actor has asked already: asking twice does not ask two."""
    return _undecided(timezone.now()).filter(opener_id=actor.person_id, object=object).first()


def _deciding(actor: Actor, unit: UUID | None) -> UUID | None:
    """The unit, if somebody else there can decide; None where any other coordinator and manager is to."""
    others = Membership.objects.filter(in_force(), unit=unit, role__in=(Role.COORDINATOR, Role.UNIT_MANAGER))
    return unit if others.exclude(person=actor.person_id).exists() else None


def _person(number: str, external_id: str) -> Person | None:
    if number:
        return finding.by_number(number)
    return Person.objects.filter(external_id=external_id).first() if external_id else None


def _whoever(actor: Actor, person: Person | None) -> Iterable[tuple[str, UUID, UUID | None]]:
    """The person as such, if it is closed to a coordinator who could look after it when it were not."""
    if person is None or not person.protected:
        return
    if policies.may(actor, "glass.ask_person", Facts(actor.municipality_id)):
        yield "person", person.id, openings.unit_to_tell(person.id, timezone.now())


def _coming(person: UUID) -> Iterable[tuple[str, UUID, UUID | None]]:
    now = timezone.now()
    for kind in openings.kinds():
        found = openings.openable(kind)
        for object in found.coming(person, now):
            facts = found.facts(object)
            if facts is not None:
                yield kind, object, facts.unit
