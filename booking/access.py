"""Bookings as the access rules see them, and the only ways to fetch one."""

from __future__ import annotations

from uuid import UUID

from booking.models import Booking
from booking.states import Role
from identity import policies, scope
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.policies import Facts


def facts_of(booking: Booking) -> Facts:
    """What the rules may look at. Reads the booking's calendar and parties."""
    return Facts(
        municipality_id=scope.current(),
        unit=booking.calendar.unit_id,
        officer=booking.calendar.person_id,
        resident=booking.resident_id,
        parties=tuple((party.person_id, party.role) for party in booking.parties.all()),
    )


_CHANGING = ("state", "sequence", "extensions", "from_tick", "to_tick", "local_start", "contact_way", "contact_to")


def fetch(actor: Actor, action: str, booking: UUID) -> Booking:
    """A booking that the actor may act on. Raises `NotAllowed`: missing, foreign and forbidden are one answer.

    It stands before every lock, so that a stranger neither waits nor makes anybody wait.
    """
    rows = Booking.objects.select_related("calendar", "meeting_type", "meeting_type__service")
    found = rows.prefetch_related("parties").filter(id=booking).first()
    if found is None or not policies.may(actor, action, facts_of(found)):
        raise NotAllowed(action, Tried(actor, action, "booking", booking))
    return found


def reread(booking: Booking) -> None:
    """Read again, under the calendar's lock, what may have changed since; the row is held until the end."""
    booking.refresh_from_db(fields=_CHANGING, from_queryset=Booking.objects.select_for_update(no_key=True))


def role_in(actor: Actor, booking: Booking) -> Role:
    """As whom the actor asks about this booking: officer, resident, or another listed party."""
    if actor.system:
        return Role.SYSTEM
    if actor.person_id == booking.calendar.person_id:
        return Role.OFFICER
    return Role.RESIDENT if actor.person_id == booking.resident_id else Role.PARTY
