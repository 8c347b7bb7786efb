"""The messages that one client sends to one other through the server, which relays without keeping anything."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from meetings.wire.checks import B32, Connection, Count, Epoch, Flag, Gen, Number, Pid, one_of, or_null, text, whole
from meetings.wire.words import DescriptionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMessage:
    """To one participant (`to`) in one generation (`to_gen`); both sides must be inside or aside."""

    t: ClassVar[str]

    to: Pid
    to_gen: Gen


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedMessage(PairMessage):
    """Numbered from 1 for each (sender generation, receiver generation), handled once and in order."""

    n: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Description(NumberedMessage):
    """A session description for connection object `pc` of the pair; `sdp` 1..32 000 characters."""

    t: ClassVar[str] = "description"
    pc: Connection
    kind: Annotated[DescriptionKind, one_of(DescriptionKind)]
    sdp: Annotated[str, text(1, 32_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(NumberedMessage):
    """An ICE candidate; an empty `candidate` says that there are no more."""

    t: ClassVar[str] = "candidate"
    pc: Connection
    candidate: Annotated[str, text(0, 1_024)]
    mid: Annotated[str | None, or_null(text(0, 16))]
    line: Annotated[int | None, or_null(whole(0, 15))]
    ufrag: Annotated[str | None, or_null(text(0, 256))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(NumberedMessage):
    """Ask the side in charge for an ICE restart, or (`rebuild`) for a new connection object."""

    t: ClassVar[str] = "restart"
    pc: Connection
    rebuild: Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit(NumberedMessage):
    """A commitment to fingerprint and nonce in an epoch of the verification code."""

    t: ClassVar[str] = "commit"
    epoch: Epoch
    c: B32


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal(NumberedMessage):
    """What was committed to."""

    t: ClassVar[str] = "reveal"
    epoch: Epoch
    fp: B32
    nonce: B32


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(PairMessage):
    """Everything up to and with number `upto` has been handled."""

    t: ClassVar[str] = "received"
    upto: Count


PAIR_MESSAGES: Final[tuple[type[PairMessage], ...]] = (Description, Candidate, Restart, Commit, Reveal, Received)
