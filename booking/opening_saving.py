"""How every change of one calendar's opening is tried and saved: under its lock, from the version that was seen.

`rules_version` is raised in the same transaction by the tables' triggers. A change never cancels a booking: who wants
it, gets a task for each meeting that lies outside open time afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Model
from django.utils import timezone

from booking.deciding import tried_twice
from booking.errors import BookingError, Stale
from booking.models import (
    Absence,
    Booking,
    Calendar,
    CalendarLimit,
    OpeningException,
    OpeningRule,
    Task,
    TaskKind,
)
from booking.opening_effect import Booked
from booking.opening_faults import Fault, Told, refuse
from booking.opening_preview import Preview, all_coming, claims_of, orphans_of, weigh
from booking.opening_state import Drawn, read
from booking.own_calendar import changing, editable
from booking.timeline import instant
from identity import access_log, scope
from identity.actors import Actor

_OF_A_CALENDAR = (OpeningRule, OpeningException, Absence, CalendarLimit)
_BEFORE_THE_MEETING = timedelta(days=2)


@dataclass(frozen=True)
class Change:
    """What a change makes of a calendar's opening: the rows to write and to take away, and all rows afterwards."""

    after: Drawn
    save: tuple[Model, ...] = ()
    delete: tuple[Model, ...] = ()
    told: tuple[Told, ...] = ()
    there: Model | None = None  # what was asked for stands already: nothing is written


Making = Callable[[Drawn], Change]


@tried_twice
def saved(
    actor: Actor,
    calendar: UUID,
    making: Making,
    *,
    action: str,
    version: int | None = None,
    orphans: str = "keep",
    policy: str = "calendar.edit",
) -> Change:
    """Make a change and write it down. `orphans`: `keep` the meetings outside, or make `tasks` to move them.

    `version`: the `rules_version` that the caller saw. What `making` raises, is raised; `NotAllowed`, `Stale`, `Busy`.
    """
    refuse(orphans not in ("keep", "tasks"), Fault.UNKNOWN_ORPHANS, "orphans")
    with changing(actor, calendar, policy) as row:
        change = _made(row, making, version)
        if change.there is None:
            _write(row, change)
            if orphans == "tasks":
                now = timezone.now()
                make_tasks(row, orphans_of(change.after, claims_of([row], all_coming(now))[row.id], now), now)
            access_log.record(actor=actor, action=action, kind="calendar", objects=[row.uuid])
        return change


def _made(row: Calendar, making: Making, version: int | None) -> Change:
    """The change, from what stands now. An older version is told before any fault, but not of what stands already."""
    stale = version is not None and version != row.rules_version
    try:
        change = making(read(row))
    except BookingError:
        if stale:
            raise Stale from None
        raise
    if stale and change.there is None:
        raise Stale
    return change


def _write(row: Calendar, change: Change) -> None:
    for gone in change.delete:
        gone.delete()
    for one in change.save:
        if isinstance(one, _OF_A_CALENDAR):
            one.calendar = row
        one.save()
    if any(isinstance(one, CalendarLimit) for one in (*change.save, *change.delete)):
        # Limits are no opening and have no trigger; a version still tells two who write at once of each other.
        Calendar.objects.filter(id=row.id).update(rules_version=F("rules_version") + 1)


def previewed(actor: Actor, calendar: UUID, making: Making, *, action: str, policy: str = "calendar.edit") -> Preview:
    """What a change would do. The read of the meetings outside is logged. Raises as `saved`, but `Stale`."""
    now = timezone.now()
    with scope.transaction(actor.municipality_id):
        row = editable(actor, calendar, policy)
        before = read(row)
        change = making(before)
        preview = weigh(row, before, change.after, change.told, now=now)
        objects = [one.id for one in preview.orphans]
        access_log.record(actor=actor, action=action, kind="booking", objects=objects)
        return preview


def make_tasks(calendar: Calendar, orphans: Iterable[Booked], now: datetime) -> None:
    """A task to move each meeting that has none open: two days before it at the latest, by whose calendar it is."""
    wanted = {one.id: one for one in orphans}
    there = Task.objects.filter(kind=TaskKind.MOVE, done_at=None, booking__in=list(wanted))
    for known in there.values_list("booking", flat=True):
        del wanted[known]
    units = dict(Booking.objects.filter(id__in=list(wanted)).values_list("id", "calendar__unit"))
    Task.objects.bulk_create(
        Task(
            kind=TaskKind.MOVE,
            unit_id=units[one.id],
            person_id=calendar.person_id,
            booking_id=one.id,
            due_at=max(now, instant(one.span[0]) - _BEFORE_THE_MEETING),
            made_at=now,
        )
        for one in wanted.values()
    )
