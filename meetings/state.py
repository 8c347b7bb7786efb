"""A meeting at one version, as plain data, and what each participant may see of it.

A snapshot costs two queries, is shared by every recipient in the process, and holds no ORM object: it may leave its
transaction and thread. The lobby's view is built from a closed list of fields: never a name, a number or an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from booking.models import Booking
from identity import scope
from meetings import lobby
from meetings.lobby import phase_of
from meetings.models import Meeting, Participant
from meetings.protocol import (
    MAX_SENDING_VIDEO,
    Devices,
    EquipmentResult,
    IcePolicy,
    Ident,
    Link,
    Lobby,
    MeetingFacts,
    MeetingState,
    Member,
    Paused,
    PauseReason,
    Phase,
    Phrase,
    Readiness,
    Role,
    Standing,
    State,
    Topology,
    Waiting,
)

_STATES = {state.value: state for state in MeetingState}
_INSIDE = frozenset({Phase.INSIDE, Phase.ASIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """One participant in a snapshot. `token` is the hash of the resume token: it tells one socket from the next."""

    member: Member
    state: lobby.State
    token: bytes
    since: datetime
    phrase: Phrase | None
    ready: Readiness | None
    other_device: bool
    person: UUID
    sheltered: bool = False

    @property
    def phase(self) -> Phase:
        """Where a live connection of this participant is."""
        return phase_of(self.state)

    @property
    def inside(self) -> bool:
        """Inside or aside: somebody that pair messages may reach."""
        return self.phase in _INSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole meeting at `version`; `people` by participant id as on the wire."""

    municipality: int
    id: UUID
    version: int
    epoch: int
    facts: MeetingFacts
    ended: bool
    phone: str
    people: Mapping[str, Present]
    roster: tuple[Member, ...] = field(init=False)
    roster_of_guests: tuple[Member, ...] = field(init=False)
    waiting: tuple[Waiting, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Build once what all recipients share."""
        here = sorted(self.people.values(), key=lambda one: one.member.join)
        object.__setattr__(self, "roster", tuple(one.member for one in here if one.inside))
        object.__setattr__(self, "roster_of_guests", tuple(_for_guests(one) for one in here if one.inside))
        object.__setattr__(self, "waiting", tuple(_waiting(one) for one in here if one.phase is Phase.WAITING))

    def state_for(self, pid: str) -> State:
        """The `state` message of somebody inside or aside. Only officers see who waits, and a sheltered one's name."""
        me = self.people[pid]
        leads = me.member.role is Role.OFFICER
        return State(
            v=self.version,
            meeting=self.facts,
            you=Standing(phase=me.phase),
            epoch=self.epoch,
            roster=self.roster if leads else self.roster_of_guests,
            waiting=self.waiting if leads and me.phase is Phase.INSIDE else None,
        )

    def lobby_for(self, pid: str) -> Lobby:
        """The `lobby` message: all that somebody who waits may know."""
        me = self.people[pid]
        return Lobby(
            host_present=any(one.host and one.link is Link.HERE for one in self.roster),
            since=me.since,
            phrase=me.phrase,
            locked=self.facts.locked,
            phone=self.phone,
        )


def load(meeting: UUID) -> Snapshot:
    """The meeting as it stands now; two queries in an open scope. Meeting.DoesNotExist when there is none."""
    row = Meeting.objects.select_related("booking__municipality").get(id=meeting)
    people = Participant.objects.filter(meeting=meeting).select_related("party__person")
    return of(row.booking, row, people)


def of(booking: Booking, meeting: Meeting, participants: Iterable[Participant]) -> Snapshot:
    """A snapshot of rows that are already loaded, persons and municipality with them."""
    return Snapshot(
        municipality=scope.current(),
        id=meeting.id,
        version=meeting.version,
        epoch=meeting.epoch,
        facts=_facts(booking, meeting),
        ended=meeting.ended_at is not None,
        phone=booking.municipality.phone[:20],
        people={
            str(one.id): _present(one, host=one.id == meeting.host, otherwise=booking.starts_at) for one in participants
        },
    )


def _facts(booking: Booking, meeting: Meeting) -> MeetingFacts:
    paused = None
    if meeting.paused_why and meeting.paused_by:
        paused = Paused(why=PauseReason(meeting.paused_why), by=str(meeting.paused_by))
    return MeetingFacts(
        state=MeetingState.ENDED if meeting.ended_at else _STATES.get(booking.state, MeetingState.READY),
        locked=meeting.locked,
        paused=paused,
        topology=Topology(meeting.topology),
        ice_policy=IcePolicy(meeting.ice_policy),
        max_video=MAX_SENDING_VIDEO,
        ends_at=booking.ends_at,
    )


def _present(row: Participant, *, host: bool, otherwise: datetime) -> Present:
    ready = Readiness(devices=Devices(row.ready), test=EquipmentResult(row.test)) if row.ready and row.test else None
    state = lobby.State(row.state)
    member = Member(
        id=str(row.id),
        gen=row.gen,
        join=row.join,
        role=Role(row.party.role),
        name=row.party.person.name,
        ident=Ident(row.ident) if row.ident else Ident.CODE,
        host=host,
        aside=state is lobby.State.ASIDE,
        link=Link.RECONNECTING if row.lost_at else Link.HERE,
    )
    return Present(
        member=member,
        state=state,
        token=bytes(row.resume_hash or b""),
        since=row.waiting_since or otherwise,
        phrase=Phrase(row.phrase) if row.phrase else None,
        ready=ready,
        other_device=row.other_device,
        person=row.party.person_id,
        sheltered=row.party.person.protected,
    )


def _for_guests(one: Present) -> Member:
    """Of a sheltered person other guests learn the role, which is sent besides, and no name."""
    return replace(one.member, name=gettext("Invånare")) if one.sheltered else one.member


def _waiting(one: Present) -> Waiting:
    return Waiting(
        id=one.member.id,
        role=one.member.role,
        name=one.member.name.partition(" ")[0],
        ident=one.member.ident,
        since=one.since,
        ready=one.ready,
        other_device=one.other_device,
    )
