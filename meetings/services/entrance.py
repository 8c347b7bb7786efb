"""Coming in: a ticket from the page, redeemed once over the socket, and a token to take a lost socket up again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from booking import states
from booking.models import Booking, Form
from booking.states import Event
from identity import access_log, limits, policies, scope
from identity.actors import Actor
from identity.errors import Limited, NotAllowed, SignInNeeded
from identity.models import Municipality
from identity.secrets_of import digest, make
from meetings.errors import Closed, ReasonNeeded
from meetings.lobby import By, Happening, State
from meetings.models import Participant
from meetings.protocol import RESUME_SECONDS, TICKET_SECONDS, CloseCode, IcePolicy, Ident, Role
from meetings.services import progress
from meetings.services.acting import Caller, standing, step, step_facts
from meetings.services.opened import Opened, changing, opened
from meetings.services.places import place
from meetings.state import Snapshot

_MAX_GEN: Final = 65_535
_TICKETS_PER_MINUTE: Final = 20
_HELLOS_AT_ONCE: Final = 40
_TICKET_FIELDS: Final = ("ticket_hash", "ticket_expires_at", "ticket_session", "ticket_takeover", "ident")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A redeemed ticket or token: who the connection is from now on, its next token, and the meeting."""

    caller: Caller
    token: str
    token_hash: bytes
    snapshot: Snapshot


def mint_ticket(*, actor: Actor, municipality: Municipality, meeting: UUID, takeover: bool = False) -> str:
    """A ticket for `hello`, valid 30 s, once, with this session. NotAllowed for whom the door is shut, whatever why.

    SignInNeeded when the identification is older than 30 minutes and the person does not just come back.
    """
    if actor.signed_in:
        limits.take(f"ticket:{actor.person_id}", per_minute=_TICKETS_PER_MINUTE, burst=_TICKETS_PER_MINUTE)
    with changing(municipality.id):
        held = opened(meeting)
        me = entering(held, actor)
        _relay_for_sheltered(held)
        text, me.ticket_hash = make(municipality)
        me.ticket_expires_at = held.now + timedelta(seconds=TICKET_SECONDS)
        me.ticket_session, me.ticket_takeover = session_digest(actor.session_key), takeover
        me.ident = _ident(me, actor)
        me.save(update_fields=_TICKET_FIELDS)
    return text


def _relay_for_sheltered(meeting: Opened) -> None:
    """A flag that was set while the meeting was being booked is noticed here at the latest, before anybody enters."""
    sheltered = any(one.party.person.protected for one in meeting.people.values())
    if sheltered and meeting.meeting.ice_policy != IcePolicy.RELAY:
        meeting.meeting.ice_policy = IcePolicy.RELAY
        meeting.meeting.save(update_fields=["ice_policy"])


def come_again(meeting: Opened) -> None:
    """From now on by the relay only. Every guest's ticket is void; who is inside comes back by a new one.

    A client builds its connections for each generation of the others, by the policy of that moment: what was built
    before, perhaps straight between two homes, ends with the generation. The host stays, and meets new generations.
    """
    meeting.meeting.ice_policy, meeting.changed = IcePolicy.RELAY, True
    for one in meeting.people.values():
        if meeting.is_own_officer(one):
            continue
        meeting.touch(one).ticket_hash = one.ticket_expires_at = None
        if one.state in (State.ADMITTED, State.ASIDE):
            one.resume_hash, one.lost_at = None, meeting.now


def entering(meeting: Opened, actor: Actor) -> Participant:
    """The participant that `actor` is, if the meeting can be entered now. NotAllowed, SignInNeeded."""
    me = participant_of(meeting, actor)
    if not is_open(meeting) or me.state == State.REMOVED:
        raise NotAllowed("meeting")
    if not (_same(me.admitted_session, actor.session_key) or meeting.is_own_officer(me) or actor.fresh(meeting.now)):
        raise SignInNeeded
    return me


def participant_of(meeting: Opened, actor: Actor) -> Participant:
    """The participant that `actor` is. NotAllowed to everybody who is none, and to an officer who lost the unit.

    ReasonNeeded to an officer who would open the protected person's booking first, and has not.
    """
    facts = meeting.facts()
    me = next((one for one in meeting.people.values() if one.party.person_id == actor.person_id), None)
    if not policies.may(actor, "meeting.enter", facts):
        if me is not None and facts.protected and policies.may(actor, "booking.open_protected", facts):
            raise ReasonNeeded("meeting")
        raise NotAllowed("meeting.enter")
    if me is None or (meeting.is_own_officer(me) and not policies.may(actor, "meeting.lead", facts)):
        raise NotAllowed("meeting")
    return me


def is_open(meeting: Opened) -> bool:
    """Video, from 15 minutes before the start to the end, longer while it is under way; never once it has ended.

    While people wait, longer means: as long as somebody is inside, and for half an hour at most when nobody is.
    """
    booking = meeting.booking
    if booking.form != Form.VIDEO or meeting.meeting.ended_at is not None:
        return False
    if booking.state == states.State.WAITING:
        return not progress.left_open(meeting)
    if booking.state in progress.UNDER_WAY:
        return True
    return booking.state in progress.UPCOMING and opens_at(booking) <= meeting.now < booking.ends_at


def opens_at(booking: Booking) -> datetime:
    """When the lobby opens."""
    return booking.starts_at - progress.OPENS_BEFORE


