"""Who gives a command over a socket, and whether they still may: asked again in every command's own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from identity import access_log, actors, policies, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Person, Session
from meetings.errors import Closed, Refused
from meetings.lobby import By, Happening, State, phase_of, transition
from meetings.lobby import Facts as StepFacts
from meetings.lobby import Refused as StepRefused
from meetings.models import Participant
from meetings.protocol import ByeReason, CloseCode, Command, ErrorCode, Phase, Role, refusal
from meetings.services.opened import Opened, changing, opened

_FAREWELLS = {State.REMOVED: ByeReason.REMOVED, State.DENIED: ByeReason.DENIED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A connection that has said hello: what its commands are judged by."""

    municipality: int
    meeting: UUID
    participant: UUID
    gen: int
    session_key: str


@dataclass
class Act:
    """One command under way: the open meeting, the participant who acts, and the same as an actor."""

    opened: Opened
    me: Participant
    actor: Actor

    def other(self, pid: str) -> Participant:
        """The participant that a command names. Refused when nobody in this meeting is called so."""
        found = self.opened.people.get(UUID(pid))
        if found is None:
            raise Refused(ErrorCode.NO_SUCH_PARTICIPANT)
        return found

    def log(self, action: str, *, about: Participant | None = None, reason: str = "") -> None:
        """Append to the access log: the act, the meeting, and whom it was about."""
        objects = [self.opened.meeting.id] + ([about.party.person_id] if about else [])
        unit = self.opened.booking.calendar.unit_id
        access_log.record(
            actor=self.actor, action=f"meeting.{action}", kind="meeting", objects=objects, reason=reason, unit=unit
        )


@contextmanager
def acting(by: Caller, message: Command) -> Iterator[Act]:
    """The transaction of one command: lock, ask every right again, then let the use case change and save.

    Raises Refused (answered `error`), or Closed when the connection itself has no right any more.
    """
    with changing(by.municipality):
        meeting = opened(by.meeting)
        me = meeting.people.get(by.participant)
        if me is None or me.gen != by.gen:
            raise Closed(CloseCode.REPLACED, ByeReason.REPLACED)
        actor = standing(meeting, me, by.session_key)
        phase = phase_of(State(me.state))
        code = refusal(message, phase=phase, role=Role(me.party.role), host=me.id == meeting.meeting.host)
        if code is not None:
            raise Refused(ErrorCode.ENDED if phase is Phase.GONE and meeting.meeting.ended_at else code)
        yield Act(meeting, me, actor)


def standing(meeting: Opened, me: Participant, session_key: str) -> Actor:
    """The actor behind a live session that is this participant's and still may enter. Closed otherwise."""
    person: Person = me.party.person
    if not session_lives(session_key, person.id, meeting.now):
        raise Closed(CloseCode.REMOVED, ByeReason.SIGNED_OUT)
    actor = actors.of_person(person, provider="", level="", session_key=session_key, at=None)
    try:
        policies.require(actor, "meeting.stay", meeting.facts())
    except NotAllowed:
        raise Closed(CloseCode.REMOVED, ByeReason.SIGNED_OUT) from None
    return actor


def session_lives(session_key: str, person: UUID, now: datetime) -> bool:
    """True while this session is signed in as this person here. Sessions lie outside the walls."""
    here = Session.objects.filter(session_key=session_key, municipality=scope.current(), person_uuid=person)
    return here.filter(expire_date__gt=now).exists()


def step(meeting: Opened, who: Participant, happening: Happening, by: By, facts: StepFacts | None = None) -> State:
    """Move `who` as the lobby's table says; Refused or Closed when it says no. Only the state is set."""
    outcome = transition(State(who.state), happening, by=by, facts=facts or step_facts(meeting, who))
    if isinstance(outcome, StepRefused):
        raise Closed(outcome.close, farewell(meeting, who)) if outcome.close else Refused(outcome.code)
    if outcome != who.state:
        meeting.touch(who).state = outcome.value
    return outcome


def farewell(meeting: Opened, who: Participant) -> ByeReason:
    """Why somebody who is not let in any more is not."""
    if meeting.meeting.ended_at is not None:
        return ByeReason.ENDED
    return _FAREWELLS.get(State(who.state), ByeReason.REPLACED)


def step_facts(meeting: Opened, who: Participant, *, same_session: bool = False, takeover: bool = False) -> StepFacts:
    """What the lobby's table looks at, of one participant."""
    return StepFacts(
        now=meeting.now,
        ended=meeting.meeting.ended_at is not None,
        locked=meeting.meeting.locked,
        full=meeting.full(),
        own_officer=meeting.is_own_officer(who),
        same_session=same_session,
        connected=who.state in Participant.LIVE and who.lost_at is None,
        takeover=takeover,
        was_admitted=who.admitted_at is not None,
        was_aside=who.aside,
        gone_at=who.left_at or who.lost_at,
        denials=who.denials,
        denied_at=who.denied_at,
    )
