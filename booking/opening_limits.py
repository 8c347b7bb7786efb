"""Use cases of a calendar's limits, and of what the calendar itself is: share, languages, own lead time and buffers.

Limits are part of every search and of the check under the lock; neither is cached, so `rules_version` is raised here
only so that two who write at once notice it.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from uuid import UUID

from django.db.models import F

from booking.errors import Stale
from booking.models import Calendar, CalendarLimit
from booking.opening_faults import Fault, refuse
from booking.opening_preview import Preview
from booking.opening_saving import Change, previewed, saved
from booking.opening_state import Drawn
from booking.opening_wanted import WantedLimit, WantedSettings, check_limits
from booking.own_calendar import changing
from identity import access_log
from identity.actors import Actor


def set_limits(
    *, actor: Actor, calendar: UUID, wanted: tuple[WantedLimit, ...], version: int | None = None
) -> tuple[CalendarLimit, ...]:
    """Put these limits in place of all that the calendar has. Bookings that pass one stay.

    Raises `NotAllowed`, `Stale`, `OpeningFault` (out of bounds, twice, a type not offered), `Busy`.
    """
    change = saved(actor, calendar, partial(_with_limits, wanted), action="limit.save", version=version)
    return change.after.limits


def preview_limits(*, actor: Actor, calendar: UUID, wanted: tuple[WantedLimit, ...]) -> Preview:
    """What other limits would do. Raises as `set_limits`, but `Stale`."""
    return previewed(actor, calendar, partial(_with_limits, wanted), action="limit.preview")


def set_up_calendar(*, actor: Actor, calendar: UUID, wanted: WantedSettings, version: int | None = None) -> None:
    """Say what a calendar is. For who coordinates its unit. Raises `NotAllowed`, `Stale`, `OpeningFault`, `Busy`."""
    wanted.check()
    with changing(actor, calendar, "calendar.set_up") as row:
        if version is not None and version != row.rules_version:
            raise Stale
        values = asdict(wanted) | {"languages": list(wanted.languages)}
        Calendar.objects.filter(id=row.id).update(rules_version=F("rules_version") + 1, **values)
        access_log.record(actor=actor, action="calendar.set_up", kind="calendar", objects=[row.uuid])


def _with_limits(wanted: tuple[WantedLimit, ...], drawn: Drawn) -> Change:
    check_limits(wanted)
    offered = {None, *(row.id for row in drawn.types)}
    refuse(any(one.meeting_type not in offered for one in wanted), Fault.UNKNOWN_TYPE, "meeting_type")
    old = {row.meeting_type_id: row for row in drawn.limits}
    rows = tuple(_row(one, old.get(one.meeting_type)) for one in wanted if not one.says_nothing)
    gone = tuple(row for row in drawn.limits if row.id not in {made.id for made in rows})
    return Change(replace(drawn, limits=rows), save=rows, delete=gone)


def _row(wanted: WantedLimit, old: CalendarLimit | None) -> CalendarLimit:
    row = CalendarLimit(
        meeting_type_id=wanted.meeting_type,
        per_day=wanted.per_day,
        per_week=wanted.per_week,
        minutes_per_day=wanted.minutes_per_day,
    )
    if old is not None:
        row.id, row._state.adding = old.id, False
    return row
