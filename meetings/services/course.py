"""The meeting's own course: start, pause, a new code, the end for all."""

from __future__ import annotations

from uuid import UUID

from booking import states
from booking.errors import BookingError
from booking.states import Event
from identity import access_log, policies
from identity.actors import Actor
from identity.errors import NotAllowed
from meetings.errors import Refused
from meetings.lobby import State
from meetings.protocol import End, ErrorCode, FreshIce, NewCode, Pause, Sync, Unpause
from meetings.services import progress
from meetings.services.acting import Caller, acting
from meetings.services.opened import Opened, changing, opened
from meetings.state import Snapshot


def look(*, by: Caller, message: Sync) -> Snapshot:
    """The meeting as it stands, for somebody who still may see it."""
    with acting(by, message) as act:
        return act.opened.save()


def may_connect(*, by: Caller, message: FreshIce) -> None:
    """Nothing, if this connection still may get credentials for the TURN server. Refused or Closed otherwise."""
    with acting(by, message):
        return


def pause(*, by: Caller, message: Pause) -> Snapshot:
    """All sound and picture stop; anybody may ask for it."""
    with acting(by, message) as act:
        if not act.opened.meeting.paused_why:  # who paused first, and why, stands until the pause is over
            act.opened.meeting.paused_why, act.opened.meeting.paused_by = message.why.value, act.me.id
            act.opened.changed = True
            act.log("pause", reason=message.why.value)
        return act.opened.save()


def unpause(*, by: Caller, message: Unpause) -> Snapshot:
    """End the pause; each person turns on sound and picture themselves."""
    with acting(by, message) as act:
        if act.opened.meeting.paused_why:
            act.opened.meeting.paused_why, act.opened.meeting.paused_by = "", None
            act.opened.changed = True
            act.log("unpause")
        return act.opened.save()


def new_code(*, by: Caller, message: NewCode) -> Snapshot:
    """A new epoch of the verification code with the same people."""
    with acting(by, message) as act:
        act.opened.meeting.epoch += 1
        act.opened.changed = True
        return act.opened.save()


def end(*, by: Caller, message: End) -> Snapshot:
    """The meeting is over for all, over the socket. Refused `not_now` before anybody was admitted."""
    with acting(by, message) as act:
        try:
            _end(act.opened, act.actor)
        except BookingError:
            raise Refused(ErrorCode.NOT_NOW) from None
        return act.opened.save()


def end_meeting(*, actor: Actor, meeting: UUID) -> Snapshot:
    """The same from the page, for a host without a socket. NotAllowed; BookingError when it has not begun."""
    with changing(actor.municipality_id):
        held = _led_by(actor, meeting)
        if held.meeting.ended_at is None or held.booking.state in progress.UNDER_WAY:
            _end(held, actor)
        return held.save()


def start_meeting(*, actor: Actor, meeting: UUID) -> Snapshot:
    """ "Starta samtalet": waiting -> in progress. NotAllowed; BookingError until the resident has been admitted."""
    with changing(actor.municipality_id):
        held = _led_by(actor, meeting)
        if not any(held.is_own_officer(one) and one.state == State.ADMITTED for one in held.people.values()):
            raise NotAllowed("meeting")
        if held.booking.state != states.State.IN_PROGRESS:
            progress.take(held, Event.START, states.Role.HOST, actor)
            held.meeting.started_at = held.now
            access_log.record(actor=actor, action="meeting.start", kind="meeting", objects=[meeting])
        return held.save()


def _end(meeting: Opened, actor: Actor) -> None:
    progress.take(meeting, Event.END, states.Role.HOST, actor)
    progress.close(meeting)
    access_log.record(actor=actor, action="meeting.end", kind="meeting", objects=[meeting.meeting.id])


def _led_by(actor: Actor, meeting: UUID) -> Opened:
    """Whoever is in leads to the end, also when what they opened at the door has closed again."""
    held = opened(meeting)
    policies.require(actor, "meeting.start", held.facts())
    return held
