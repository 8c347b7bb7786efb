"""Follow-up meetings made together: all of them are booked, or none, and each that is not free is reported."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from booking import access, idempotency, search, transitions
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import BeyondHorizon, SeriesTaken, SlotTaken, Stale
from booking.models import Booking, Series
from booking.search import Filling
from booking.services import claims
from booking.services.asked import Contact, Wanted
from booking.services.book import Answers, confirm_now
from booking.services.cancel import cancel_one
from booking.services.filling import all_of, choose, fairest, offered, query_of, same
from booking.services.hold import new_booking
from booking.services.move import To, move_one
from booking.services.standing import Standing, standing
from booking.slots import Slot
from booking.states import Event, Guard, Role, State
from booking.timeline import TICK_MINUTES, Tick, instant
from booking.walltime import ticks_of
from identity.actors import Actor

MOST = 12
_UPCOMING = (State.CONFIRMED, State.READY)


@dataclass(frozen=True)
class Rhythm:
    """How the meetings follow each other: every `weeks` weeks (1-26), or the `nth` weekday of each month (1-4, or -1
    for the last), the weekday being the first meeting's. The local time of day stays."""

    weeks: int = 1
    nth: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= 26 or self.nth not in (None, 1, 2, 3, 4, -1):
            raise ValueError("every 1 to 26 weeks, or the 1st to 4th or last weekday of each month")

    def starts(self, first: Tick, count: int, zone: ZoneInfo) -> list[Tick]:
        """The first start and those that follow it, `count` in all (1-12)."""
        if not 1 <= count <= MOST:
            raise ValueError("a series has 1 to 12 meetings")
        at = instant(first).astimezone(zone)
        minute = at.hour * 60 + at.minute
        return [first, *(ticks_of(day, minute, minute + 5, zone)[0] for day in self._days(at.date(), count)[1:])]

    def _days(self, first: date, count: int) -> list[date]:
        if self.nth is None:
            return [first + timedelta(weeks=self.weeks * number) for number in range(count)]
        months = [first.year * 12 + first.month - 1 + number for number in range(count)]
        return [first, *(_nth(self.nth, first.isoweekday(), *divmod(month, 12)) for month in months[1:])]


def _nth(nth: int, weekday: int, year: int, month_before: int) -> date:
    """The nth given weekday of a month; `month_before`: months since January."""
    first = date(year, month_before + 1, 1)
    if nth > 0:
        return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return last - timedelta(days=(last.isoweekday() - weekday) % 7)


