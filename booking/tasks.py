"""What somebody must do: read by whom it concerns, and marked as done. Others make the rows.

A task for one person is theirs alone; a task of a unit is everybody's who holds or coordinates meetings there. No list
names whom it is about: the page that a task leads to has its own rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from booking.calendars.events import short_code
from booking.deciding import deciding
from booking.models import Task, TaskKind
from booking.timeline import instant
from identity import access_log, policies, scope
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.policies import Facts

_ROLES = ("officer", "coordinator", "unit_manager")


@dataclass(frozen=True)
class OpenTask:
    """A task as a list shows it. `code`, `start`: of the booking it is about; `offer`: of whom to ring."""

    id: UUID
    kind: str
    unit: str
    due_at: datetime
    mine: bool
    booking: UUID | None
    code: str
    start: datetime | None
    offer: UUID | None


def open_tasks(actor: Actor) -> list[OpenTask]:
    """What the actor may do, the most pressing first; needs an open scope. The read is logged."""
    rows = list(_open(actor).select_related("unit", "booking").order_by("due_at", "id"))
    access_log.record(actor=actor, action="task.list", kind="task", objects=[row.id for row in rows])
    return [_shown(row, actor) for row in rows]


def count(actor: Actor) -> int:
    """How many they are; needs an open scope."""
    return _open(actor).count()


def _open(actor: Actor) -> QuerySet[Task]:
    """In SQL what the rows of `task.finish` say of one."""
    units = frozenset[UUID]().union(*(actor.units(role) for role in _ROLES))
    whose = Q(person=None, unit__in=units)
    if actor.person_id is not None:
        whose |= Q(person=actor.person_id)
    rows: QuerySet[Task] = Task.objects.filter(whose, done_at=None)
    return rows


def _shown(row: Task, actor: Actor) -> OpenTask:
    return OpenTask(
        id=row.id,
        kind=row.kind,
        unit=row.unit.name,
        due_at=row.due_at,
        mine=row.person_id is not None and row.person_id == actor.person_id,
        booking=row.booking_id if row.kind != TaskKind.RING_NEXT else None,
        code=short_code(row.booking_id) if row.booking_id else "",
        start=instant(row.booking.from_tick) if row.booking else None,
        offer=row.offer_id,
    )


def fetch(actor: Actor, task: UUID) -> Task:
    """A task that the actor may do. Raises `NotAllowed`: missing, foreign and forbidden are one answer."""
    found: Task | None = Task.objects.filter(id=task).first()
    facts = Facts(scope.current())
    if found is not None:
        facts = Facts(scope.current(), unit=None if found.person_id else found.unit_id, person=found.person_id)
    if found is None or not policies.may(actor, "task.finish", facts):
        raise NotAllowed("task.finish", Tried(actor, "task.finish", "task", task))
    return found


def finish_task(*, actor: Actor, task: UUID) -> Task:
    """Mark a task as done. Doing so twice answers the same. Raises `NotAllowed`.

    Whom to ring is not marked: it ends with the answer, or when the time is held no longer.
    """
    with deciding(actor.municipality_id):
        found = fetch(actor, task)
        if found.kind == TaskKind.RING_NEXT:
            raise NotAllowed("task.finish", Tried(actor, "task.finish", "task", task))
        done = Task.objects.filter(id=found.id, done_at=None).update(done_at=timezone.now(), done_by=actor.person_id)
        if done:
            access_log.record(actor=actor, action="task.finish", kind="task", objects=[found.id], unit=found.unit_id)
        found.refresh_from_db()
        return found
