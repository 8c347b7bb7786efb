"""What a calendar's week is made of: claims, opening in its layers, absences, closures and imported busy time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from booking import access
from booking.models import Booking, BusyFeed, Calendar, Closure, Form, MeetingType, Occupancy, ShortDay
from booking.officer_day import fitting
from booking.opening_state import Drawn
from booking.rules import Layers, Opening, layers
from booking.slots import Demand, starts_of
from booking.timeline import Span, Tick, Timeline, Window, ceil_tick, floor_tick, instant
from booking.week_grid import Kind, Piece
from identity import policies, scope
from identity.actors import Actor

_WITH_INTERPRETER = ("interpreter", "sign")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A booked or held time: `span` is without its buffers, in ticks; `opens`: the reader may open the booking."""

    key: UUID
    form: str
    span: Span
    interpreter: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One local date: its ticks, whole, as blocks."""

    date: date
    span: Span
    blocks: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """All but the meetings: as pieces, and as the opening for any form."""

    pieces: tuple[Piece, ...]
    opening: Opening
    busy: tuple[Span, ...]


def meetings(actor: Actor, calendar: Calendar, window: Window, now: datetime) -> Iterator[Piece]:
    """Live claims, each with the time around it that nobody else can have. Of a protected person no need is told."""
    claims = list(
        Occupancy.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            calendar=calendar,
            live=True,
            block_from__lt=window.end,
            block_to__gt=window.origin,
        )
        .select_related("booking__resident")
        .prefetch_related("booking__needs")
        .order_by("block_from")
    )
    asked = Booking.objects.visible_to(actor).filter(id__in=[claim.booking_id for claim in claims])
    opens = set(asked.values_list("id", flat=True))
    for claim in claims:
        kind = Kind.BOOKED if claim.state == "booked" else Kind.HELD
        readable = claim.booking_id in opens or _reads(actor, calendar, claim.booking)
        yield Piece(kind, (claim.block_from, claim.block_to), _meeting(claim, opens=readable))


def _reads(actor: Actor, calendar: Calendar, booking: Booking) -> bool:
    """Whoever coordinates the unit; of a protected person nobody by that alone."""
    facts = policies.Facts(
        scope.current(), unit=calendar.unit_id, protected=_sheltered(booking), over=access.is_over(booking)
    )
    return policies.may(actor, "booking.prepare", facts)


def _sheltered(booking: Booking) -> bool:
    return booking.resident is not None and booking.resident.protected


def _meeting(claim: Occupancy, *, opens: bool) -> Meeting:
    booking = claim.booking
    return Meeting(
        key=booking.id,
        form=booking.form,
        span=(claim.from_tick, claim.to_tick),
        interpreter=not _sheltered(booking) and any(need.kind in _WITH_INTERPRETER for need in booking.needs.all()),
        opens=claim.state == "booked" and opens,
    )


def around(calendar: Calendar, window: Window) -> Around:
    """What rules, dates, absences, closures and other calendars make of the window."""
    drawn = _drawn(calendar, window)
    found = any_form(drawn, window)
    coded = list(_coded(drawn))
    busy = tuple(span for feed in BusyFeed.objects.filter(calendar=calendar) for span in _ranges(feed, window))
    pieces = (
        *_pieces(Kind.OPEN, found.opening.open),
        *_pieces(Kind.RED, found.red - found.opening.open),
        *_pieces(Kind.SHORT, found.short - found.opening.open),
        *_pieces(Kind.CLOSED, found.exceptions),
        *coded,
        *_pieces(Kind.ABSENCE, found.absences - Timeline.of(window, [one.span for one in coded])),
        *_pieces(Kind.CLOSURE, found.closures),
        *(Piece(Kind.BUSY, span) for span in Timeline.of(window, busy).spans()),
    )
    return Around(pieces, found.opening, busy)


def any_form(drawn: Drawn, window: Window) -> Layers:
    """The layers of a calendar for any form: open for one is open, and closed is what is closed for all."""
    plan = drawn.plan(window)
    found = [layers(plan, window, drawn.zone, form) for form in Form.values]
    nothing = Timeline.empty(window)
    return Layers(
        open=reduce(or_, (one.open for one in found), nothing),
        grid=reduce(or_, (one.grid for one in found), nothing),
        red=reduce(or_, (one.red for one in found), nothing),
        short=reduce(or_, (one.short for one in found), nothing),
        exceptions=reduce(and_, (one.exceptions for one in found)),
        absences=found[0].absences,
        closures=found[0].closures,
    )


def free(
    calendar: Calendar, days: Sequence[Day], around: Around, meetings: Iterable[Piece], now: datetime
) -> dict[Tick, int]:
    """How many meetings still fit into each open block, of the type that most fit in; none for what is past."""
    window = around.opening.open.window
    taken = Timeline.of(window, [*around.busy, *(one.span for one in meetings)])
    types = MeetingType.objects.filter(offers__calendar=calendar, published=True, internal=False)
    demands = [Demand.of_minutes(one.duration, one.buffer_before, one.buffer_after) for one in types]
    allowed = min(max(ceil_tick(now), window.origin), window.end), window.end
    starts = [(demand.reach, tuple(starts_of(around.opening, taken, demand, allowed).iterate())) for demand in demands]
    found: dict[Tick, int] = {}
    for block in (one for day in days for one in day.blocks if one.kind == Kind.OPEN):
        first, last = block.span
        inside = (fitting((tick for tick in ticks if first <= tick < last), reach) for reach, ticks in starts)
        found[first] = max(inside, default=0)
    return found


def _drawn(calendar: Calendar, window: Window) -> Drawn:
    """The rows behind the opening of these days, also of days that are past."""
    since, until = instant(window.origin), instant(window.end)
    zone = ZoneInfo(calendar.zone)
    days = since.astimezone(zone).date(), until.astimezone(zone).date()
    shut = Closure.objects.filter(Q(unit=None) | Q(unit=calendar.unit_id), from_at__lt=until, to_at__gt=since)
    return Drawn(
        zone,
        rules=tuple(calendar.rules.all()),
        exceptions=tuple(calendar.exceptions.filter(date__range=days)),
        absences=tuple(calendar.absences.filter(from_at__lt=until, to_at__gt=since)),
        closures=tuple(shut),
        short_days=tuple(ShortDay.objects.all()),
    )


def _coded(drawn: Drawn) -> Iterator[Piece]:
    """Absences that do not recur, with why: only who reads the unit's calendars sees this."""
    for row in drawn.absences:
        if row.weekday is None:
            yield Piece(Kind.ABSENCE, (floor_tick(row.from_at), ceil_tick(row.to_at)), row.code)


def _pieces(kind: Kind, time: Timeline) -> Iterator[Piece]:
    return (Piece(kind, span) for span in time.spans())


def _ranges(feed: BusyFeed, window: Window) -> Iterator[Span]:
    for one in feed.busy:
        if one.lower < window.end and window.origin < one.upper:
            yield max(one.lower, window.origin), min(one.upper, window.end)