def redeem(*, municipality: Municipality, ticket: str, session_key: str) -> Entered:
    """Answer `hello`: spend the ticket and let its holder into the lobby, or inside.

    Closed when it is not accepted, or when this session has tried more of them than it can have got.
    """
    _count(session_key)
    hashed = digest(ticket, municipality)
    with changing(municipality.id):
        meeting, me = _by_secret("ticket_hash", hashed)
        refused = _ticket_refused(meeting, me, session_key)
        me.ticket_hash = me.ticket_expires_at = None
        me.save(update_fields=_TICKET_FIELDS)
        outcome = refused or _hello(meeting, me, session_key)
    if isinstance(outcome, Closed):  # raised only now: what refuses a ticket also spends it
        raise outcome
    return outcome


def _count(session_key: str) -> None:
    key = f"hello:{session_digest(session_key).hex()}"
    try:
        limits.take(key, per_minute=_TICKETS_PER_MINUTE, burst=_HELLOS_AT_ONCE)
    except Limited:
        raise Closed(CloseCode.FLOODING) from None


def resume(*, municipality: Municipality, token: str, session_key: str) -> Entered:
    """Answer `resume`: the same generation on a new socket, within a minute of losing the old. Closed otherwise."""
    with changing(municipality.id):
        meeting, me = _by_secret("resume_hash", hashlib.sha256(token.encode()).digest())
        late = me.lost_at is not None and meeting.now - me.lost_at >= timedelta(seconds=RESUME_SECONDS)
        if late or not _same(me.socket_session, session_key):
            raise Closed(CloseCode.NOT_ACCEPTED)
        standing(meeting, me, session_key)
        step(meeting, me, Happening.RESUME, By.SELF)
        return _entered(meeting, me, session_key)


def session_digest(session_key: str) -> bytes:
    """A session as participants' rows know it; the key itself is a secret and is not stored again."""
    return hashlib.sha256(session_key.encode()).digest()


def _by_secret(column: str, hashed: bytes | None) -> tuple[Opened, Participant]:
    """The meeting, locked, and the participant whose secret it is; one and the same refusal for every reason."""
    if hashed is None:
        raise Closed(CloseCode.NOT_ACCEPTED)
    found = Participant.objects.filter(**{column: hashed}).values_list("id", "meeting_id").first()
    if found is None:
        raise Closed(CloseCode.NOT_ACCEPTED)
    meeting = opened(found[1])
    me = meeting.people[found[0]]
    if bytes(getattr(me, column) or b"") != hashed:  # used by somebody else while we waited for the lock
        raise Closed(CloseCode.NOT_ACCEPTED)
    return meeting, me


def _ticket_refused(meeting: Opened, me: Participant, session_key: str) -> Closed | None:
    expired = me.ticket_expires_at is None or me.ticket_expires_at <= meeting.now
    if expired or not _same(me.ticket_session, session_key) or not is_open(meeting):
        return Closed(CloseCode.NOT_ACCEPTED)
    return None


def _hello(meeting: Opened, me: Participant, session_key: str) -> Entered | Closed:
    try:
        actor = standing(meeting, me, session_key)
        same = _same(me.admitted_session, session_key)
        facts = step_facts(meeting, me, same_session=same, takeover=me.ticket_takeover)
        elsewhere = me.state in (State.ADMITTED, State.ASIDE) and not same
        state = step(meeting, me, Happening.HELLO, By.SELF, facts)
    except Closed as refused:
        return refused
    me.gen = me.gen % _MAX_GEN + 1
    meeting.meeting.last_join += 1
    me.join = meeting.meeting.last_join
    me.socket_session, me.lost_at = session_digest(session_key), None
    place(meeting, me, state)
    me.other_device = elsewhere and state is State.WAITING
    _arrived(meeting, me, actor)
    return _entered(meeting, me, session_key)


def _arrived(meeting: Opened, me: Participant, actor: Actor) -> None:
    """The booking and the log hear of an arrival. The booking's own officer becomes host."""
    if meeting.is_own_officer(me):
        meeting.meeting.host = meeting.meeting.host or me.id
    elif meeting.booking.state in progress.UPCOMING:
        role = states.Role.RESIDENT if me.party.role == Role.RESIDENT else states.Role.PARTY
        progress.take(meeting, Event.ENTER_LOBBY, role, actor)
    access_log.record(actor=actor, action="meeting.arrive", kind="meeting", objects=[meeting.meeting.id])


def _entered(meeting: Opened, me: Participant, session_key: str) -> Entered:
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    meeting.touch(me)
    me.resume_hash, me.lost_at, me.seen_at = hashlib.sha256(token.encode()).digest(), None, meeting.now
    progress.settle(meeting)
    caller = Caller(
        municipality=scope.current(),
        meeting=meeting.meeting.id,
        participant=me.id,
        gen=me.gen,
        session_key=session_key,
    )
    return Entered(caller=caller, token=token, token_hash=bytes(me.resume_hash), snapshot=meeting.save())


def _same(stored: bytes | memoryview[int] | None, session_key: str) -> bool:
    return stored is not None and hmac.compare_digest(bytes(stored), session_digest(session_key))


def _ident(me: Participant, actor: Actor) -> str:
    """How we know who this is, shown beside the name."""
    if me.party.role == Role.OFFICER:
        return Ident.STAFF
    return Ident.VOUCHED if actor.level == "vouched" else Ident.EID
