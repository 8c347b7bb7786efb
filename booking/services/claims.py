"""Claims on calendars' time: the only writer of `Occupancy`. Called under the calendars' locks."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.expressions import CombinedExpression, Value
from django.db.models.fields import DateTimeField, DurationField
from django.db.models.functions import Now

from booking.models import Booking, Occupancy
from booking.slots import Demand

HOLD = timedelta(minutes=10)
MAX_EXTENSIONS = 10


class ClockNow(Now):
    """The database's clock at this statement: it, never a web server's, decides when a hold ends."""

    template = "clock_timestamp()"

    def as_postgresql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN201
        """PostgreSQL's STATEMENT_TIMESTAMP is what Django's own class says; ours moves on while we wait for a lock."""
        return self.as_sql(compiler, connection, **extra)


def _ten_minutes_from_now() -> CombinedExpression:
    return CombinedExpression(ClockNow(), "+", Value(HOLD, output_field=DurationField()), output_field=DateTimeField())


def let_expired_go(calendars: list[int]) -> None:
    """Free what expired holds of these calendars still claim."""
    Occupancy.objects.filter(calendar_id__in=calendars, live=True, state="hold", expires_at__lte=ClockNow()).update(
        live=False
    )


def live_holds_of(person: UUID) -> int:
    """How many holds somebody has now."""
    return Occupancy.objects.filter(
        booking__resident=person, live=True, state="hold", expires_at__gt=ClockNow()
    ).count()


def claim(booking: Booking, demand: Demand, *, state: str) -> None:
    """Claim the booking's time on its calendar, as a hold of ten minutes or as booked."""
    block_from, block_to = demand.block(booking.from_tick)
    Occupancy.objects.create(
        calendar_id=booking.calendar_id,
        booking=booking,
        meeting_type_id=booking.meeting_type_id,
        from_tick=booking.from_tick,
        to_tick=booking.to_tick,
        block_from=block_from,
        block_to=block_to,
        state=state,
        expires_at=_ten_minutes_from_now() if state == "hold" else None,
    )


def hold_until(booking: Booking, until: datetime) -> None:
    """Let a live hold end at `until` instead of after ten minutes: an offer runs as long as it says."""
    Occupancy.objects.filter(booking=booking, live=True, state="hold").update(expires_at=until)


def take_over(booking: Booking, held: Booking) -> bool:
    """Give a booking the claims of a live hold and let its own go: never two, never none. False when it has run out.

    The rows change their booking and nothing else, so that nobody can come between.
    """
    alive = Occupancy.objects.filter(booking=held, live=True, state="hold", expires_at__gt=ClockNow())
    wanted = list(alive.values_list("id", flat=True))
    if wanted:
        let_go(booking)
        Occupancy.objects.filter(id__in=wanted).update(booking=booking, state="booked", expires_at=None)
    return bool(wanted)


def keep(booking: Booking) -> bool:
    """Turn a live hold into a booked claim, in place. False when it has run out."""
    turned = Occupancy.objects.filter(booking=booking, live=True, state="hold", expires_at__gt=ClockNow()).update(
        state="booked", expires_at=None
    )
    return turned > 0


def prolong(booking: Booking) -> bool:
    """Set a live hold to ten minutes from now. False when it has run out."""
    kept = Occupancy.objects.filter(booking=booking, live=True, state="hold", expires_at__gt=ClockNow())
    Booking.objects.filter(id=booking.id).update(extensions=F("extensions") + 1)
    return kept.update(expires_at=_ten_minutes_from_now()) > 0


def let_go(booking: Booking) -> None:
    """Free every claim of a booking."""
    Occupancy.objects.filter(booking=booking, live=True).update(live=False)


def replace(booking: Booking, demand: Demand) -> None:
    """Move the booking's claim to its new time, in one statement: never two, never none.

    A moved claim may overlap the old one, which a second row could not under the constraint.
    """
    block_from, block_to = demand.block(booking.from_tick)
    Occupancy.objects.filter(booking=booking, live=True).update(
        from_tick=booking.from_tick, to_tick=booking.to_tick, block_from=block_from, block_to=block_to
    )
