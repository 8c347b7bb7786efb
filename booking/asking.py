"""Why a time is not free on a calendar, for who works in its unit. Called inside an open scope; the read is logged.

It asks the same rows and the same pure code as the search: the answer is empty exactly when search offers the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from booking import own_calendar, plans, search
from booking.errors import NotOffered
from booking.explaining import Asked, Claim, Reason, Why
from booking.explaining import explain as reasons_for
from booking.models import Booking, CalendarKind, Form
from booking.pool import Pool, PoolCalendar, Role
from booking.rules import layers
from booking.search import Query
from booking.slots import MAX_BLOCK
from booking.starts import MARGIN, Looking, weeks
from booking.timeline import Span, Tick, Timeline, Window
from identity import access_log, scope
from identity.actors import Actor

_CLAIMS: Final = """
SELECT state, from_tick, to_tick, block_from, block_to, booking_id, expires_at FROM booking_occupancy
WHERE municipality_id = %(municipality)s AND live AND calendar_id = %(calendar)s
  AND block_from >= %(from)s - %(reach)s AND block_from < %(to)s AND block_to > %(from)s
  AND (expires_at IS NULL OR expires_at > clock_timestamp())
UNION ALL
SELECT 'busy', lower(r), upper(r), lower(r), upper(r), NULL, NULL FROM booking_busyfeed b, unnest(b.busy) r
WHERE b.municipality_id = %(municipality)s AND b.calendar_id = %(calendar)s
  AND lower(r) < %(to)s AND upper(r) > %(from)s
"""


@dataclass(frozen=True)
class ReasonTold:
    """One reason. `booking`: whose id the asker may see; `another`: it is one that they may not; `until`: of a hold."""

    why: Why
    booking: UUID | None = None
    until: datetime | None = None
    another: bool = False


class _About(NamedTuple):
    """What stands behind a claim."""

    booking: UUID
    until: datetime | None


def explain(*, actor: Actor, calendar: UUID, start: Tick, query: Query, now: datetime) -> tuple[ReasonTold, ...]:
    """Every reason why a calendar does not have the start, in the order of `Why`; nothing when it is offered.

    Of an interpreter's or a room's calendar it is asked for the role in the query that it would fill. Raises
    `NotAllowed` for who does not work in the calendar's unit.
    """
    row = own_calendar.editable(actor, calendar, "calendar.explain")
    access_log.record(actor=actor, action="calendar.explain", kind="calendar", objects=[calendar], unit=row.unit_id)
    try:
        pool = search.load(replace(query, calendar=calendar) if row.kind == CalendarKind.OFFICER else query)
    except NotOffered:
        return (ReasonTold(Why.FORM_NOT_OFFERED),)
    part = _part_of(pool, row.id)
    if part is None:
        return (ReasonTold(Why.FORM_NOT_OFFERED),)
    return _told(actor, reasons_for(_asked(pool, part, start, query, now)))


def _part_of(pool: Pool, calendar: int) -> tuple[Role, PoolCalendar] | None:
    """The first role that the calendar could fill."""
    return next(((role, one) for role in pool.roles for one in role.calendars if one.id == calendar), None)


def _asked(pool: Pool, part: tuple[Role, PoolCalendar], start: Tick, query: Query, now: datetime) -> Asked:
    """All that decides about the start, of the role's own part of the meeting."""
    role, calendar = part
    demand, begins = role.demand_of(calendar), start + role.offset
    window = Window.between(begins - 2 * MARGIN, begins + 2 * MARGIN)
    looking = Looking(pool, now, weeks(pool.zone, window.origin, window.end), lead=not query.by_staff)
    plan = plans.read([calendar.id], window, pool.zone)[calendar.id].plan(pool.zone, looking.holidays)
    by_form = {form: layers(plan, window, pool.zone, form) for form in Form.values}
    other = Timeline.empty(window)
    for form, found in by_form.items():
        other = other if form == pool.form else other | found.open
    limits = next((pair for key, *pair in pool.limits if key == calendar.id), None)
    rows = looking.read((start, start + 1)) if limits else None
    whole = Window.between(begins, begins + 1)
    full = looking.full(calendar, limits, rows, demand, whole) if limits and rows else ()
    return Asked(
        start=begins,
        demand=demand,
        layers=by_form[pool.form],
        other_forms=other,
        claims=_claims(calendar.id, demand.block(begins)),
        allowed=_allowed(looking, part, query),
        full=full,
    )


def _allowed(looking: Looking, part: tuple[Role, PoolCalendar], query: Query) -> Span:
    """The starts that lead times and horizon allow, as starts of the role's part."""
    role, calendar = part
    first, end = search.span_of(looking.pool, query, looking.now)
    first = max(first, looking.soonest(role, calendar))
    return first + role.offset, end + role.offset


def _claims(calendar: int, block: Span) -> list[Claim]:
    """What takes the time of a block."""
    values: dict[str, Any] = {"municipality": scope.current(), "calendar": calendar, "reach": MAX_BLOCK}
    values |= {"from": block[0], "to": block[1]}
    kinds: dict[str, Any] = {"booked": "booked", "hold": "hold", "busy": "busy"}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMS, values)
        return [
            Claim(kinds[state], (start, end), (first, last), None if booking is None else _About(booking, until))
            for state, start, end, first, last, booking, until in cursor.fetchall()
        ]


def _told(actor: Actor, reasons: Iterable[Reason]) -> tuple[ReasonTold, ...]:
    """The reasons as the asker may read them."""
    found = list(reasons)
    behind = {reason.about.booking for reason in found if isinstance(reason.about, _About)}
    seen = set(Booking.objects.visible_to(actor).filter(id__in=behind).values_list("id", flat=True)) if behind else ()
    return tuple(_one(reason, frozenset(seen)) for reason in found)


def _one(reason: Reason, seen: frozenset[UUID]) -> ReasonTold:
    about = reason.about
    if not isinstance(about, _About):
        return ReasonTold(reason.why)
    known = about.booking in seen
    return ReasonTold(reason.why, about.booking if known else None, about.until, another=not known)


__all__ = ["ReasonTold", "Why", "explain"]
