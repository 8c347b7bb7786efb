"""What the log review must know of bookings: whom one concerns, whose it is, and who meets whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from booking.models import Booking, Party
from booking.models.booking import PartyRole
from identity.review_facts import Concerned, register_in_common, register_kind, register_meeting

_SHELTERED = (PartyRole.RESIDENT, PartyRole.REPRESENTATIVE)
_AT_ONCE = 5000


def register() -> None:
    """Fill the hooks of the log review; called once when the package starts."""
    register_kind("booking", of_bookings)
    register_in_common(_who_meet)
    register_meeting(_where_met)


def of_bookings(bookings: Collection[UUID]) -> Mapping[UUID, Concerned]:
    """The residents and representatives of bookings, and the units that hold them. Needs an open scope."""
    wanted, found = list(bookings), dict[UUID, Concerned]()
    for first in range(0, len(wanted), _AT_ONCE):
        part = wanted[first : first + _AT_ONCE]
        persons: dict[UUID, set[UUID]] = {booking: set() for booking in part}
        for booking, person in Party.objects.filter(booking__in=part, role__in=_SHELTERED).values_list(
            "booking_id", "person_id"
        ):
            persons[booking].add(person)
        rows = Booking.objects.filter(id__in=part).values_list("id", "resident_id", "calendar__unit_id")
        for booking, resident, unit in rows:
            found[booking] = Concerned(frozenset({*persons[booking], resident} - {None}), unit)
    return found


def _who_meet(staff: Collection[UUID]) -> Collection[tuple[UUID, UUID]]:
    rows = Booking.objects.filter(calendar__person__in=list(staff)).exclude(resident=None)
    return rows.values_list("calendar__person_id", "resident_id").distinct()


def _where_met(persons: Collection[UUID]) -> Collection[tuple[UUID, UUID]]:
    rows = Booking.objects.filter(resident__in=list(persons))
    return rows.values_list("resident_id", "calendar__unit_id").distinct()
