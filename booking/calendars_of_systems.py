"""Calendars as another system reads them: those of its token's units, what they are and when they open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from booking import idempotency, own_calendar
from booking.models import Absence, Calendar, CalendarOffer
from booking.opening_state import Drawn, read
from booking.timeline import Tick
from identity import access_log, scope
from identity.actors import Actor
from identity.models import StaffAccount

Place = tuple[Tick, UUID]


@dataclass(frozen=True)
class SeenCalendar:
    """A calendar: `name` is the officer's at work, or the room's; `meeting_types`: what it can be booked for."""

    calendar: Calendar
    name: str
    meeting_types: tuple[UUID, ...]


def listed(
    *, actor: Actor, unit: UUID | None, kind: str, limit: int, after: UUID | None
) -> tuple[tuple[SeenCalendar, ...], Place | None]:
    """Active calendars by id, at most `limit`; and the place after which there are more, or None."""
    with scope.transaction(actor.municipality_id):
        rows = Calendar.objects.visible_to(actor).filter(active=True)
        if unit is not None:
            rows = rows.filter(unit_id=unit)
        if kind:
            rows = rows.filter(kind=kind)
        if after is not None:
            rows = rows.filter(uuid__gt=after)
        found = list(rows.order_by("uuid")[: limit + 1])
        shown = found[:limit]
        access_log.record(
            actor=actor, action="calendar.list", kind="calendar", objects=[one.uuid for one in shown], unit=unit
        )
        return _seen(shown), (0, shown[-1].uuid) if len(found) > limit else None


def opening(*, actor: Actor, calendar: UUID) -> tuple[Calendar, Drawn]:
    """A calendar and all that opens and closes it. Raises `NotAllowed`."""
    with scope.transaction(actor.municipality_id):
        row = own_calendar.editable(actor, calendar, "calendar.see")
        access_log.record(actor=actor, action="calendar.see", kind="calendar", objects=[calendar], unit=row.unit_id)
        return row, read(row)


def absence_of_key(*, actor: Actor, calendar: UUID, key: str) -> Absence | None:
    """The absence that this key made, if it is there still. Raises `NotAllowed`, `KeyReused`."""
    with scope.transaction(actor.municipality_id):
        row = own_calendar.editable(actor, calendar)
        made = idempotency.earlier(actor=actor, key=key, asked={})
        found: Absence | None = Absence.objects.filter(calendar=row, id=made).first() if made else None
        return found


def _seen(calendars: Sequence[Calendar]) -> tuple[SeenCalendar, ...]:
    accounts = StaffAccount.objects.filter(person__in=[one.person_id for one in calendars if one.person_id])
    names = dict(accounts.values_list("person_id", "name"))
    offers: dict[int, list[UUID]] = {one.id: [] for one in calendars}
    rows = CalendarOffer.objects.filter(calendar__in=calendars).order_by("meeting_type_id")
    for calendar, meeting_type in rows.values_list("calendar_id", "meeting_type_id"):
        offers[calendar].append(meeting_type)
    return tuple(
        SeenCalendar(one, (names.get(one.person_id, "") if one.person_id else "") or one.name, tuple(offers[one.id]))
        for one in calendars
    )
