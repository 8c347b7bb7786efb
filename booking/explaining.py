"""Why a time is not free on a calendar: every reason, and none exactly when search offers it. Pure.

The answer is for officers only. What stands behind a reason (a booking's id) is carried as it was given; whether the
asker may see it is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from booking.rules import Layers
from booking.slots import Demand
from booking.timeline import Span, Tick, Timeline


class Why(StrEnum):
    """The codes of reasons, in the order in which they are told."""

    LEAD_TIME = "lead_time"
    HORIZON = "horizon"
    FORM_NOT_OFFERED = "form_not_offered"
    OUTSIDE_OPENING = "outside_opening"
    OFF_GRID = "off_grid"
    RED_DAY = "red_day"
    SHORT_DAY = "short_day"
    CLOSED_EXCEPTION = "closed_exception"
    ABSENCE = "absence"
    CLOSURE = "closure"
    BOOKED = "booked"
    BUFFER_OF = "buffer_of"
    HELD_UNTIL = "held_until"
    IMPORTED_BUSY = "imported_busy"
    DAY_LIMIT = "day_limit"
    WEEK_LIMIT = "week_limit"
    MINUTE_LIMIT = "minute_limit"


ClaimKind = Literal["booked", "hold", "busy"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What takes time on a calendar: a booking, a live hold, or imported busy time, which has no buffers.

    `meeting` and `block` (with buffers) are in ticks; `about` is whatever tells the booking or the hold's end.
    """

    kind: ClaimKind
    meeting: Span
    block: Span
    about: object = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `about` is the claim's, None for others."""

    why: Why
    about: object = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A start on one calendar, and all that decides about it.

    `layers` are of the form; `other_forms` is what is open for any other form. `allowed`: the first start that the lead
    time allows and the first that the horizon does not. `full`: days that a limit has filled, with that limit's code.
    """

    start: Tick
    demand: Demand
    layers: Layers
    other_forms: Timeline
    claims: Sequence[Claim]
    allowed: Span
    full: Sequence[tuple[str, Span]] = ()


def explain(asked: Asked) -> list[Reason]:
    """Every reason why the start is not offered, each once, in the order of `Why`; empty when it is offered."""
    found = [*_by_time(asked), *_by_opening(asked), *_by_closing(asked), *_by_claims(asked.demand, asked)]
    order = list(Why)
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda reason: order.index(reason.why))


def _by_time(asked: Asked) -> Iterator[Reason]:
    if asked.start < asked.allowed[0]:
        yield Reason(Why.LEAD_TIME)
    if asked.start >= asked.allowed[1]:
        yield Reason(Why.HORIZON)
    for code, (first, end) in asked.full:
        if first <= asked.start < end:
            yield Reason(Why(code))


def _by_opening(asked: Asked) -> Iterator[Reason]:
    """Ticks of the meeting that are not open, by what would have opened them; then the grid."""
    layers, meeting = asked.layers, asked.demand.meeting(asked.start)
    missing = Timeline.of(layers.open.window, [meeting]) - layers.open
    for layer, why in ((layers.red, Why.RED_DAY), (layers.short, Why.SHORT_DAY)):
        if missing & layer:
            yield Reason(why)
            missing = missing - layer
    if missing & asked.other_forms:
        yield Reason(Why.FORM_NOT_OFFERED)
        missing = missing - asked.other_forms
    if missing:
        yield Reason(Why.OUTSIDE_OPENING)
    if asked.start in layers.open and asked.start not in layers.grid:
        yield Reason(Why.OFF_GRID)


def _by_closing(asked: Asked) -> Iterator[Reason]:
    """Exceptions close the meeting's own time; absences and closures also its buffers'."""
    layers, window = asked.layers, asked.layers.open.window
    if layers.exceptions & Timeline.of(window, [asked.demand.meeting(asked.start)]):
        yield Reason(Why.CLOSED_EXCEPTION)
    block = Timeline.of(window, [asked.demand.block(asked.start)])
    if layers.absences & block:
        yield Reason(Why.ABSENCE)
    if layers.closures & block:
        yield Reason(Why.CLOSURE)


def _by_claims(demand: Demand, asked: Asked) -> Iterable[Reason]:
    block, meeting = demand.block(asked.start), demand.meeting(asked.start)
    for claim in asked.claims:
        if not _meet(claim.block, block):
            continue
        if claim.kind == "busy":
            yield Reason(Why.IMPORTED_BUSY)
        elif claim.kind == "hold":
            yield Reason(Why.HELD_UNTIL, claim.about)
        else:
            yield Reason(Why.BOOKED if _meet(claim.meeting, meeting) else Why.BUFFER_OF, claim.about)


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
