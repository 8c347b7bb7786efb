"""Booked meetings whose officer holds none any more: the account is closed, or the role in that unit is taken.

Nobody else could see to them: so who coordinates the unit reads and cancels them, and is told of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from booking.models import Booking
from booking.sheltering import TO_COME
from booking.timeline import floor_tick
from identity import access_log, policies, scope, work_left
from identity.actors import Actor, in_force
from identity.models import Membership, Role


def register() -> None:
    """Say how many meetings somebody is to hold; called once when the package starts."""
    work_left.register(to_hold)


def to_hold(person: UUID, now: datetime) -> Mapping[UUID, int]:
    """How many coming meetings stand in a person's calendars, by unit. Needs an open scope."""
    rows = _coming(now).filter(calendar__person=person).values_list("calendar__unit")
    return dict(rows.annotate(n=Count("id")).order_by())


def is_left(booking: Booking | None, sought: UUID, now: datetime) -> bool:
    """Whether it is still to be held, and whose calendar it is holds meetings in its unit no more.

    Of none by the same statement. What is over is nobody's to see to.
    """
    calendar = booking.calendar if booking is not None else None
    person, unit = (calendar.person_id or sought, calendar.unit_id) if calendar is not None else (sought, sought)
    held = Membership.objects.filter(in_force(), person=person, unit=unit, role=Role.OFFICER).exists()
    if booking is None or calendar is None or calendar.person_id is None:
        return False
    return not held and booking.state in TO_COME and booking.to_tick > floor_tick(now)


def listed(actor: Actor, *, now: datetime) -> list[Booking]:
    """Those of the units that the actor coordinates, by start. Needs an open scope; the read is logged."""
    policies.require(actor, "booking.list_left", policies.Facts(scope.current()))
    found = list(_of(actor, now).select_related("resident", "calendar__unit").order_by("from_tick", "id")[:500])
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=[row.id for row in found])
    return found


def count(actor: Actor, *, now: datetime) -> int:
    """How many `listed` has; 0 to who coordinates nothing. Needs an open scope."""
    return _of(actor, now).count() if _units(actor) else 0


def _of(actor: Actor, now: datetime) -> QuerySet[Booking]:
    held = Membership.objects.filter(
        in_force(), person=OuterRef("calendar__person"), unit=OuterRef("calendar__unit"), role=Role.OFFICER
    )
    mine = _coming(now).filter(calendar__unit__in=_units(actor)).exclude(calendar__person=None)
    return mine.filter(~Exists(held))


def _coming(now: datetime) -> QuerySet[Booking]:
    rows: QuerySet[Booking] = Booking.objects.filter(state__in=TO_COME, to_tick__gt=floor_tick(now))
    return rows.exclude(resident=None)


def _units(actor: Actor) -> frozenset[UUID]:
    return actor.units("coordinator") | actor.units("unit_manager")
