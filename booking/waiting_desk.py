"""The waiting list as pages read it. Called inside an open scope; reads are logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from booking import access, offers, wishes, wording
from booking.guidance import texts
from booking.models import Booking, StepShown, StepText, Wish, WishOffer, WishState
from booking.presenters.waiting import Question, Waited, question
from booking.timeline import instant
from identity import access_log, policies, representing
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Person

_KEPT_IN_SIGHT = timedelta(days=14)


def persons(actor: Actor) -> list[Person]:
    """Those for whom the actor may ask."""
    return [person for person in representing.represented_by(actor, "book") if not person.protected]


def own(actor: Actor, *, now: datetime) -> list[Waited]:
    """The places of the actor and of those they act for, oldest first; of what has passed the last two weeks'."""
    if actor.person_id is None:
        return []
    whose = {actor.person_id, *(person.id for person in persons(actor))}
    rows = Wish.objects.filter(resident__in=whose, state__in=(*wishes.OPEN, WishState.PAST)).order_by("made_at")
    since = wording.local_date(now) - _KEPT_IN_SIGHT
    mine = list(rows.select_related("meeting_type__service", "calendar", "resident", "booking"))
    seen = [row for row in mine if row.state != WishState.PAST or (row.latest is not None and row.latest >= since)]
    allowed = [row for row in seen if _may(actor, row)]
    access_log.record(actor=actor, action="wish.see", kind="wish", objects=[row.id for row in allowed])
    return [_waited(row, actor) for row in allowed]


def _may(actor: Actor, row: Wish) -> bool:
    return policies.may(actor, "wish.answer", wishes.facts_of(row, row.id, of_staff=False))


def one(actor: Actor, wish: UUID) -> Waited:
    """One place. Raises `NotAllowed` also for staff, who have their own pages."""
    found = wishes.fetch(actor, wish, (wishes.RESIDENTS,))
    access_log.record(actor=actor, action="wish.see", kind="wish", objects=[found.id])
    return _waited(found, actor)


def _waited(row: Wish, actor: Actor) -> Waited:
    offer = WishOffer.objects.filter(wish=row, outcome="").first()
    old = wishes.old_time(row)
    another = row.resident_id != actor.person_id
    return Waited(
        id=row.id,
        state=row.state,
        form=row.form,
        type_name="" if another else row.meeting_type.name,
        weekdays=tuple(row.weekdays),
        parts=tuple(row.parts),
        earliest=row.earliest,
        latest=row.latest,
        old=old.starts_at if old else None,
        median=wishes.median_wait(row.meeting_type_id),
        offer=offer.id if offer else None,
        until=offer.expires_at if offer else None,
        by_phone=bool(offer and offer.by_phone),
        another=another,
    )


@dataclass(frozen=True)
class Asked:
    """What a page to join with needs: the type, and the old time that would move, if any."""

    offer: offers.Offer
    old: Booking | None


def earlier(actor: Actor, booking: UUID, *, now: datetime) -> Asked:
    """The actor's booked time that an earlier one is wished for. Raises `NotAllowed` when it cannot be moved."""
    found = access.fetch(actor, "booking.answer", booking)
    if found.state not in wishes.UPCOMING or found.starts_at <= now:
        raise NotAllowed("booking.answer")
    return Asked(offers.offer(found.meeting_type.code), found)


@dataclass(frozen=True)
class Offered:
    """A page about one offer: the question, and the text that must be read before a new booking."""

    question: Question
    shown: StepShown | None
    text: StepText | None
    resident: Person
    phone: str


def offered(actor: Actor, offer: UUID, language: str, *, now: datetime, ringing: bool = False) -> Offered:
    """What is offered, and whether it still is. The text that is shown is written down.

    `ringing`: the page of an officer who rings; without it staff get `NotAllowed`.
    """
    found = wishes.fetch_offer(actor, offer, (wishes.STAFF if ringing else wishes.RESIDENTS,))
    held = found.booking
    if held is None:
        raise NotAllowed("wish.answer")
    access_log.record(actor=actor, action="wish.see", kind="wish", objects=[found.wish_id])
    outcome = found.outcome or ("lapsed" if found.expires_at <= now else "")
    old = wishes.old_time(found.wish)
    asks = question(
        outcome,
        start=instant(held.from_tick),
        end=instant(held.to_tick),
        form=held.form,
        until=found.expires_at,
        old=wording.day_and_time(old.starts_at) if old else "",
    )
    shown = text = None
    if not (outcome or old or ringing):
        key = held.meeting_type.legal_profile.information_key
        text = texts.text_for(key, language, meeting_type=held.meeting_type)
        shown = texts.record_shown(booking=held, text=text, role="resident")
    number = found.wish.contact_to if found.wish.contact_way == "phone" else found.wish.resident.phone
    return Offered(asks, shown, text, found.wish.resident, str(number or "") if ringing else "")


def wish_of(offer: UUID) -> UUID | None:
    """The wish behind an offer, for who has been allowed the offer."""
    found: UUID | None = WishOffer.objects.filter(id=offer).values_list("wish", flat=True).first()
    return found
