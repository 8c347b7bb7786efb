"""What the case journal may be told of a meeting: times, form, who was there in which capacity, and how identified.

Nothing of what was said or sent is kept, so nothing of it is here; nor is any name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking import access
from booking.models import Booking
from booking.states import State
from identity import access_log, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import people
from meetings.models import Meeting, Participant


@dataclass(frozen=True)
class Present:
    """Somebody who was let in: as what, and how they had been identified (`""`: not known)."""

    role: str
    identified: str


@dataclass(frozen=True)
class Facts:
    """A booking and what is known of its meeting; the times are None for what has not happened, or is not known."""

    booking: Booking
    started_at: datetime | None
    ended_at: datetime | None
    present: tuple[Present, ...]
    interruptions: int


def facts(*, actor: Actor, booking: UUID) -> Facts:
    """The facts of one booking; the read is one entry. Raises `NotAllowed`."""
    try:
        with scope.transaction(actor.municipality_id):
            found = access.fetch(actor, "booking.see", booking)
            if found.state == State.HELD:
                raise NotAllowed("booking.see")
            unit = found.calendar.unit_id
            access_log.record(actor=actor, action="booking.facts", kind="booking", objects=[booking], unit=unit)
            return _of(found)
    except NotAllowed as error:
        access_log.record_refusal(error)
        raise


def _of(booking: Booking) -> Facts:
    meeting = Meeting.objects.filter(booking=booking).first()
    if meeting is None:
        return Facts(booking, None, None, (), 0)
    inside = Participant.objects.filter(meeting=meeting, admitted_at__isnull=False)
    seen = inside.exclude(people.protected("party__person")).order_by("party__role", "id")
    present = tuple(Present(role, ident) for role, ident in seen.values_list("party__role", "ident"))
    return Facts(booking, meeting.started_at, meeting.ended_at, present, meeting.interruptions)
