"""Use cases of the outgoing feed: make its secret address, change it, close it. Each its own transaction."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from booking.calendars import addresses, events, feed
from booking.calendars.events import Grade
from booking.errors import NotOffered
from booking.models import Calendar, CalendarFeed
from identity import access_log, policies, scope, secrets_of
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Municipality


def make_feed(*, actor: Actor, calendar: UUID, grade: Grade = Grade.NEUTRAL) -> str:
    """Make a feed of an own calendar and return its secret address, which is shown once and stored only as a hash.

    Raises `NotAllowed` for another's calendar, `NotOffered` for a grade that the municipality does not allow.
    """
    with scope.transaction(actor.municipality_id, durable=True):
        return _make(actor, _own(actor, calendar), grade)


def rotate_feed(*, actor: Actor, calendar: UUID, grade: Grade | None = None) -> str:
    """Close every feed of the calendar and make one with a new secret address, which is returned.

    Without a grade the new one says as much as the last. Raises as `make_feed`.
    """
    with scope.transaction(actor.municipality_id, durable=True):
        own = _own(actor, calendar)
        last = own.feeds.order_by("-made_at").first()
        _revoke(actor, own)
        return _make(actor, own, grade or (Grade(last.grade) if last else Grade.NEUTRAL))


def revoke_feed(*, actor: Actor, calendar: UUID) -> None:
    """Close every feed of the calendar. Doing it again changes nothing. Raises `NotAllowed`."""
    with scope.transaction(actor.municipality_id, durable=True):
        _revoke(actor, _own(actor, calendar))


def _own(actor: Actor, calendar: UUID) -> Calendar:
    """The calendar, locked, if the actor may edit it."""
    found: Calendar | None = Calendar.objects.select_for_update().filter(uuid=calendar).first()
    if found is None:
        raise NotAllowed("calendar.edit")
    facts = policies.Facts(actor.municipality_id, unit=found.unit_id, officer=found.person_id)
    policies.require(actor, "calendar.edit", facts)
    return found


def _make(actor: Actor, own: Calendar, grade: Grade) -> str:
    municipality = Municipality.objects.get(id=actor.municipality_id)
    if grade not in feed.allowed_grades(municipality):
        raise NotOffered("the municipality does not allow this grade")
    (text, secret_hash), now = secrets_of.make(municipality), timezone.now()
    made = CalendarFeed.objects.create(calendar=own, secret_hash=secret_hash, grade=grade, made_at=now)
    events.note_change([own.id], now)  # it may say more or less than the last one under the same name
    access_log.record(actor=actor, action="feed.make", kind="feed", objects=[made.id])
    return addresses.feed(municipality, text)


def _revoke(actor: Actor, own: Calendar) -> None:
    open_feeds = own.feeds.filter(revoked_at=None)
    closed = list(open_feeds.values_list("id", flat=True))
    open_feeds.update(revoked_at=timezone.now())
    access_log.record(actor=actor, action="feed.revoke", kind="feed", objects=closed)
