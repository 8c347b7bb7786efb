"""The commands a client can give. Each names who may give it and in which phases of their connection.

The fields' annotations carry their checks; `parse` reads them, so a field exists in one place only.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar, Final

from meetings.wire import words
from meetings.wire.checks import B32, Count, Flag, Id, Pid, Secret, one_of
from meetings.wire.words import Phase


class Who(Enum):
    """Who may give a command."""

    ALL = "all"
    HOST = "host"
    HOST_OR_OFFICER = "host_or_officer"
    OFFICER = "officer"


Phases = frozenset[Phase]
NEW: Final[Phases] = frozenset({Phase.NEW})
WAITING: Final[Phases] = frozenset({Phase.WAITING})
INSIDE: Final[Phases] = frozenset({Phase.INSIDE})
IN_OR_ASIDE: Final[Phases] = frozenset({Phase.INSIDE, Phase.ASIDE})
ANY: Final[Phases] = frozenset({Phase.WAITING, Phase.INSIDE, Phase.ASIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A numbered message that the server answers with `ok` or `error`."""

    t: ClassVar[str]
    who_may: ClassVar[Who] = Who.ALL
    phases: ClassVar[Phases] = INSIDE

    id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Command):
    """Redeem a ticket; first frame of a connection."""

    t: ClassVar[str] = "hello"
    phases: ClassVar[Phases] = NEW
    ticket: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Command):
    """Take up a lost connection with its token; first frame of a connection."""

    t: ClassVar[str] = "resume"
    phases: ClassVar[Phases] = NEW
    token: B32


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong(Command):
    """Answer `ping` number `k`."""

    t: ClassVar[str] = "pong"
    phases: ClassVar[Phases] = ANY
    k: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync(Command):
    """Ask for `lobby` or `state` at once."""

    t: ClassVar[str] = "sync"
    phases: ClassVar[Phases] = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(Command):
    """Tell the host how the own equipment is."""

    t: ClassVar[str] = "ready"
    phases: ClassVar[Phases] = WAITING
    devices: Annotated[words.Devices, one_of(words.Devices)]
    test: Annotated[words.EquipmentResult, one_of(words.EquipmentResult)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Command):
    """Go."""

    t: ClassVar[str] = "leave"
    phases: ClassVar[Phases] = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit(Command):
    """Let one waiting person in."""

    t: ClassVar[str] = "admit"
    who_may: ClassVar[Who] = Who.HOST
    who: Pid


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny(Command):
    """Keep one waiting person out."""

    t: ClassVar[str] = "deny"
    who_may: ClassVar[Who] = Who.HOST
    who: Pid
    why: Annotated[words.DenyReason, one_of(words.DenyReason)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Command):
    """Send a fixed phrase to a waiting person."""

    t: ClassVar[str] = "tell"
    who_may: ClassVar[Who] = Who.HOST_OR_OFFICER
    who: Pid
    phrase: Annotated[words.Phrase, one_of(words.Phrase)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside(Command):
    """Keep one party outside for a moment, or bring them back."""

    t: ClassVar[str] = "aside"
    who_may: ClassVar[Who] = Who.HOST
    who: Pid
    on: Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Command):
    """Put one party out for good."""

    t: ClassVar[str] = "remove"
    who_may: ClassVar[Who] = Who.HOST
    who: Pid


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Command):
    """Let nobody more in, or open again."""

    t: ClassVar[str] = "lock"
    who_may: ClassVar[Who] = Who.HOST
    on: Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """Stop all sound and picture; anybody may."""

    t: ClassVar[str] = "pause"
    phases: ClassVar[Phases] = IN_OR_ASIDE
    why: Annotated[words.PauseReason, one_of(words.PauseReason)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpause(Command):
    """End a pause."""

    t: ClassVar[str] = "unpause"
    who_may: ClassVar[Who] = Who.HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitShare(Command):
    """Lend the resident the right to share the screen once."""

    t: ClassVar[str] = "permit"
    who_may: ClassVar[Who] = Who.HOST
    who: Pid
    what: Annotated[words.Permit, one_of(words.Permit)]
    on: Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveHost(Command):
    """Hand the host right to another officer inside."""

    t: ClassVar[str] = "give_host"
    who_may: ClassVar[Who] = Who.HOST
    who: Pid


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeHost(Command):
    """Take the host right of a host who is lost, or who gave it."""

    t: ClassVar[str] = "take_host"
    who_may: ClassVar[Who] = Who.OFFICER


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode(Command):
    """Ask for a new verification code."""

    t: ClassVar[str] = "new_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshIce(Command):
    """Ask for fresh TURN credentials."""

    t: ClassVar[str] = "ice"
    phases: ClassVar[Phases] = IN_OR_ASIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Command):
    """End the meeting for all."""

    t: ClassVar[str] = "end"
    who_may: ClassVar[Who] = Who.HOST


COMMANDS: Final[tuple[type[Command], ...]] = (
    Hello,
    Resume,
    Pong,
    Sync,
    Ready,
    Leave,
    Admit,
    Deny,
    Tell,
    Aside,
    Remove,
    Lock,
    Pause,
    Unpause,
    PermitShare,
    GiveHost,
    TakeHost,
    NewCode,
    FreshIce,
    End,
)
