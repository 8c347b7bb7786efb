"""What becomes of somebody's bookings when they are sheltered: out of the feeds, and told to those who must know.

Called inside the transaction that sets the flag, with the person's row held. Nothing is brought back when a flag is
lifted: an entry comes back with the booking's next change, a message never.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from booking.calendars import events
from booking.models import Booking, Calendar, CalendarFeed, ContactWay
from booking.states import State
from booking.timeline import floor_tick
from identity import access_log, alerts
from identity.actors import Actor
from identity.models import Person

TO_COME = (State.CONFIRMED, State.READY, State.WAITING, State.IN_PROGRESS, State.INTERRUPTED)


def tell_managers(person: Person, actor: Actor, now: datetime) -> None:
    """The managers of the units that the person is to meet learn that a flag was set.

    A resident's own wish is told to them once, as such (`safe_contact_asked`).
    """
    if actor.person_id == person.id and not actor.is_staff:
        return
    for unit in sorted(set(_coming(person, now).values_list("calendar__unit", flat=True))):
        alerts.tell("flag_set", unit=unit, actor=actor.person_id, about=person.id)


def shelter(person: Person, actor: Actor, now: datetime) -> None:
    """Take the person's bookings out of the feeds and close these, forget how to tell, and warn the officers."""
    entries = Booking.objects.filter(resident=person).exclude(vevent=b"")
    calendars = _held_by_us(entries.values_list("calendar", flat=True))
    entries.update(vevent=b"")
    events.note_change([calendar.id for calendar in calendars], now)
    _close_feeds(calendars, actor, now)
    for booking in _coming(person, now).select_related("calendar"):
        _forget_contact(booking)
        if booking.calendar.person_id is not None:
            alerts.tell("booking_protected", recipient=booking.calendar.person_id, about=booking.id)


def _coming(person: Person, now: datetime) -> QuerySet[Booking]:
    rows: QuerySet[Booking] = Booking.objects.filter(
        resident=person, state__in=TO_COME, to_tick__gt=floor_tick(now)
    ).order_by("from_tick")
    return rows


def _held_by_us(calendars: Iterable[int]) -> list[Calendar]:
    """These calendars' rows, locked in one order: also who makes a feed takes them first."""
    return list(Calendar.objects.select_for_update(no_key=True).filter(id__in=set(calendars)).order_by("id"))


def _close_feeds(calendars: Iterable[Calendar], actor: Actor, now: datetime) -> None:
    """An address that has shown the entry shows nothing any more; its officer makes a new one."""
    for calendar in calendars:
        open_feeds = CalendarFeed.objects.filter(calendar=calendar, revoked_at=None)
        closed = list(open_feeds.values_list("id", flat=True))
        open_feeds.update(revoked_at=now)
        access_log.record(actor=actor, action="feed.revoke", kind="feed", objects=closed)
        if closed and calendar.person_id is not None:
            alerts.tell("feed_closed", recipient=calendar.person_id, about=calendar.uuid)


def _forget_contact(booking: Booking) -> None:
    """The way that was chosen before no longer stands: from now on the officer picks one for each booking."""
    booking.contact_way, booking.contact_to = ContactWay.NONE, ""
    booking.save(update_fields=["contact_way", "contact_to"])
