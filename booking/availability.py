"""Free times as another system may see them: the reach of its token, then the same search as the pages use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from booking import search
from booking.errors import NotOffered
from booking.models import MeetingType
from booking.search import Found, Query
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed

Search = Callable[..., Found]


def free_times(*, actor: Actor, query: Query, now: datetime) -> Found:
    """The first free times. Raises `NotOffered` for a form that the meeting type does not have.

    `NotAllowed` when there is no such meeting type, or none that the token reaches: the two are one answer.
    """
    return _found(search.find, actor, query, now)


def free_days(*, actor: Actor, query: Query, now: datetime) -> Found:
    """Every day's free times within the query's span. Raises as `free_times`."""
    return _found(search.overview, actor, query, now)


def meeting_types(*, actor: Actor, unit: UUID | None = None, form: str | None = None) -> tuple[MeetingType, ...]:
    """What the token's units offer residents, by name."""
    with scope.transaction(actor.municipality_id):
        rows = _reached(actor)
        if unit is not None:
            rows = rows.filter(service__unit_id=unit)
        if form is not None:
            rows = rows.filter(forms__contains=[form])
        return tuple(rows.select_related("service").order_by("name", "id"))


def check_reached(*, actor: Actor, meeting_type: UUID) -> None:
    """Raises `NotAllowed` for a type that is not there, or that the token does not reach: the two are one answer."""
    with scope.transaction(actor.municipality_id):
        if not _reached(actor).filter(id=meeting_type).exists():
            raise NotAllowed("wish.join_for")


def _found(how: Search, actor: Actor, query: Query, now: datetime) -> Found:
    with scope.transaction(actor.municipality_id):
        if actor.token_units and not _reached(actor).filter(id=query.meeting_type).exists():
            raise NotAllowed("slots.read")
        try:
            return how(query, now=now)
        except NotOffered:
            if _reached(actor).filter(id=query.meeting_type).exists():
                raise
            raise NotAllowed("slots.read") from None


def _reached(actor: Actor) -> QuerySet[MeetingType]:
    rows = MeetingType.objects.filter(published=True, internal=False)
    if actor.token_units:
        rows = rows.filter(service__unit_id__in=actor.token_units)
    return rows
