"""News that travels up, sent inside the transaction: if a receiver fails, the booking fails too.

Each is sent with `booking`, `actor` and, for a move or cancellation, `previous` (a `PreviousTime`).
"""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class PreviousTime:
    """Where a booking stood before: ticks and the calendar's id."""

    from_tick: int
    to_tick: int
    calendar_id: int


booking_confirmed = Signal()
booking_moved = Signal()
booking_cancelled = Signal()
# The resident did not come, and what is left of the time is free; and: they came after all.
booking_missed = Signal()
booking_came = Signal()
# A time is held for somebody in the waiting list who is told of it: sent with `offer` (a `WishOffer`) and `actor`.
wish_offered = Signal()
