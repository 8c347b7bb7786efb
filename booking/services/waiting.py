"""The waiting list: take a place in it, leave it, wait again after a rest. What is offered is in `offering`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils import timezone

from booking import idempotency, wishes, wording
from booking.deciding import deciding, lock_person, tried_twice
from booking.errors import LimitReached, NotOffered, TooLate, WrongState
from booking.models import Booking, Calendar, MeetingType, Wish, WishOffer, WishState
from booking.services.answering import accept_offer, decline_offer
from booking.services.asked import Contact
from booking.services.offering import end_offer, lapse_offers, offer_freed
from booking.services.standing import known
from booking.wishing import PARTS
from identity import access_log, policies
from identity.actors import Actor
from identity.errors import NotAllowed, SignInRefused
from identity.models import Person

__all__ = [
    "WantedWish",
    "accept_offer",
    "decline_offer",
    "join_waiting_list",
    "lapse_offers",
    "leave_waiting_list",
    "offer_freed",
    "wait_again",
]

MOST_WISHES = 3
NOTICES = (120, 1440, 2880, 10_080)  # minutes: two hours, a day, two days, a week


@dataclass(frozen=True)
class WantedWish:
    """What somebody waits for. `weekdays` ISO, `parts` of `wishing.PARTS`, none: any; minutes of notice before a start.

    `booking`: the old time, which moves when a new one is accepted; then only earlier ones are offered, in its form.
    `calendar`: only this officer's. `resident`: whom it is for, when somebody asks for another.
    """

    meeting_type: UUID
    form: str
    contact: Contact
    weekdays: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    notice_minutes: int = 1440
    calendar: UUID | None = None
    booking: UUID | None = None
    resident: UUID | None = None


@tried_twice
def join_waiting_list(*, actor: Actor, wanted: WantedWish, key: str, now: datetime | None = None) -> Wish:
    """Take a place. `key`: the same key, the same place.

    Raises `NotOffered` for a type or form that is not offered, `TooLate` for a last day or an old time that has been,
    `LimitReached` (`wish_limit`) from the fourth place on, `KeyReused`, `NotAllowed`, `SignInRefused` for a level.
    """
    moment, made = now or timezone.now(), uuid4()
    with deciding(actor.municipality_id):
        kind = _offered(wanted)
        resident = _may_join(actor, wanted, kind)
        asked = {"use": "join_waiting_list", **asdict(wanted)}
        before = idempotency.replayed(actor=actor, key=key, asked=asked, result=made)
        if before:
            return wishes.fetch(actor, before)
        lock_person(resident)
        old = _old(wanted, resident, moment)
        _check_days(wanted, moment)
        if Wish.objects.filter(resident=resident, state__in=wishes.OPEN).count() >= MOST_WISHES:
            raise LimitReached(limit="wish")
        wish = _write(wanted, kind, old, made, moment, resident, actor)
        access_log.record(actor=actor, action="wish.join", kind="wish", objects=[made], unit=kind.service.unit_id)
        return wish


def _offered(wanted: WantedWish) -> MeetingType:
    rows = MeetingType.objects.select_related("service").filter(id=wanted.meeting_type, internal=False)
    kind: MeetingType | None = rows.filter(published=True, service__published=True).first()
    sound = set(wanted.weekdays) <= set(range(1, 8)) and set(wanted.parts) <= set(PARTS)
    if kind is None or wanted.form not in kind.forms or not sound or not 0 <= wanted.notice_minutes <= 86_400:
        raise NotOffered
    return kind


def _may_join(actor: Actor, wanted: WantedWish, kind: MeetingType) -> UUID:
    """Whom it is for. Raises `NotAllowed`, or `SignInRefused` when only the level is too low."""
    if wanted.resident in (None, actor.person_id):
        facts = wishes.facts_to_join(kind, None)
        if not policies.may(actor, "wish.join", facts) and actor.signed_in and actor.only_booking is None:
            raise SignInRefused("level")
        policies.require(actor, "wish.join", facts)
        return known(actor)
    other: Person | None = Person.objects.filter(id=wanted.resident).first()
    if other is None:
        raise NotAllowed("wish.join_for")
    policies.require(actor, "wish.join_for", wishes.facts_to_join(kind, other))
    return other.id


def _old(wanted: WantedWish, resident: UUID, now: datetime) -> Booking | None:
    """The person's old time of the same type and form. One with an interpreter or a room is moved by telephone."""
    if wanted.booking is None:
        return None
    rows = Booking.objects.filter(id=wanted.booking, resident=resident, state__in=wishes.UPCOMING)
    old: Booking | None = rows.filter(meeting_type=wanted.meeting_type, form=wanted.form).first()
    if old is None or old.occupancies.filter(live=True).count() > 1:
        raise NotOffered
    if old.starts_at <= now:
        raise TooLate
    return old


def _check_days(wanted: WantedWish, now: datetime) -> None:
    """The database holds the order of the days; here they must not have been."""
    if wanted.earliest and wanted.latest and wanted.latest < wanted.earliest:
        raise NotOffered
    if wanted.latest and wanted.latest < wording.local_date(now):
        raise TooLate


def _write(
    wanted: WantedWish,
    kind: MeetingType,
    old: Booking | None,
    made: UUID,
    now: datetime,
    resident: UUID,
    actor: Actor,
) -> Wish:
    only = Calendar.objects.filter(uuid=wanted.calendar, offers__meeting_type=kind).first() if wanted.calendar else None
    if wanted.calendar and only is None:
        raise NotOffered
    return Wish.objects.create(
        id=made,
        resident_id=resident,
        meeting_type=kind,
        form=wanted.form,
        calendar=only,
        booking=old,
        weekdays=sorted(set(wanted.weekdays)),
        parts=sorted(set(wanted.parts)),
        earliest=wanted.earliest,
        latest=wanted.latest,
        notice_minutes=wanted.notice_minutes,
        contact_way=wanted.contact.way,
        contact_to=wanted.contact.to,
        language=actor.language,
        made_at=now,
    )


@tried_twice
def leave_waiting_list(*, actor: Actor, wish: UUID) -> Wish:
    """Give up a place; what is offered just now falls free. Leaving twice answers the same."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        found = wishes.fetch(actor, wish)
        lock_person(found.resident_id)
        for offer in WishOffer.objects.filter(wish=found, outcome="").select_related("booking"):
            end_offer(offer, "declined", actor=actor, now=now)
        found.refresh_from_db(fields=["state"])
        if found.state in wishes.OPEN:
            _set(found, WishState.WITHDRAWN, actor, "wish.leave")
        return found


@tried_twice
def wait_again(*, actor: Actor, wish: UUID) -> Wish:
    """Wake a wish that rests; its age is kept. Raises `WrongState` for one that is over."""
    with deciding(actor.municipality_id):
        found = wishes.fetch(actor, wish)
        lock_person(found.resident_id)
        found.refresh_from_db(fields=["state"])
        if found.state not in wishes.OPEN:
            raise WrongState
        if found.state == WishState.RESTING:
            Wish.objects.filter(id=found.id).update(unanswered=0)
            _set(found, WishState.WAITING, actor, "wish.join")
        return found


def _set(wish: Wish, state: str, actor: Actor, action: str) -> None:
    wish.state = state
    wish.save(update_fields=["state"])
    access_log.record(
        actor=actor, action=action, kind="wish", objects=[wish.id], unit=wish.meeting_type.service.unit_id
    )
