"""News from below. A confirmed booking gets its meeting, in the same transaction; a moved or cancelled one is told.

When somebody's rights change, the sockets are asked about as soon as that is committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver

from booking.models import Booking, Party
from booking.signals import booking_came, booking_cancelled, booking_confirmed, booking_missed, booking_moved
from identity import scope
from identity.models import Person
from identity.signals import protection_changed, rights_changed
from meetings import doorbell
from meetings.models import Meeting, Participant
from meetings.protocol import IcePolicy
from meetings.services import progress
from meetings.services.entrance import come_again
from meetings.services.opened import Opened, opened


@receiver(booking_confirmed, dispatch_uid="meetings.confirmed")
def create_meeting(booking: Booking, **_: Any) -> None:
    """One meeting for every form, under the booking's own id, and one participant for each party."""
    parties = list(booking.parties.select_related("person"))
    meeting = Meeting(id=booking.id, booking=booking, ice_policy=_policy_of(parties))
    Meeting.objects.bulk_create([meeting], ignore_conflicts=True)
    _list(meeting, parties)


@receiver(booking_moved, dispatch_uid="meetings.moved")
def follow_move(booking: Booking, **_: Any) -> None:
    """Another time, perhaps another officer: the parties are looked through, tickets of the old time are void."""
    meeting = Meeting.objects.filter(booking=booking).first()
    if meeting is None:
        return
    _follow_parties(meeting, booking)
    meeting.participants.update(ticket_hash=None, ticket_expires_at=None)
    held = opened(meeting.id)
    held.changed = True
    _save(held)


@receiver(booking_cancelled, dispatch_uid="meetings.cancelled")
@receiver(booking_missed, dispatch_uid="meetings.missed")
def close_meeting(booking: Booking, **_: Any) -> None:
    """Nobody enters a cancelled or missed meeting, and who waits in its lobby is told that it is over."""
    meeting = Meeting.objects.filter(booking=booking).first()
    if meeting is not None and meeting.ended_at is None:
        held = opened(meeting.id)
        progress.close(held)
        _save(held)


@receiver(booking_came, dispatch_uid="meetings.came")
def open_again(booking: Booking, **_: Any) -> None:
    """It was said by mistake that nobody came: the meeting can be entered again, by new tickets."""
    meeting = Meeting.objects.filter(booking=booking).first()
    if meeting is not None and meeting.ended_at is not None:
        held = opened(meeting.id)
        held.meeting.ended_at, held.changed = None, True
        _save(held)


@receiver(rights_changed, dispatch_uid="meetings.rights")
def look_again(municipality: int, **_: Any) -> None:
    """Sockets follow rights within a moment, and not only at the next turn of the clock."""
    transaction.on_commit(lambda: doorbell.ask_rights(municipality))


@receiver(protection_changed, dispatch_uid="meetings.protection")
def hide_addresses(person: Person, before: bool, **_: Any) -> None:
    """Whoever is sheltered now meets through our own relay only, in every meeting that is not over.

    In one under way the guests come in again: their connections, and the host's to them, are built anew by the relay.
    """
    if not person.protected or before:
        return
    theirs = Meeting.objects.filter(booking__parties__person=person, ended_at=None).order_by("id")
    for meeting in theirs.values_list("id", flat=True):
        held = opened(meeting)
        come_again(held)
        _save(held)
    municipality = scope.current()
    transaction.on_commit(lambda: doorbell.ask_rights(municipality))


def _list(meeting: Meeting, parties: Sequence[Party]) -> None:
    Participant.objects.bulk_create(
        [Participant(meeting=meeting, party=party) for party in parties], ignore_conflicts=True
    )


def _policy_of(parties: Sequence[Party]) -> str:
    """Whoever is sheltered meets through our own relay only."""
    return IcePolicy.RELAY if any(party.person.protected for party in parties) else str(settings.ICE_POLICY)


def _follow_parties(meeting: Meeting, booking: Booking) -> None:
    parties = list(booking.parties.select_related("person"))
    _list(meeting, parties)
    policy = _policy_of(parties)
    if meeting.ice_policy != policy:
        meeting.ice_policy = policy
        meeting.save(update_fields=["ice_policy"])


def _save(held: Opened) -> None:
    held.save()
    municipality, meeting, version = scope.current(), held.meeting.id, held.meeting.version
    transaction.on_commit(lambda: doorbell.ring(municipality, meeting, version))
