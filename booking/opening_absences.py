"""Use cases of absences, single and recurring: add, remove, and what each would do."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import UUID

from django.utils import timezone

from booking.models import Absence
from booking.opening_faults import Fault, falls, hints, refuse
from booking.opening_preview import Preview
from booking.opening_saving import Change, previewed, saved
from booking.opening_state import Drawn, pattern_of
from booking.opening_wanted import WantedAbsence
from identity.actors import Actor
from identity.errors import NotAllowed


def add_absence(
    *, actor: Actor, calendar: UUID, wanted: WantedAbsence, version: int | None = None, orphans: str = "keep"
) -> Absence:
    """Close the calendar for a time. One that is there already is the answer: a form that is sent twice makes one.

    `version`: the `rules_version` that the caller saw. Raises `NotAllowed`, `Stale`, `OpeningFault`, `Busy`.
    """
    making = partial(_with_absence, wanted)
    change = saved(actor, calendar, making, action="absence.add", version=version, orphans=orphans)
    (row,) = (row for row in (*change.save, change.there) if isinstance(row, Absence))
    return row


def remove_absence(*, actor: Actor, calendar: UUID, absence: UUID, version: int | None = None) -> None:
    """Open the time again. Raises `NotAllowed`, `Stale`, `Busy`."""
    saved(actor, calendar, partial(_without_absence, absence), action="absence.remove", version=version)


def preview_absence(*, actor: Actor, calendar: UUID, wanted: WantedAbsence) -> Preview:
    """What a new absence would do. Raises as `add_absence`, but `Stale`."""
    return previewed(actor, calendar, partial(_with_absence, wanted), action="absence.preview")


def _with_absence(wanted: WantedAbsence, drawn: Drawn) -> Change:
    now = timezone.now()
    row = Absence(
        from_at=wanted.from_at,
        to_at=wanted.to_at,
        code=wanted.code,
        weekday=wanted.weekday,
        from_minute=wanted.from_minute,
        to_minute=wanted.to_minute,
        every=wanted.cycle.every,
        first_monday=wanted.cycle.first_monday,
        week_parity=wanted.cycle.week_parity,
        nth=wanted.cycle.nth,
    )
    there = next((old for old in drawn.absences if _same(old, row)), None)
    if there is not None:
        return Change(drawn, there=there)
    wanted.check(now)
    pattern, today = pattern_of(row, drawn.zone), now.astimezone(drawn.zone).date()
    refuse(pattern is not None and not falls(pattern, today), Fault.NEVER_OPEN, "to_at")
    told = hints((pattern,), today, drawn.zone) if pattern else ()
    return Change(replace(drawn, absences=(*drawn.absences, row)), save=(row,), told=told)


def _without_absence(absence: UUID, drawn: Drawn) -> Change:
    old = next((row for row in drawn.absences if row.id == absence), None)
    if old is None:
        raise NotAllowed("absence.remove")
    return Change(replace(drawn, absences=tuple(r for r in drawn.absences if r is not old)), delete=(old,))


_SAME = (
    "from_at",
    "to_at",
    "code",
    "weekday",
    "from_minute",
    "to_minute",
    "every",
    "first_monday",
    "week_parity",
    "nth",
)


def _same(one: Absence, other: Absence) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SAME)
