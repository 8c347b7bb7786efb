"""A meeting opened for change: its rows under the booking's lock, and how they are written back.

The booking's row is the one lock of a meeting. It is taken first and alone, and the rest is read after it: rows joined
into the locking statement would show what stood before the wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from booking.deciding import set_limits
from booking.models import Booking
from identity import openings, protection, representing, scope
from identity.errors import NotAllowed
from identity.models import Person
from identity.models.people import protected
from identity.policies import Facts
from meetings import state
from meetings.lobby import State
from meetings.models import Meeting, Participant
from meetings.protocol import MAX_PARTICIPANTS, Role

_INSIDE = (State.ADMITTED, State.ASIDE)
_MEETING_FIELDS = (
    "version",
    "epoch",
    "last_join",
    "locked",
    "paused_why",
    "paused_by",
    "host",
    "interruptions",
    "interrupted_at",
    "started_at",
    "ended_at",
    "ice_policy",
)
_FIXED = {"id", "municipality", "meeting", "party"}
_PARTICIPANT_FIELDS = tuple(f.name for f in Participant._meta.local_fields if f.name not in _FIXED)


@contextmanager
def changing(municipality: int) -> Iterator[None]:
    """The transaction of one use case, with the same time limits as a booking's: DatabaseError beyond them.

    A meeting has few threads. One that waited for a lock without end would in time hold them all.
    """
    with scope.transaction(municipality, durable=True):
        set_limits()
        yield


@dataclass
class Opened:
    """The rows of one meeting. Change them, name changed participants with `touch`, then `save`."""

    booking: Booking
    meeting: Meeting
    people: dict[UUID, Participant]
    now: datetime
    touched: set[UUID] = field(default_factory=set)
    changed: bool = False
    _roster_before: frozenset[tuple[object, ...]] = frozenset()

    def __post_init__(self) -> None:
        """Remember who was in: the epoch rises with the roster."""
        self._roster_before = self._roster()

    def touch(self, participant: Participant) -> Participant:
        """Write this participant back at `save`."""
        self.touched.add(participant.id)
        self.changed = True
        return participant

    def inside(self) -> Iterator[Participant]:
        """Everybody admitted, aside or not, lost for a moment or not."""
        return (one for one in self.people.values() if one.state in _INSIDE)

    def is_own_officer(self, participant: Participant) -> bool:
        """The officer whose calendar was booked: the only one who enters without being let in."""
        party = participant.party
        return bool(party.role == Role.OFFICER and party.person_id == self.booking.calendar.person_id)

    def host(self) -> Participant | None:
        """The participant who holds the host right."""
        return self.people.get(self.meeting.host) if self.meeting.host else None

    def full(self) -> bool:
        """No place left inside."""
        return sum(1 for _ in self.inside()) >= MAX_PARTICIPANTS

    def facts(self) -> Facts:
        """What the access rules look at."""
        return facts_of(self.booking, [(one.party.person_id, one.party.role) for one in self.people.values()])

    def save(self) -> state.Snapshot:
        """Write what changed, one version higher, and return the meeting as it now stands."""
        if self.changed:
            if self._roster() != self._roster_before:
                self.meeting.epoch += 1
            self.meeting.version += 1
            self.meeting.save(update_fields=_MEETING_FIELDS)
            for one in self.touched:
                self.people[one].save(update_fields=_PARTICIPANT_FIELDS)
        return state.of(self.booking, self.meeting, self.people.values())

    def _roster(self) -> frozenset[tuple[object, ...]]:
        return frozenset((one.id, one.gen, one.ident, one.id == self.meeting.host) for one in self.inside())


def facts_of(booking: Booking, parties: list[tuple[UUID, str]]) -> Facts:
    """What the access rules look at, of a booking with its calendar and type. Needs an open scope.

    The resident's flags and who has opened the booking are read now: they may change while a lock is waited for.
    """
    resident = booking.resident_id or booking.id
    opened_by, broken_by = openings.standing_open(booking.id, timezone.now())
    return Facts(
        municipality_id=scope.current(),
        unit=booking.calendar.unit_id,
        officer=booking.calendar.person_id,
        resident=booking.resident_id,
        parties=tuple(parties),
        object=booking.id,
        level_needed=booking.meeting_type.level,
        vouched_enough=booking.meeting_type.vouched_enough,
        represented_by=representing.opened_to(resident),
        protected=Person.objects.filter(protected(), id=resident).exists(),
        named=protection.readers_of(resident),
        opened_by=opened_by,
        broken_by=broken_by,
    )


def ask_for_none(sought: UUID) -> None:
    """The statements of `facts_of` for nobody's: a meeting that is none costs what a stranger's does."""
    openings.standing_open(sought, timezone.now())
    representing.opened_to(sought)
    Person.objects.filter(protected(), id=sought).exists()
    protection.readers_of(sought)


def opened(meeting: UUID, *, skip_locked: bool = False) -> Opened:
    """Lock the meeting and read it, in an open scope. NotAllowed when it is not there (or, skipping, is locked)."""
    return _read(meeting, Booking.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def seen(meeting: UUID) -> Opened:
    """Read the meeting without a lock, to show it; never to change it. NotAllowed when it is not there."""
    return _read(meeting, Booking.objects.all())


def _read(meeting: UUID, bookings: QuerySet[Booking]) -> Opened:
    booking = bookings.select_related("calendar", "municipality", "meeting_type").filter(meeting=meeting).first()
    row = Meeting.objects.filter(id=meeting).first()
    people = {one.id: one for one in Participant.objects.filter(meeting=meeting).select_related("party__person")}
    if booking is None or row is None:
        ask_for_none(meeting)
        raise NotAllowed("meeting")
    return Opened(booking=booking, meeting=row, people=people, now=timezone.now())
