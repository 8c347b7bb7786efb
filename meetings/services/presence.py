"""Sockets that come and go: lost ones, silent ones, revoked ones. Deadlines are columns, never timers.

A process says every few seconds which sockets it holds (`seen_at`); what a killed process held is thereby noticed.
`sweep` runs every 2 s in each web process; locked meetings are skipped, somebody else has them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from booking import states
from booking.deciding import set_limits
from booking.timeline import ceil_tick, floor_tick
from identity import representing, scope
from identity.actors import in_force
from identity.errors import NotAllowed
from identity.models import Membership, Session
from identity.models.people import protected
from meetings.lobby import By, Happening, State
from meetings.models import Meeting, Participant
from meetings.protocol import RESUME_SECONDS, Role
from meetings.services import progress
from meetings.services.acting import Caller, step
from meetings.services.door import without_host
from meetings.services.opened import Opened, changing, opened
from meetings.services.places import place
from meetings.state import Snapshot, load

log = logging.getLogger("motas.meetings")
UNSEEN: Final = timedelta(seconds=35)
_GRACE: Final = timedelta(seconds=RESUME_SECONDS)
_SESSION_USED: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a look at many connections of one municipality gave. `missed`: here, but their rows say lost."""

    out: frozenset[Caller]
    missed: frozenset[Caller]
    versions: Mapping[UUID, int]


def look_up(*, municipality: int, meeting: UUID) -> Snapshot:
    """The meeting as it stands, read for sockets whose rights are looked at elsewhere. ObjectDoesNotExist."""
    with scope.transaction(municipality):
        set_limits()
        return load(meeting)


def lost(*, by: Caller, token: bytes) -> Snapshot | None:
    """The socket with this token hash is gone; the others see "reconnecting". None when a newer socket is there.

    A resume keeps the generation but brings a new token: by the token alone an old socket is told from a living one.
    """
    with changing(by.municipality):
        held, me = _current(by)
        if me is None or bytes(me.resume_hash or b"") != token or me.lost_at is not None:
            return None
        held.touch(me).lost_at = held.now
        return held.save()


def found(*, by: Caller, token: bytes) -> Snapshot | None:
    """The socket with this token hash is here, although it was missed while its process could not say so."""
    with changing(by.municipality):
        held, me = _current(by)
        if me is None or bytes(me.resume_hash or b"") != token or me.lost_at is None:
            return None
        me.lost_at, me.seen_at = None, held.now
        held.touch(me)
        progress.settle(held)
        return held.save()


def signed_out(*, by: Caller) -> Snapshot | None:
    """The session or the right behind this connection is gone: the participant has left."""
    with changing(by.municipality):
        held, me = _current(by)
        if me is None:
            return None
        place(held, me, step(held, me, Happening.LEAVE, By.SELF))
        me.admitted_session = None
        without_host(held, me)
        progress.settle(held)
        return held.save()


def _current(by: Caller) -> tuple[Opened, Participant | None]:
    """The meeting, locked, and the caller in it; None when the row is gone, newer, or neither inside nor waiting."""
    held = opened(by.meeting)
    me = held.people.get(by.participant)
    stands = me is not None and me.gen == by.gen and me.state in Participant.LIVE
    return held, me if stands else None


def check(*, municipality: int, tokens: Mapping[Caller, bytes]) -> Standing:
    """Which connections have lost session, role or party, and every meeting's version. Notes that the rest are here.

    `tokens`: every connection that has said hello, with the hash of its resume token.
    """
    with changing(municipality):
        now = timezone.now()
        living = _living_sessions({one.session_key for one in tokens}, now)
        people = _people({one.participant for one in tokens})
        out = frozenset(one for one in tokens if not _stands(one, people.get(one.participant), living))
        here = Participant.objects.filter(
            id__in=[one.participant for one in tokens if one not in out], state__in=Participant.LIVE
        )
        here.update(seen_at=now)
        lost_rows = set(here.filter(lost_at__isnull=False).values_list("id", flat=True))
        missed = frozenset(one for one in tokens if one not in out and one.participant in lost_rows)
        meetings = Meeting.objects.filter(id__in={one.meeting for one in tokens})
        return Standing(out, missed, dict(meetings.values_list("id", "version")))


def sweep(*, municipality: int) -> list[Snapshot]:
    """Take every deadline that has passed: lost sockets, killed processes, interruptions, lobbies nobody closed."""
    with scope.transaction(municipality):
        set_limits()
        due = list(_due(timezone.now()))
    return [swept for one in due if (swept := _swept_alone(municipality, one)) is not None]


