"""Which officer a resident has as their own in a unit: made and ended by that officer, or by who coordinates it."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from booking import access
from booking.errors import WrongState
from booking.models import Booking, CalendarKind, OwnOfficer
from booking.states import State
from identity import access_log, scope
from identity.actors import Actor

ACTION = "booking.own_officer"
_NOWHERE = (State.HELD, State.PURGED)


def make_own_officer(*, actor: Actor, booking: UUID) -> Booking:
    """The officer of the booking becomes the resident's own in its unit, instead of any other. Again is the same.

    Raises `WrongState` for a time that nobody is booked on or no officer holds, `NotAllowed`.
    """
    with scope.transaction(actor.municipality_id, durable=True):
        found = _of_somebody(actor, booking)
        if found.calendar.kind != CalendarKind.OFFICER or found.calendar.person_id is None:
            raise WrongState("no officer holds it")
        OwnOfficer.objects.update_or_create(
            resident=found.resident,
            unit_id=found.calendar.unit_id,
            defaults={"calendar": found.calendar, "since": timezone.now()},
        )
        return _logged(actor, found, "made")


def end_own_officer(*, actor: Actor, booking: UUID) -> Booking:
    """The resident has no officer of their own in the booking's unit any more. Again is the same. Raises as above."""
    with scope.transaction(actor.municipality_id, durable=True):
        found = _of_somebody(actor, booking)
        OwnOfficer.objects.filter(resident=found.resident, unit=found.calendar.unit_id).delete()
        return _logged(actor, found, "ended")


def _of_somebody(actor: Actor, booking: UUID) -> Booking:
    found = access.fetch(actor, ACTION, booking)
    if found.resident_id is None or found.state in _NOWHERE:
        raise WrongState("nobody is booked")
    return found


def _logged(actor: Actor, found: Booking, reason: str) -> Booking:
    unit, seen = found.calendar.unit_id, [one for one in (found.id, found.resident_id) if one is not None]
    access_log.record(actor=actor, action=ACTION, kind="booking", objects=seen, reason=reason, unit=unit)
    return found
