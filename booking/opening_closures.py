"""Use cases of what closes many calendars at once: closures of a unit or the municipality, and short days.

All calendars that it touches are locked, ascending, before anything is written (`deciding.lock_many`): no booking
decides on an opening that is half closed. The row, the versions of all of them and the tasks are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from booking import red_days
from booking.deciding import deciding, lock_many, tried_twice
from booking.models import Calendar, Closure, ShortDay
from booking.opening_effect import Booked
from booking.opening_faults import Fault, refuse
from booking.opening_preview import Claims, Pair, Preview, all_coming, claims_of, compare, orphans_of, weeks_of
from booking.opening_saving import make_tasks
from booking.opening_state import Drawn, read_all
from booking.opening_wanted import WantedClosure
from identity import access_log, policies, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.policies import Facts

ZONE = ZoneInfo("Europe/Stockholm")
_AHEAD = timedelta(days=366)
_Change = Callable[[Drawn], Drawn]


@tried_twice
def save_closure(*, actor: Actor, wanted: WantedClosure, orphans: str = "keep") -> Closure:
    """Close a unit, or without one the whole municipality. One that is there already is the answer.

    Raises `NotAllowed` (a unit's: who coordinates it; the municipality's: an administrator), `OpeningFault`, `Busy`.
    """
    _check(orphans)
    with _closing(actor, "closure.change", wanted.unit) as calendars:
        there: Closure | None = Closure.objects.filter(
            unit=wanted.unit, from_at=wanted.from_at, to_at=wanted.to_at
        ).first()
        if there is not None:
            return there
        wanted.check(timezone.now())
        row = Closure.objects.create(unit_id=wanted.unit, from_at=wanted.from_at, to_at=wanted.to_at)
        _settle(calendars, orphans)
        access_log.record(actor=actor, action="closure.save", kind="closure", objects=[row.id], unit=wanted.unit)
        return row


@tried_twice
def delete_closure(*, actor: Actor, closure: UUID) -> None:
    """Open again. Raises `NotAllowed`, `Busy`."""
    with scope.transaction(actor.municipality_id):
        row = _closure(actor, closure)
    with _closing(actor, "closure.change", row.unit_id):
        if Closure.objects.filter(id=row.id).delete()[0]:
            access_log.record(actor=actor, action="closure.delete", kind="closure", objects=[row.id], unit=row.unit_id)


def preview_closure(*, actor: Actor, wanted: WantedClosure) -> Preview:
    """What a closure would do to all its calendars together, in the weeks that it touches. Raises as `save_closure`."""
    now = timezone.now()
    wanted.check(now)
    first = max(wanted.from_at, now).astimezone(ZONE).date()
    last = min(wanted.to_at, now + _AHEAD).astimezone(ZONE).date()
    return _preview(actor, wanted.unit, partial(_with_closure, wanted), [(first, max(first, last))], now)


@tried_twice
def save_short_days(*, actor: Actor, closes: Mapping[str, int], orphans: str = "keep") -> None:
    """Say when the municipality closes on eves: minutes after midnight, 0 all day, 1440 as usual; others stay.

    Raises `NotAllowed` (but for administrators), `OpeningFault`, `Busy`.
    """
    _check(orphans)
    _check_eves(closes)
    with _closing(actor, "short_day.change", None) as calendars:
        for eve, closes_at in closes.items():
            ShortDay.objects.update_or_create(eve=eve, defaults={"closes_at": closes_at})
        _settle(calendars, orphans)
        touched = [row.uuid for row in calendars]
        access_log.record(actor=actor, action="short_day.save", kind="calendar", objects=touched)


def save_short_day(*, actor: Actor, eve: str, closes_at: int, orphans: str = "keep") -> None:
    """As `save_short_days`, for one eve."""
    save_short_days(actor=actor, closes={eve: closes_at}, orphans=orphans)


def preview_short_days(*, actor: Actor, closes: Mapping[str, int]) -> Preview:
    """What other closing times of eves would do, in the weeks of their dates within a year. Raises as saving."""
    _check_eves(closes)
    now = timezone.now()
    today = now.astimezone(ZONE).date()
    dates = {
        day for year in (today.year, today.year + 1) for eve, day in red_days.eves_of(year).items() if eve in closes
    }
    mondays = sorted({day - timedelta(days=day.weekday()) for day in dates if today <= day <= today + _AHEAD})
    weeks = [(monday, monday) for monday in mondays]
    return _preview(actor, None, partial(_with_short_days, closes), weeks, now, "short_day.change")


def _preview(
    actor: Actor,
    unit: UUID | None,
    change: _Change,
    spans: Sequence[tuple[date, date]],
    now: datetime,
    action: str = "closure.change",
) -> Preview:
    """Each span of dates is weighed for itself, so that an eve of next year costs a week and not a year."""
    with scope.transaction(actor.municipality_id):
        policies.require(actor, action, Facts(scope.current(), unit=unit))
        calendars = _calendars(unit)
        drawn = read_all(calendars)
        pairs = [Pair(row, drawn[row.id], change(drawn[row.id])) for row in calendars]
        claims = claims_of(calendars, all_coming(now))
        parts = [compare(pairs, claims, weeks_of(first, last, ZONE), now) for first, last in spans]
        orphans = _orphans(pairs, claims, now)
        access_log.record(actor=actor, action="closure.preview", kind="booking", objects=[one.id for one in orphans])
    return Preview(
        tuple(week for part in parts for week in part.free_before),
        tuple(week for part in parts for week in part.free_after),
        tuple(tick for part in parts for tick in part.gained),
        tuple(tick for part in parts for tick in part.lost),
        orphans,
        0,
    )


def _orphans(pairs: Sequence[Pair], claims: Claims, now: datetime) -> tuple[Booked, ...]:
    """Of all calendars, those that this change puts outside: a whole unit has others that lie there already."""
    found: dict[UUID, Booked] = {}
    for calendar, before, after in pairs:
        already = {one.id for one in orphans_of(before, claims[calendar.id], now)}
        found |= {one.id: one for one in orphans_of(after, claims[calendar.id], now) if one.id not in already}
    return tuple(sorted(found.values(), key=lambda one: (one.span, str(one.id))))


@contextmanager
def _closing(actor: Actor, action: str, unit: UUID | None) -> Iterator[list[Calendar]]:
    """A durable transaction that holds the locks of all calendars that are closed; gives them, as they stand."""
    with deciding(actor.municipality_id):
        policies.require(actor, action, Facts(scope.current(), unit=unit))
        lock_many(_all(unit).values_list("id", flat=True))
        yield _calendars(unit)


def _settle(calendars: Sequence[Calendar], orphans: str) -> None:
    """Tasks to move what lies outside now, if they are wanted; read after the change was written."""
    if orphans != "tasks":
        return
    now = timezone.now()
    drawn, claims = read_all(calendars), claims_of(calendars, all_coming(now))
    for row in calendars:
        make_tasks(row, orphans_of(drawn[row.id], claims[row.id], now), now)


def _calendars(unit: UUID | None) -> list[Calendar]:
    return list(_all(unit).filter(active=True).order_by("id"))


def _all(unit: UUID | None) -> QuerySet[Calendar]:
    rows: QuerySet[Calendar] = Calendar.objects.all() if unit is None else Calendar.objects.filter(unit=unit)
    return rows


def _closure(actor: Actor, closure: UUID) -> Closure:
    """A closure that the actor may change; of one that is over nothing is left to change. Raises `NotAllowed`."""
    row: Closure | None = Closure.objects.filter(id=closure, to_at__gt=timezone.now()).first()
    if row is None:
        raise NotAllowed("closure.change")
    policies.require(actor, "closure.change", Facts(scope.current(), unit=row.unit_id))
    return row


def _with_closure(wanted: WantedClosure, drawn: Drawn) -> Drawn:
    row = Closure(unit_id=wanted.unit, from_at=wanted.from_at, to_at=wanted.to_at)
    return replace(drawn, closures=(*drawn.closures, row))


def _with_short_days(closes: Mapping[str, int], drawn: Drawn) -> Drawn:
    others = tuple(row for row in drawn.short_days if row.eve not in closes)
    said = tuple(ShortDay(eve=eve, closes_at=closes_at) for eve, closes_at in closes.items())
    return replace(drawn, short_days=(*others, *said))


def _check(orphans: str) -> None:
    refuse(orphans not in ("keep", "tasks"), Fault.UNKNOWN_ORPHANS, "orphans")


def _check_eves(closes: Mapping[str, int]) -> None:
    for eve, closes_at in closes.items():
        refuse(eve not in red_days.DEFAULTS, Fault.UNKNOWN_EVE, eve)
        refuse(not 0 <= closes_at <= 1440, Fault.OFF_THE_DAY, eve)
        refuse(closes_at % 5 != 0, Fault.OFF_FIVE_MINUTES, eve)
