"""What a change of opening would do: rules that clash, and booked meetings that would lie outside open time. Pure.

A change of rules never cancels a booking; it is only said beforehand which ones lie outside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final
from uuid import UUID

from booking.patterns import WEEKLY
from booking.rules import Plan, Rule, opening
from booking.timeline import Span, Window

_WEEK: Final = timedelta(days=7)
_ALL_CYCLES: Final = 840
_SOME_MONDAY: Final = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Booked:
    """A live booking as far as open time is concerned: its form and the ticks of the meeting, half-open."""

    id: UUID
    form: str
    span: Span


def outside(booked: Iterable[Booked], plan: Plan, zone: tzinfo) -> tuple[Booked, ...]:
    """The bookings whose meeting is not wholly inside the open time of its form, by start.

    ValueError if the bookings lie more than 400 days apart.
    """
    ordered = sorted(booked, key=lambda one: (one.span, str(one.id)))
    if not ordered:
        return ()
    window = Window.between(ordered[0].span[0], max(one.span[1] for one in ordered))
    open_bits = {form: opening(plan, window, zone, form).open.bits for form in {b.form for b in ordered}}
    return tuple(one for one in ordered if window.mask(one.span) & ~open_bits[one.form])


def clash(wanted: Rule, others: Iterable[Rule]) -> Rule | None:
    """The first rule that opens some of the same time of the same days for some of the same forms, or None."""
    return next((other for other in others if _overlap(wanted, other)), None)


def _overlap(one: Rule, other: Rule) -> bool:
    return (
        one.weekday == other.weekday
        and bool(one.forms & other.forms)
        and one.from_minute < other.to_minute
        and other.from_minute < one.to_minute
        and _meet(one, other)
    )


def _meet(one: Rule, other: Rule) -> bool:
    """Whether both open on some date. All cycles of weeks together come round in 840 weeks; so far is looked."""
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    if one.cycle == other.cycle == WEEKLY or first > last:
        return first <= last
    begin = first if first > date.min else one.cycle.first_monday or other.cycle.first_monday or _SOME_MONDAY
    begin += timedelta(days=(one.weekday - begin.isoweekday()) % 7)
    days = (begin + _WEEK * number for number in range(_ALL_CYCLES))
    return any(one.active_on(day) and other.active_on(day) for day in days if day <= last)
