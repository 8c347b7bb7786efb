"""What follow-ups of a booking ask for: the same officer, type, form and resident, told in the same way."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from booking import access
from booking.errors import WrongState
from booking.services import Contact, Rhythm, Wanted
from identity.acting import acting
from identity.actors import Actor


def follow_ups(actor: Actor, booking: UUID, rhythm: Rhythm, asked_how: str) -> dict[str, Any]:
    """`wanted` and `contact` of the first one, which comes next after the booking by its rhythm.

    Raises `NotAllowed`, and `WrongState` for a time that nobody is booked on.
    """
    with acting(actor.municipality_id):
        found = access.fetch(actor, "booking.move", booking)
    if found.resident_id is None:
        raise WrongState("nobody is booked")
    first = rhythm.starts(found.from_tick, 2, ZoneInfo(found.calendar.zone))[1]
    wanted = Wanted(
        found.meeting_type_id,
        found.form,
        first,
        found.calendar.uuid,
        resident=found.resident_id,
        asked_how=asked_how,
    )
    return {"wanted": wanted, "contact": Contact(found.contact_way or "none", found.contact_to)}
