"""What booking destroys of an erased person: contact details, feed entries and traces of repeated calls.

Bookings stay as rows without a name, for the counts and the history. A purge of each class at its own
time does not exist yet.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from booking.models import Booking, ContactWay, IdempotencyKey, Need, OwnOfficer, Wish, WishState
from identity.erasure import Above, register


def register_above() -> None:
    """Called once when the package starts."""
    register(Above(destroy=_destroy, last=_last))


def _destroy(person: UUID) -> None:
    Booking.objects.filter(resident=person).update(
        contact_way=ContactWay.NONE, contact_to=b"", vevent=b"", language="sv"
    )
    Need.objects.filter(booking__resident=person).delete()
    OwnOfficer.objects.filter(resident=person).delete()
    Wish.objects.filter(resident=person).update(contact_way="none", contact_to=b"", language="sv")
    Wish.objects.filter(resident=person, state__in=("waiting", "offered", "resting")).update(state=WishState.WITHDRAWN)
    IdempotencyKey.objects.filter(actor=str(person)).delete()


def _last(person: UUID) -> datetime | None:
    """The end of the person's last booking, held times too."""
    last = Booking.objects.filter(resident=person).order_by("to_tick").last()
    return last.ends_at if last else None
