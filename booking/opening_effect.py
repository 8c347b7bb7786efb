"""What a change of opening would do: rules that clash, and booked meetings that would lie outside open time. Pure.

A change of rules never cancels a booking; it is only said beforehand which ones lie outside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from uuid import UUID

from booking.rules import WeeklyRule, opening
from booking.timeline import Span, Window


@dataclass(frozen=True, slots=True)
class Booked:
    """A live booking as far as open time is concerned: its form and the ticks of the meeting, half-open."""

    id: UUID
    form: str
    span: Span


def outside(
    booked: Iterable[Booked], rules: Sequence[WeeklyRule], closed: Sequence[Span], zone: tzinfo
) -> tuple[Booked, ...]:
    """The bookings whose meeting is not wholly inside open time of its form, by start. `closed` are absences.

    ValueError if the bookings lie more than 400 days apart.
    """
    ordered = sorted(booked, key=lambda one: (one.span, str(one.id)))
    if not ordered:
        return ()
    window = Window.between(ordered[0].span[0], max(one.span[1] for one in ordered))
    open_bits = {form: opening(rules, closed, window, zone, form).open.bits for form in {b.form for b in ordered}}
    return tuple(one for one in ordered if window.mask(one.span) & ~open_bits[one.form])


def clash(wanted: WeeklyRule, others: Iterable[WeeklyRule]) -> WeeklyRule | None:
    """The first rule that opens some of the same time of the same days for some of the same forms, or None."""
    return next((other for other in others if _overlap(wanted, other)), None)


def _overlap(one: WeeklyRule, other: WeeklyRule) -> bool:
    return (
        one.weekday == other.weekday
        and bool(one.forms & other.forms)
        and one.from_minute < other.to_minute
        and other.from_minute < one.to_minute
        and _dates_meet(one, other)
    )


def _dates_meet(one: WeeklyRule, other: WeeklyRule) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    return first <= last