@tried_twice
def book_series(
    *, actor: Actor, wanted: Wanted, rhythm: Rhythm, count: int, contact: Contact, key: str
) -> tuple[Booking, ...]:
    """Book up to 12 meetings with the same officer in one transaction, for a resident who asked for it.

    Raises `SeriesTaken` with, for each time that is not free, its 3 nearest with that officer; nothing is booked then.
    Raises `SlotTaken` when nobody is free for the first, `NotAllowed`, `KeyReused`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        whose = standing(actor, wanted)
        made = uuid4()
        asked = {"use": "series", **asdict(wanted), **asdict(rhythm), "count": count, **asdict(contact)}
        before = idempotency.replayed(actor=actor, key=key, asked=asked, result=made, status=201)
        if before is not None:
            return tuple(Booking.objects.filter(series=before).order_by("from_tick"))
        wanted, chosen = _same_officer(wanted, whose, now)
        zone = offered(wanted, whose).zone
        each = [replace(wanted, start=start) for start in rhythm.starts(wanted.start, count, zone)]
        first_looks = [_filling(one, whose, now) for one in each]
        lock_calendars({*all_of(chosen), *(c for one in first_looks if one for c in all_of(one))})
        claims.let_expired_go({*all_of(chosen), *(c for one in first_looks if one for c in all_of(one))})
        found = [_filling(one, whose, now, look) for one, look in zip(each, first_looks, strict=True)]
        _report_taken(each, found, whose, now)
        series = _series(actor, wanted, whose, chosen, made, now)
        pairs = zip(each, found, strict=True)
        return tuple(_book_one(actor, one, whose, way, series, contact, now) for one, way in pairs if way is not None)


def _same_officer(wanted: Wanted, whose: Standing, now: datetime) -> tuple[Wanted, Filling]:
    """The officer who takes the first one takes them all."""
    wanted, chosen = choose((wanted,), whose, now)
    pool = offered(wanted, whose)
    named = next(calendar.uuid for calendar in pool.calendars if calendar.id == chosen.officer)
    return replace(wanted, calendar=named), chosen


def _filling(wanted: Wanted, whose: Standing, now: datetime, look: Filling | None = None) -> Filling | None:
    """A way to fill one of the times; `look`: what was seen before the locks, whose calendars alone are locked."""
    found = search.fillings(offered(wanted, whose), wanted.start, now=now, lead=False)
    return same(found, look) if look else fairest(found, wanted.start)


def _report_taken(each: list[Wanted], found: list[Filling | None], whose: Standing, now: datetime) -> None:
    lost = [one for one, way in zip(each, found, strict=True) if way is None]
    if lost:
        raise SeriesTaken(taken=tuple((_slot(one, whose), _nearest(one, whose, now)) for one in lost))


def _slot(wanted: Wanted, whose: Standing) -> Slot:
    return Slot.at(wanted.start, duration=offered(wanted, whose).demand.duration, form=wanted.form)


def _nearest(wanted: Wanted, whose: Standing, now: datetime) -> tuple[Slot, ...]:
    try:
        return search.nearest_free(query_of(wanted, whose), wanted.start, now=now)
    except BeyondHorizon:
        return ()


def _series(actor: Actor, wanted: Wanted, whose: Standing, chosen: Filling, made: UUID, now: datetime) -> Series:
    row: Series = Series.objects.create(
        id=made,
        calendar_id=chosen.officer,
        meeting_type_id=wanted.meeting_type,
        resident_id=whose.resident,
        made_by_id=actor.person_id,
        made_at=now,
    )
    return row


def _book_one(
    actor: Actor, wanted: Wanted, whose: Standing, way: Filling, series: Series, contact: Contact, now: datetime
) -> Booking:
    facts = {Guard.SIGNED_IN_AT_LEVEL: True, Guard.SLOT_FREE: True, Guard.HOLDS_BELOW_LIMIT: True}
    step = transitions.check(None, Event.HOLD, whose.role, facts)
    booking = new_booking(actor, wanted, whose, offered(wanted, whose), way, uuid4(), now, series=series.id)
    claims.claim(booking, way.claims, state="hold")
    transitions.take(booking, step, actor=actor, now=now)
    return confirm_now(actor, booking, Answers(contact), now)


@tried_twice
def move_later(*, actor: Actor, booking: UUID, start: Tick, sequence: int, key: str, agreed: bool = False) -> int:
    """Move one of a series, and all later ones by as many days and to the same time of day; how many moved.

    Raises `SeriesTaken` with those that are not free, and then nothing has moved; else as `move`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        first, around = access.fetch_with(actor, "booking.move", booking)
        asked = {"use": "move_later", "booking": booking, "start": start, "sequence": sequence}
        rows = _later(first)
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return len(rows)
        if first.sequence != sequence:
            raise Stale
        lock_calendars({calendar for row in rows for calendar in claims.calendars_of(row)})
        role, lost = access.role_in(actor, first, around), []
        starts = _shifted(rows, start)
        # Where a later one stands now, an earlier one may want to go: from the far end when they move on.
        for row, to in sorted(zip(rows, starts, strict=True), key=lambda one: one[1], reverse=start > first.from_tick):
            try:
                move_one(actor, row, To(to, row.sequence, agreed), role, now)
            except SlotTaken:
                lost.append((row, to))
        if lost:
            raise SeriesTaken(taken=tuple(_lost(row, to, now) for row, to in sorted(lost, key=lambda one: one[1])))
        return len(rows)


def _later(first: Booking) -> list[Booking]:
    """This one and the later ones of its series that are still to come, by start."""
    if first.series_id is None:
        return [first]
    rows = Booking.objects.select_related("calendar", "meeting_type", "meeting_type__service", "resident")
    later = rows.filter(series=first.series_id, from_tick__gt=first.from_tick, state__in=_UPCOMING)
    return [first, *later.order_by("from_tick")]


def _shifted(rows: list[Booking], start: Tick) -> list[Tick]:
    """As many days later or earlier as the first one moves, at its new time of day."""
    zone = ZoneInfo(rows[0].calendar.zone)
    days = [row.starts_at.astimezone(zone).date() for row in rows]
    to = instant(start).astimezone(zone)
    minute, by = to.hour * 60 + to.minute, to.date() - days[0]
    return [ticks_of(day + by, minute, minute + TICK_MINUTES, zone)[0] for day in days]


def _lost(row: Booking, to: Tick, now: datetime) -> tuple[Slot, tuple[Slot, ...]]:
    wanted = Wanted(row.meeting_type_id, row.form, to, row.calendar.uuid)
    whose = Standing(row.resident_id or row.id, Role.OFFICER, None)
    return Slot.at(to, duration=row.to_tick - row.from_tick, form=row.form), _nearest(wanted, whose, now)


@tried_twice
def cancel_later(
    *, actor: Actor, booking: UUID, key: str, reason: str = "", by_resident: bool = False
) -> tuple[Booking, ...]:
    """Cancel one of a series and all later ones, in one transaction. Raises as `cancel`."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        first, around = access.fetch_with(actor, "booking.cancel", booking)
        asked = {"use": "cancel_later", "booking": booking, "by_resident": by_resident}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return (first,)
        rows = _later(first)
        lock_calendars({calendar for row in rows for calendar in claims.calendars_of(row)})
        role = access.role_in(actor, first, around)
        return tuple(cancel_one(actor, _locked(row), role, now, reason=reason, by_resident=by_resident) for row in rows)


def _locked(row: Booking) -> Booking:
    access.reread(row)
    return row
