"""What the log review must know of meetings: they concern whom their bookings concern."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from booking.review_facts import of_bookings
from identity.review_facts import Concerned, register_kind
from meetings.models import Meeting

_AT_ONCE = 5000


def register() -> None:
    """Fill the hook of the log review; called once when the package starts."""
    register_kind("meeting", of_meetings)


def of_meetings(meetings: Collection[UUID]) -> Mapping[UUID, Concerned]:
    """As of the meetings' bookings. Needs an open scope."""
    wanted, booking_of = list(meetings), dict[UUID, UUID]()
    for first in range(0, len(wanted), _AT_ONCE):
        part = wanted[first : first + _AT_ONCE]
        booking_of |= dict(Meeting.objects.filter(id__in=part).values_list("id", "booking_id"))
    found = of_bookings(set(booking_of.values()))
    return {meeting: found[booking] for meeting, booking in booking_of.items() if booking in found}
