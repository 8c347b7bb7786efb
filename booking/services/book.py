"""Turn a held time into a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from booking import access, idempotency, reach, search, transitions
from booking.calendars import events
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import HoldExpired, SlotTaken
from booking.models import Booking, Party, PartyRole, StepShown
from booking.search import Query
from booking.services import claims
from booking.services.hold import known, take_again
from booking.slots import Slot
from booking.states import Event, Guard, Role
from identity import representing, scope
from identity.actors import Actor


@dataclass(frozen=True)
class Contact:
    """How the resident is told: `email` with an address, or `none`, when the receipt is all."""

    way: str
    to: str = ""


@tried_twice
def book(*, actor: Actor, booking: UUID, contact: Contact, shown: UUID, key: str) -> Booking:
    """Book what is held. `shown`: the StepShown row of the text that was read and ticked; `key`: idempotency key.

    A hold that ran out is taken again silently if the time is still free. Raises `SlotTaken` with the three nearest
    otherwise; `WrongState`, `KeyReused`, `NotAllowed`.
    """
    now = timezone.now()
    try:
        return _book(actor, booking, contact, shown, key, now)
    except (SlotTaken, HoldExpired):
        raise SlotTaken(alternatives=_nearest(actor, booking, now)) from None


def _book(actor: Actor, booking: UUID, contact: Contact, shown: UUID, key: str, now: datetime) -> Booking:
    with deciding(actor.municipality_id):
        held = access.fetch(actor, "booking.answer", booking)
        asked = {"use": "book", "booking": booking, "way": contact.way, "to": contact.to, "shown": shown}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
            return held
        lock_calendars([held.calendar_id])
        access.reread(held)
        text = StepShown.objects.filter(id=shown, booking=held).first()
        facts = {
            Guard.INFORMATION_SHOWN: text is not None and text.marked_at is not None,
            Guard.CONTACT_CHOSEN: contact.way == "none" or bool(contact.to),
            Guard.FORM_ALLOWED: held.form in held.meeting_type.forms,
            Guard.HOLD_ALIVE: True,
        }
        step = transitions.check(held.state, Event.CONFIRM, Role.RESIDENT, facts)
        if held.starts_at <= now:
            raise HoldExpired
        if not claims.keep(held):
            take_again(held, now, state="booked")
        _confirm(held, contact, actor)
        transitions.take(held, step, actor=actor, now=now)
        events.stamp(held)
        return held


def _confirm(held: Booking, contact: Contact, actor: Actor) -> None:
    held.contact_way, held.contact_to = contact.way, contact.to
    held.save(update_fields=["contact_way", "contact_to"])
    if held.calendar.person_id is not None:
        Party.objects.create(booking=held, person_id=held.calendar.person_id, role=PartyRole.OFFICER)
    if "attend" in dict(representing.opened_to(held.resident_id)).get(known(actor), ()):
        Party.objects.create(booking=held, person_id=known(actor), role=PartyRole.REPRESENTATIVE)


def _nearest(actor: Actor, booking: UUID, now: datetime) -> tuple[Slot, ...]:
    with scope.transaction(actor.municipality_id):
        held = access.fetch(actor, "booking.answer", booking)
        query = Query(held.meeting_type_id, held.form, officers=reach.officers(actor, held.resident_id))
        return search.nearest_free(query, held.from_tick, now=now)
