"""What the server says. Every outgoing frame is built from one of these; received text is never passed on."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from meetings.wire import words
from meetings.wire.pairs import PairMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A message from the server. Fields named in `omits` are left out when they are None; others become null."""

    t: ClassVar[str]
    omits: ClassVar[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class You:
    """Who the server says that the connection is."""

    id: str
    gen: int
    role: words.Role
    host: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome(Event):
    """The answer to `hello` and `resume`; `token` is good for one `resume`. `time` is aware UTC."""

    t: ClassVar[str] = "welcome"
    you: You
    phase: words.Phase
    token: str
    v: int
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby(Event):
    """All that a waiting person may know. Never a name, a count, a roster or an address."""

    t: ClassVar[str] = "lobby"
    host_present: bool
    since: datetime
    phrase: words.Phrase | None
    locked: bool
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Why, and the participant who pressed."""

    why: words.PauseReason
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """The meeting as everybody inside sees it."""

    state: words.MeetingState
    locked: bool
    paused: Paused | None
    topology: words.Topology
    ice_policy: words.IcePolicy
    max_video: int
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The recipient's own phase and lent rights."""

    phase: words.Phase
    permits: tuple[words.Permit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One row of the roster. `join` rises with every new generation in the meeting."""

    id: str
    gen: int
    join: int
    role: words.Role
    name: str
    ident: words.Ident
    host: bool
    aside: bool
    link: words.Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What a waiting person told with `ready`."""

    devices: words.Devices
    test: words.EquipmentResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody in the lobby, as the host and officers see them."""

    id: str
    role: words.Role
    name: str
    ident: words.Ident
    since: datetime
    ready: Readiness | None
    other_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Event):
    """The whole meeting at version `v`, made for one recipient. `waiting` is None for all but host and officers."""

    t: ClassVar[str] = "state"
    omits: ClassVar[frozenset[str]] = frozenset({"waiting"})
    v: int
    meeting: MeetingFacts
    you: Standing
    epoch: int
    roster: tuple[Member, ...]
    waiting: tuple[Waiting, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServer:
    """One TURN server with credentials that live for minutes; at most four addresses."""

    urls: tuple[str, ...]
    username: str
    credential: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ice(Event):
    """TURN servers (none in a trial without TURN) and when their credentials stop opening new allocations."""

    t: ClassVar[str] = "ice"
    servers: tuple[IceServer, ...]
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping(Event):
    """Are you there? `k` counts the rounds, `v` is the meeting's current version."""

    t: ClassVar[str] = "ping"
    k: int
    v: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ok(Event):
    """Command `re` is done."""

    t: ClassVar[str] = "ok"
    re: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(Event):
    """Command `re`, or the pair message `n` to `to`, was refused. `re` is 0 when no number could be read."""

    t: ClassVar[str] = "error"
    omits: ClassVar[frozenset[str]] = frozenset({"re", "to", "n"})
    code: words.ErrorCode
    re: int | None = None
    to: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bye(Event):
    """The server closes next, and this is why."""

    t: ClassVar[str] = "bye"
    why: words.ByeReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """A pair message on its way out: the sender is stamped by the server, whatever the message claimed."""

    sender: str
    sender_gen: int
    message: PairMessage


ServerMessage = Event | Relayed
