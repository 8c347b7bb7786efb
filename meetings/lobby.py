"""The lobby: where one participant stands, and the only ways from there to somewhere else. Pure.

    expected -hello-> waiting -admit-> admitted -leave-> left -hello-> waiting | admitted (the way back)
                        |  ^             | <-aside on/off-> aside
                      deny | 60 s        +-expire (socket lost for 60 s)-> away -hello-> waiting | admitted
                        v  |             +-remove-> removed (final for this meeting)
                      denied

A lost socket is no state of its own: the row keeps its state beside the time it was lost, a resume within the grace
clears that time, and EXPIRE comes when the grace is over. `admitted` is reached by ADMIT, by the way back, by coming in
from aside, and by the booking's own officer, who is the host.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Final

from meetings.protocol import CloseCode, ErrorCode, Phase

WAY_BACK: Final = timedelta(minutes=30)
KNOCK_AGAIN: Final = timedelta(seconds=60)
KNOCKS_AFTER_DENIAL: Final = 3


class State(StrEnum):
    """Where a participant stands; what the row stores."""

    EXPECTED = "expected"
    WAITING = "waiting"
    DENIED = "denied"
    ADMITTED = "admitted"
    ASIDE = "aside"
    AWAY = "away"
    LEFT = "left"
    REMOVED = "removed"


class Happening(StrEnum):
    """What can happen to a participant."""

    HELLO = "hello"
    RESUME = "resume"
    ADMIT = "admit"
    DENY = "deny"
    ASIDE_ON = "aside_on"
    ASIDE_OFF = "aside_off"
    LEAVE = "leave"
    REMOVE = "remove"
    EXPIRE = "expire"
    SEND_BACK = "send_back"
    END = "end"


class By(Enum):
    """Who makes it happen: the person, the host (to somebody else), another participant, or the server itself."""

    SELF = "self"
    HOST = "host"
    OTHER = "other"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a step may depend on. Times are aware; `gone_at` is when a person who was inside left or was lost."""

    now: datetime
    ended: bool = False
    locked: bool = False
    full: bool = False
    own_officer: bool = False
    same_session: bool = False
    connected: bool = False
    takeover: bool = False
    was_admitted: bool = False
    was_aside: bool = False
    gone_at: datetime | None = None
    denials: int = 0
    denied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The step is not made. `close` set: the socket is closed with it; otherwise `code` answers the command."""

    code: ErrorCode
    close: CloseCode | None = None


Outcome = State | Refused
Step = Callable[[State, Facts], Outcome]

_IN: Final = frozenset({State.ADMITTED, State.ASIDE})
_BACK: Final = frozenset({State.ADMITTED, State.ASIDE, State.AWAY, State.LEFT})
_NOT_NOW: Final = Refused(ErrorCode.NOT_NOW)
_NOT_ALLOWED: Final = Refused(ErrorCode.NOT_ALLOWED)
_REMOVED: Final = Refused(ErrorCode.NOT_ALLOWED, CloseCode.REMOVED)
_ENDED: Final = Refused(ErrorCode.ENDED, CloseCode.ENDED)
_REPLACED: Final = Refused(ErrorCode.NOT_NOW, CloseCode.REPLACED)
_NOT_ACCEPTED: Final = Refused(ErrorCode.NOT_ALLOWED, CloseCode.NOT_ACCEPTED)


def transition(state: State, happening: Happening, *, by: By, facts: Facts) -> Outcome:
    """Say where the participant stands after `happening`, or why nothing changes. Total: never raises."""
    step, allowed = _STEPS[happening]
    if by is not allowed:
        return _NOT_ALLOWED
    if state is State.REMOVED:
        return State.REMOVED if by is By.SERVER else _REMOVED
    if facts.ended and by is not By.SERVER and happening is not Happening.LEAVE:
        return _ENDED
    return step(state, facts)


def phase_of(state: State) -> Phase:
    """Say in which phase a live connection of somebody in `state` is."""
    return _PHASES.get(state, Phase.GONE)


def may_come_back(facts: Facts) -> bool:
    """Say whether the way back is open: same session, was inside and not put aside, gone for less than 30 minutes."""
    if not (facts.same_session and facts.was_admitted) or facts.was_aside:
        return False
    return facts.gone_at is None or facts.now - facts.gone_at < WAY_BACK


def _hello(state: State, facts: Facts) -> Outcome:
    if state is State.DENIED:
        return _knock_again(facts)
    if state in _IN and facts.connected and not facts.takeover:
        return _REPLACED
    if facts.own_officer:
        return State.ADMITTED
    if state is State.ASIDE and facts.same_session:
        return State.ASIDE
    return State.ADMITTED if state in _BACK - {State.ASIDE} and may_come_back(facts) else State.WAITING


def _knock_again(facts: Facts) -> Outcome:
    too_soon = facts.denied_at is None or facts.now - facts.denied_at < KNOCK_AGAIN
    return _REMOVED if too_soon or facts.denials > KNOCKS_AFTER_DENIAL else State.WAITING


def _resume(state: State, _facts: Facts) -> Outcome:
    return state if state in _IN or state is State.WAITING else _NOT_ACCEPTED


def _admit(state: State, facts: Facts) -> Outcome:
    if state is not State.WAITING:
        return _no_such(state)
    if facts.locked:
        return Refused(ErrorCode.LOCKED)
    return Refused(ErrorCode.FULL) if facts.full else State.ADMITTED


def _deny(state: State, _facts: Facts) -> Outcome:
    return State.DENIED if state is State.WAITING else _no_such(state)


def _aside_on(state: State, _facts: Facts) -> Outcome:
    return State.ASIDE if state in _IN else _no_such(state)


def _aside_off(state: State, _facts: Facts) -> Outcome:
    return State.ADMITTED if state in _IN else _no_such(state)


def _remove(state: State, _facts: Facts) -> Outcome:
    return Refused(ErrorCode.NO_SUCH_PARTICIPANT) if state is State.EXPECTED else State.REMOVED


def _leave(state: State, _facts: Facts) -> Outcome:
    return State.LEFT if state in _IN or state is State.WAITING else _NOT_NOW


def _expire(state: State, _facts: Facts) -> Outcome:
    return State.AWAY if state in _IN or state is State.WAITING else state


def _send_back(state: State, _facts: Facts) -> Outcome:
    return State.WAITING if state in _IN else state


def _end(state: State, _facts: Facts) -> Outcome:
    return State.LEFT if state in _IN or state is State.WAITING else state


def _no_such(state: State) -> Refused:
    return _NOT_NOW if state in _IN else Refused(ErrorCode.NO_SUCH_PARTICIPANT)


_STEPS: Final[Mapping[Happening, tuple[Step, By]]] = {
    Happening.HELLO: (_hello, By.SELF),
    Happening.RESUME: (_resume, By.SELF),
    Happening.LEAVE: (_leave, By.SELF),
    Happening.ADMIT: (_admit, By.HOST),
    Happening.DENY: (_deny, By.HOST),
    Happening.ASIDE_ON: (_aside_on, By.HOST),
    Happening.ASIDE_OFF: (_aside_off, By.HOST),
    Happening.REMOVE: (_remove, By.HOST),
    Happening.EXPIRE: (_expire, By.SERVER),
    Happening.SEND_BACK: (_send_back, By.SERVER),
    Happening.END: (_end, By.SERVER),
}
_PHASES: Final[Mapping[State, Phase]] = {
    State.WAITING: Phase.WAITING,
    State.ADMITTED: Phase.INSIDE,
    State.ASIDE: Phase.ASIDE,
}
