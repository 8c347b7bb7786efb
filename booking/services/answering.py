"""An offered time is taken or not: by the resident, who represents them, or the officer who rang."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from booking import idempotency, transitions, wishes
from booking.calendars import events
from booking.deciding import deciding, lock_calendars, lock_person, tried_twice
from booking.errors import HoldExpired, Stale
from booking.models import AskedHow, Booking, ContactWay, Party, PartyRole, StepShown, WishOffer, WishState
from booking.services import claims
from booking.services.offering import close, end_offer
from booking.services.standing import known
from booking.signals import PreviousTime
from booking.states import Event, Guard, Role, State
from identity import representing
from identity.actors import Actor


@tried_twice
def accept_offer(*, actor: Actor, offer: UUID, key: str, shown: UUID | None = None) -> Booking:
    """Take the offered time: it is booked, or the old time moves there. Taking it twice answers the same.

    `shown`: the StepShown row of the text that stood on the page; who rings reads it aloud later. Raises `HoldExpired`
    for an offer that has ended, `WrongState` when the text was not shown, `TooLate`, `KeyReused`, `NotAllowed`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        found = wishes.fetch_offer(actor, offer)
        asked = {"use": "accept_offer", "offer": offer}
        if idempotency.replayed(actor=actor, key=key, asked=asked, result=offer):
            return _outcome(found)
        lock_person(found.wish.resident_id)
        held, old = _locked(found)
        if found.outcome == "accepted":
            return _outcome(found)
        if found.outcome or held is None:
            raise HoldExpired
        old = _reread(held, old)
        booked = _moved(found, held, old, actor, now) if old else _booked(found, held, actor, now, shown)
        close(found, "accepted", actor=actor, now=now)
        found.wish.state, found.wish.unanswered = WishState.MET, 0
        found.wish.save(update_fields=["state", "unanswered"])
        return booked


def _locked(found: WishOffer) -> tuple[Booking | None, Booking | None]:
    """The hold and the old time; the offer is read again under the locks of both calendars."""
    held, old = found.booking, wishes.old_time(found.wish)
    lock_calendars([booking.calendar_id for booking in (held, old) if booking is not None])
    rows = WishOffer.objects.select_for_update(no_key=True)
    found.refresh_from_db(fields=["outcome"], from_queryset=rows)
    return held, old


def _reread(held: Booking, old: Booking | None) -> Booking | None:
    """Read both again; the old time, while it is to come. Raises `Stale` when one has changed its calendar."""
    for booking in (held, old):
        if booking is not None:
            calendar = booking.calendar_id
            booking.refresh_from_db(from_queryset=Booking.objects.select_for_update(no_key=True))
            if booking.calendar_id != calendar:
                raise Stale
    if held.state != State.HELD:
        raise HoldExpired
    return old if old is not None and old.state in wishes.UPCOMING else None


def _outcome(found: WishOffer) -> Booking:
    """What an accepted offer became: the moved old time, or the hold. Raises `HoldExpired` when it became nothing."""
    rows = Booking.objects.exclude(state=State.HELD)
    ids = [found.wish.booking_id, found.booking_id] if found.outcome == "accepted" else []
    booked: Booking | None = next((row for one in ids if (row := rows.filter(id=one).first())), None)
    if booked is None:
        raise HoldExpired
    return booked


def _booked(found: WishOffer, held: Booking, actor: Actor, now: datetime, shown: UUID | None) -> Booking:
    rang = wishes.by_staff(actor, found.wish)
    facts = {
        Guard.INFORMATION_SHOWN: rang or _has_read(held, shown, now),
        Guard.CONTACT_CHOSEN: True,
        Guard.FORM_ALLOWED: held.form in held.meeting_type.forms,
        Guard.PARTIES_WITHIN_LIMIT: True,
        Guard.HOLD_ALIVE: claims.keep(held) and held.starts_at > now,
    }
    step = transitions.check(held.state, Event.CONFIRM, Role.OFFICER if rang else Role.RESIDENT, facts)
    if found.wish.contact_way == ContactWay.EMAIL:  # else the receipt is all: who was rung has been told
        held.contact_way, held.contact_to = ContactWay.EMAIL, found.wish.contact_to
    if rang:
        held.booked_by_id, held.asked_how = known(actor), AskedHow.PHONE
    held.save(update_fields=["contact_way", "contact_to", "booked_by", "asked_how"])
    _add_parties(held, actor)
    transitions.take(held, step, actor=actor, now=now)
    events.stamp(held)
    return held


def _has_read(held: Booking, shown: UUID | None, now: datetime) -> bool:
    """The button under the text is the tick. False when this text was not shown for this hold."""
    return shown is not None and StepShown.objects.filter(id=shown, booking=held).update(marked_at=now) > 0


def _add_parties(held: Booking, actor: Actor) -> None:
    if held.calendar.person_id is not None:
        Party.objects.create(booking=held, person_id=held.calendar.person_id, role=PartyRole.OFFICER)
    if "attend" in dict(representing.opened_to(held.resident_id)).get(known(actor), ()):
        Party.objects.create(booking=held, person_id=known(actor), role=PartyRole.REPRESENTATIVE)


def _moved(found: WishOffer, held: Booking, old: Booking, actor: Actor, now: datetime) -> Booking:
    """The old booking takes the hold's claim and lets its own go, in this transaction: never two, never none."""
    rang = wishes.by_staff(actor, found.wish)
    taken = claims.take_over(old, held)
    facts = {
        Guard.SLOT_FREE: True,
        Guard.FORM_ALLOWED: old.form in old.meeting_type.forms,
        # The offer was made before the limit and ends before it: whoever has it may take it.
        Guard.WITHIN_MOVE_LIMIT: True,
        Guard.RESIDENT_AGREED: True,
    }
    if not taken or old.starts_at <= now:
        raise HoldExpired
    step = transitions.check(old.state, Event.MOVE, Role.OFFICER if rang else Role.RESIDENT, facts)
    previous = PreviousTime(old.from_tick, old.to_tick, old.calendar_id)
    _change_officer(old, held)
    old.calendar, old.from_tick, old.to_tick = held.calendar, held.from_tick, held.to_tick
    old.local_start, old.sequence = held.local_start, old.sequence + 1
    old.save(update_fields=["calendar", "from_tick", "to_tick", "local_start", "sequence"])
    transitions.take(old, step, actor=actor, now=now, previous=previous)
    events.stamp(old, left=previous.calendar_id)
    return old


def _change_officer(old: Booking, held: Booking) -> None:
    """Who met the person before is no party any more; who meets them now is."""
    before, after = old.calendar.person_id, held.calendar.person_id
    if before != after:
        Party.objects.filter(booking=old, role=PartyRole.OFFICER, person=before).delete()
        if after is not None:
            Party.objects.get_or_create(booking=old, person_id=after, role=PartyRole.OFFICER)


@tried_twice
def decline_offer(*, actor: Actor, offer: UUID) -> WishOffer:
    """Not this one: the time goes to the next in line, and the place is kept. Raises `HoldExpired` once it has ended.

    Declining twice answers the same.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        found = wishes.fetch_offer(actor, offer)
        lock_person(found.wish.resident_id)
        if not end_offer(found, "declined", actor=actor, now=now):
            found.refresh_from_db(fields=["outcome"])
            if found.outcome != "declined":
                raise HoldExpired
        return found
