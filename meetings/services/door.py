"""The host's door, and the way out: who comes in, who stays outside, who goes."""

from __future__ import annotations

from meetings.errors import Refused
from meetings.lobby import By, Happening, State
from meetings.models import Participant
from meetings.protocol import Admit, Aside, Deny, ErrorCode, Leave, Lock, Ready, Remove, Role, Tell
from meetings.services import progress
from meetings.services.acting import Act, Caller, acting, step
from meetings.services.opened import Opened
from meetings.services.places import place
from meetings.state import Snapshot


def ready(*, by: Caller, message: Ready) -> Snapshot:
    """Somebody in the lobby says how their equipment is."""
    with acting(by, message) as act:
        said = message.devices.value, message.test.value
        if (act.me.ready, act.me.test) != said:
            act.opened.touch(act.me)
            act.me.ready, act.me.test = said
        return act.opened.save()


def admit(*, by: Caller, message: Admit) -> Snapshot:
    """Let one waiting person in; the meeting locks itself when everybody listed is inside."""
    with acting(by, message) as act:
        who = act.other(message.who)
        place(act.opened, who, step(act.opened, who, Happening.ADMIT, By.HOST))
        act.log("admit", about=who, reason=who.party.role)
        act.opened.meeting.locked = all(one in (State.ADMITTED, State.ASIDE) for one in _states(act.opened))
        return _settled(act.opened)


def deny(*, by: Caller, message: Deny) -> Snapshot:
    """Keep one waiting person out. They may knock again after a minute, three times."""
    with acting(by, message) as act:
        who = act.other(message.who)
        place(act.opened, who, step(act.opened, who, Happening.DENY, By.HOST))
        act.log("deny", about=who, reason=message.why.value)
        return _settled(act.opened)


def tell(*, by: Caller, message: Tell) -> Snapshot:
    """Send one of the fixed phrases to somebody in the lobby."""
    with acting(by, message) as act:
        who = act.other(message.who)
        if who.state != State.WAITING:
            raise Refused(ErrorCode.NO_SUCH_PARTICIPANT)
        if who.phrase != message.phrase:
            act.opened.touch(who).phrase = message.phrase.value
        return act.opened.save()


def aside(*, by: Caller, message: Aside) -> Snapshot:
    """Keep one party outside for a moment, or bring them back."""
    with acting(by, message) as act:
        who = _somebody_else(act, message.who)
        before = who.state
        state = step(act.opened, who, Happening.ASIDE_ON if message.on else Happening.ASIDE_OFF, By.HOST)
        if state != before:
            place(act.opened, who, state)
            act.log("aside" if message.on else "aside_end", about=who, reason=who.party.role)
        return _settled(act.opened)


def remove(*, by: Caller, message: Remove) -> Snapshot:
    """Put somebody out for the rest of this meeting: every secret of theirs dies in the same transaction."""
    with acting(by, message) as act:
        who = _somebody_else(act, message.who)
        before = who.state
        state = step(act.opened, who, Happening.REMOVE, By.HOST)
        if state != before:
            place(act.opened, who, state)
            act.log("remove", about=who, reason=who.party.role)
        return _settled(act.opened)


def lock(*, by: Caller, message: Lock) -> Snapshot:
    """While locked nobody is admitted."""
    with acting(by, message) as act:
        if act.opened.meeting.locked != message.on:
            act.opened.meeting.locked, act.opened.changed = message.on, True
        return act.opened.save()


def leave(*, by: Caller, message: Leave) -> Snapshot:
    """Go. Guests are never left alone together: when the host goes, they are back in the lobby."""
    with acting(by, message) as act:
        place(act.opened, act.me, step(act.opened, act.me, Happening.LEAVE, By.SELF))
        act.log("leave")
        without_host(act.opened, act.me)
        return _settled(act.opened)


def without_host(meeting: Opened, gone: Participant) -> None:
    """Send every guest back to the lobby if the one who is gone was the host."""
    if gone.id != meeting.meeting.host:
        return
    meeting.meeting.locked = False
    for one in list(meeting.inside()):
        if one.party.role != Role.OFFICER:
            place(meeting, one, step(meeting, one, Happening.SEND_BACK, By.SERVER))


def _somebody_else(act: Act, pid: str) -> Participant:
    """The participant named, who is not the one who acts: a host keeps nobody aside from themselves."""
    who = act.other(pid)
    if who.id == act.me.id:
        raise Refused(ErrorCode.NOT_ALLOWED)
    return who


def _states(meeting: Opened) -> list[State]:
    return [State(one.state) for one in meeting.people.values()]


def _settled(meeting: Opened) -> Snapshot:
    progress.settle(meeting)
    return meeting.save()
