"""Where a booking can go: other times, and colleagues who are free for it. Needs an open scope; reads are logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking import access, search
from booking.models import Booking, Calendar
from booking.pool import Pool
from booking.search import Query
from booking.services.move import standing_of
from booking.slots import Offer
from booking.states import Role
from identity import access_log
from identity.actors import Actor

FIRST = 10


@dataclass(frozen=True)
class Free:
    """The booking, and the first free starts of its own calendar and of anybody's, for a form. `uuids`: calendars'."""

    booking: Booking
    form: str
    own: tuple[Offer, ...]
    anybody: tuple[Offer, ...]
    uuids: dict[int, UUID]


def times(actor: Actor, booking: UUID, form: str, *, now: datetime) -> Free:
    """Where it can be moved. `form`: another one, or the booking's own if it is none of the type's."""
    found = access.fetch(actor, "booking.move", booking)
    chosen = form if form in found.meeting_type.forms else found.form
    officers = standing_of(found, Role.OFFICER).officers
    query = Query(found.meeting_type_id, chosen, n=FIRST, officers=officers, by_staff=True)
    anybody = search.find(query, now=now)
    own = search.find(_on(query, found.calendar.uuid), now=now)
    _log(actor, found)
    return Free(found, chosen, own.offers, anybody.offers, anybody.uuids)


def colleagues(actor: Actor, booking: UUID, *, now: datetime) -> tuple[Booking, tuple[Calendar, ...]]:
    """Who else offers it and is free then; of a protected person only named readers."""
    found = access.fetch(actor, "booking.hand_over", booking)
    pool: Pool = search.load(
        Query(found.meeting_type_id, found.form, officers=standing_of(found, Role.OFFICER).officers, by_staff=True)
    )
    free = search.free_calendars(pool, found.from_tick, now=now, but=found.id, lead=False)
    rows = Calendar.objects.filter(id__in=free).exclude(id=found.calendar_id).select_related("person__staff_account")
    _log(actor, found)
    return found, tuple(rows.order_by("id"))


def _on(query: Query, calendar: UUID) -> Query:
    return Query(query.meeting_type, query.form, n=query.n, calendar=calendar, officers=query.officers, by_staff=True)


def _log(actor: Actor, booking: Booking) -> None:
    unit = booking.calendar.unit_id
    access_log.record(actor=actor, action="booking.prepare", kind="booking", objects=[booking.id], unit=unit)
