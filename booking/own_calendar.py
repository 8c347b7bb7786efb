"""The acting officer's own calendar: finding it, and the locked transaction in which its opening changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest

from booking.deciding import deciding, lock_calendars
from booking.models import Calendar, CalendarKind
from identity import pages, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.policies import Facts, require


def find(actor: Actor) -> Calendar | None:
    """The officer's active calendar, the oldest if there are several; needs an open scope."""
    found: Calendar | None = Calendar.objects.visible_to(actor).filter(active=True).order_by("id").first()
    return found


def editable(actor: Actor, calendar: UUID, action: str = "calendar.edit") -> Calendar:
    """A calendar that the actor may change, by its public id; needs an open scope. Raises `NotAllowed`.

    `action`: what is done to it. The calendar of an interpreter or a room has no officer: it is its unit's.
    """
    row: Calendar | None = Calendar.objects.filter(uuid=calendar, active=True).first()
    if row is None:
        raise NotAllowed(action)
    officer = row.person_id if row.kind == CalendarKind.OFFICER else None
    require(actor, action, Facts(scope.current(), unit=row.unit_id, officer=officer))
    return row


def in_menu(request: HttpRequest) -> dict[str, Any]:
    """For templates: whether the menu leads to a calendar of one's own. Asked only where the menu asks it."""
    session, municipality = getattr(request, "session", None), getattr(request, "municipality", None)
    if municipality is None or not session or "officer" not in session.get("roles", []):
        return {}
    return {"has_calendar": lambda: _holds_one(request)}


def _holds_one(request: HttpRequest) -> bool:
    """A page must not fail by its menu."""
    try:
        with pages.reading(request) as actor:
            return find(actor) is not None
    except DatabaseError:
        return False


@contextmanager
def changing(actor: Actor, calendar: UUID, action: str = "calendar.edit") -> Iterator[Calendar]:
    """A durable transaction that holds the calendar's advisory lock: no booking decides meanwhile.

    Raises `NotAllowed`, or `Busy` when the lock is not free within 3 seconds.
    """
    with deciding(actor.municipality_id):
        row = editable(actor, calendar, action)
        lock_calendars([row.id])
        row.refresh_from_db(fields=["rules_version"])
        yield row