def _swept_alone(municipality: int, meeting: UUID) -> Snapshot | None:
    """One meeting that cannot be swept keeps no other from it."""
    try:
        return _swept(municipality, meeting)
    except Exception as error:  # noqa: BLE001 - logged by its kind, because a text may hold ids; the next sweep tries
        log.error("meeting not swept: %s", type(error).__name__)
        return None


def _swept(municipality: int, meeting: UUID) -> Snapshot | None:
    with changing(municipality):
        try:
            held = opened(meeting, skip_locked=True)
        except NotAllowed:
            return None
        for one in held.people.values():
            if one.state in Participant.LIVE and one.lost_at is not None and held.now - one.lost_at >= _GRACE:
                place(held, one, step(held, one, Happening.EXPIRE, By.SERVER))
                without_host(held, one)
            elif one.state in Participant.LIVE and one.lost_at is None and _unseen(one, held.now):
                held.touch(one).lost_at = held.now
        progress.settle(held)
        return held.save() if held.changed else None


def _unseen(one: Participant, now: datetime) -> bool:
    return one.seen_at is None or now - one.seen_at >= UNSEEN


def _due(now: datetime) -> Iterable[UUID]:
    """Ids of meetings where something may have to be done; the rows themselves decide under the lock."""
    mine = Participant.objects.filter(meeting=OuterRef("id"))
    live = mine.filter(state__in=Participant.LIVE)
    missed = live.filter(Q(lost_at__lte=now - _GRACE) | Q(lost_at=None, seen_at__lte=now - UNSEEN))
    needed = mine.filter(Q(party__role=Role.RESIDENT) | Q(id=OuterRef("host")), admitted_at__isnull=False)
    gone = needed.filter(Q(lost_at__lte=now - progress.LOST_FOR) | ~Q(state__in=(State.ADMITTED, State.ASIDE)))
    guests = live.exclude(id=OuterRef("host"))
    nobody_in = ~Exists(mine.filter(state__in=(State.ADMITTED, State.ASIDE)))
    booking = {name: Q(booking__state=name) for name in progress.UNDER_WAY}
    due: Iterable[UUID] = Meeting.objects.filter(
        Exists(missed)
        | (booking[states.State.IN_PROGRESS] & Exists(gone))
        | (booking[states.State.INTERRUPTED] & Q(interrupted_at__lte=now - progress.KEPT_FOR))
        | (booking[states.State.WAITING] & Q(booking__from_tick__gt=ceil_tick(now)) & ~Exists(guests))
        | (booking[states.State.WAITING] & Q(booking__to_tick__lte=floor_tick(now - progress.KEPT_OPEN)) & nobody_in),
        ended_at=None,
    ).values_list("id", flat=True)
    return due


def _living_sessions(keys: set[str], now: datetime) -> Mapping[str, UUID | None]:
    """Sessions that have not ended, with their person. An open socket counts as use (noted once a minute)."""
    living = Session.objects.filter(session_key__in=keys, municipality=scope.current(), expire_date__gt=now)
    people = dict(living.values_list("session_key", "person_uuid"))
    Session.objects.filter(session_key__in=people, last_seen__lt=now - _SESSION_USED).update(last_seen=now)
    return people


def _people(ids: set[UUID]) -> Mapping[UUID, tuple[UUID, bool]]:
    """Participants that still are parties: person, and whether their role in the unit, or their mandate, stands."""
    officer = Membership.objects.filter(
        in_force(), person=OuterRef("party__person"), unit=OuterRef("meeting__booking__calendar__unit"), role="officer"
    )
    mandate = representing.opening(
        "attend", principal=OuterRef("meeting__booking__resident"), representative=OuterRef("party__person")
    ).exclude(protected("principal"))
    stands = Case(
        When(party__role=Role.OFFICER, then=Exists(officer)),
        When(party__role=Role.REPRESENTATIVE, then=Exists(mandate)),
        default=Value(True),
    )
    rows = Participant.objects.filter(id__in=ids).annotate(stands=stands)
    found = rows.values_list("id", "party__person_id", "stands")
    return {one: (person, bool(stands)) for one, person, stands in found}


def _stands(caller: Caller, participant: tuple[UUID, bool] | None, living: Mapping[str, UUID | None]) -> bool:
    return participant is not None and participant[1] and living.get(caller.session_key) == participant[0]
