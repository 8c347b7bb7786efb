"""The alerts that somebody must know of: listed, counted, and marked as seen. The same rule as `alert.see`, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from identity import access_log, openings, policies, review_reach, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor, in_force
from identity.errors import NotAllowed
from identity.models import Alert, Membership, Opening, Role, StaffAccount
from identity.policies import Facts

NOTHING = UUID(int=0)  # no row has this id
SHOWN = timedelta(days=30)  # how long an alert that was seen stays on the page


@dataclass(frozen=True)
class AlertDesk:
    """What the page reads: the alerts, names of the staff in them, and the openings that they are about.

    `managed`: the units that the reader is manager of; `decides`: the reader may decide what waits for a second person;
    `coordinated`: those that the reader is coordinator or manager of; `reviews`: those that the reader may open.
    """

    alerts: tuple[Alert, ...]
    names: Mapping[UUID, str]
    openings: Mapping[UUID, Opening]
    managed: frozenset[UUID] = frozenset()
    coordinated: frozenset[UUID] = frozenset()
    decides: bool = False
    reviews: frozenset[UUID] = frozenset()

    def instead(self, alert: Alert) -> bool:
        """Told to the reader only because the unit has no manager who could be told."""
        return alert.recipient_id is None and alert.unit_id is not None and alert.unit_id not in self.managed

    def elsewhere(self, alert: Alert) -> bool:
        """Told instead of somebody, about a unit that the reader does not look after: its people are closed to them."""
        return self.instead(alert) and alert.unit_id not in self.coordinated


def unseen(actor: Actor) -> int:
    """How many alerts wait for the actor. One query; needs an open scope."""
    return _told(actor).filter(seen_at=None).count()


def listed(actor: Actor, now: datetime) -> AlertDesk:
    """The alerts of the actor, the newest first; the read is logged. Needs an open scope."""
    rows = _told(actor).filter(Q(seen_at=None) | Q(seen_at__gt=now - SHOWN)).select_related("unit")
    alerts = tuple(rows.order_by("-at", "id")[:200])
    access_log.record(actor=actor, action="alert.list", kind="alert", objects=[alert.id for alert in alerts])
    about = Opening.objects.filter(id__in=[alert.about for alert in alerts if alert.about])
    return AlertDesk(
        alerts=alerts,
        names=names({alert.actor_id for alert in alerts if alert.actor_id}),
        openings={opening.id: opening for opening in about.select_related("unit")},
        managed=actor.units("unit_manager"),
        coordinated=actor.units("unit_manager") | actor.units("coordinator"),
        reviews=frozenset(review_reach.seen_by(actor).values_list("id", flat=True)),
        decides=policies.may(actor, "proposal.see", Facts(scope.current())),
    )


def mark_seen(*, actor: Actor, alert: UUID) -> None:
    """Somebody has seen it; for everybody it was told to. Again changes nothing. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        row = Alert.objects.select_for_update(no_key=True).filter(id=alert).first()
        facts = _facts(actor, row)
        if row is None or not policies.may(actor, "alert.see", facts):
            raise NotAllowed("alert.see", Tried(actor, "alert.see", "alert", alert))
        if row.seen_at is None:
            row.seen_by_id, row.seen_at = openings.who(actor), timezone.now()
            row.save(update_fields=["seen_by", "seen_at"])
            access_log.record(actor=actor, action="alert.see", kind="alert", objects=[alert])


def settle(actor: Actor, kind: str, about: UUID) -> None:
    """What the actor has just decided waits no more, if it was told to the actor: others still read of it.

    Needs an open scope.
    """
    _told(actor).filter(kind=kind, about=about, seen_at=None).update(seen_by=actor.person_id, seen_at=timezone.now())


def names(persons: Collection[UUID]) -> dict[UUID, str]:
    """The names at work of staff members, closed accounts too. Needs an open scope."""
    rows = StaffAccount.objects.filter(person__in=persons)
    return {row.person_id: row.name for row in rows}


def _facts(actor: Actor, found: Alert | None) -> Facts:
    """Of an alert whose unit has no manager but who did it, every coordinator and manager is told."""
    alert = found or Alert(id=NOTHING)
    managers = Membership.objects.filter(in_force(), unit=alert.unit_id or NOTHING, role=Role.UNIT_MANAGER)
    unit = alert.unit_id if managers.exclude(person=alert.actor_id or NOTHING).exists() else None
    return Facts(actor.municipality_id, unit=unit, person=alert.recipient_id, told_of=alert.actor_id)


def _told(actor: Actor) -> scope.ScopedQuerySet[Alert]:
    """What `alert.see` allows: to the managed units, to oneself, and, told to nobody else, to coordinators.

    Of one's own act only what was told to oneself.
    """
    if actor.person_id is None:
        return Alert.objects.none()  # type: ignore[return-value]  # of our manager
    managers = Membership.objects.filter(in_force(), unit=OuterRef("unit"), role=Role.UNIT_MANAGER)
    who = Coalesce(OuterRef("actor"), Value(NOTHING))
    led = Exists(managers.exclude(person=who))
    mine = Q(unit__in=actor.units("unit_manager"))
    if actor.units("coordinator") or actor.units("unit_manager"):
        mine |= Q(~led, recipient=None)
    others = mine & (Q(actor=None) | ~Q(actor=actor.person_id))
    rows = Alert.objects.filter(others | Q(recipient=actor.person_id))
    return rows  # type: ignore[return-value]  # of our manager
