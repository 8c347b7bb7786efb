"""The closed lists of the signalling protocol: every word that may stand in a message, and the numbers beside them."""

from enum import IntEnum, StrEnum
from typing import Final

SUBPROTOCOL: Final = "motas.v1"
MAX_FRAME_BYTES: Final = 64 * 1024
MAX_NESTING: Final = 4
MAX_PARTICIPANTS: Final = 8
MAX_SENDING_VIDEO: Final = 4

TICKET_SECONDS: Final = 30
HELLO_SECONDS: Final = 5
PING_SECONDS: Final = 10
SILENT_SECONDS: Final = 25
RESUME_SECONDS: Final = 60


class Phase(StrEnum):
    """Where a connection is. `gone` is the end; nothing is accepted there."""

    NEW = "new"
    WAITING = "waiting"
    INSIDE = "inside"
    ASIDE = "aside"
    GONE = "gone"


class Role(StrEnum):
    """What a participant is in this meeting. The host is an officer who holds the host right, not a role."""

    OFFICER = "officer"
    RESIDENT = "resident"
    REPRESENTATIVE = "representative"
    INTERPRETER = "interpreter"
    COMPANION = "companion"


class Ident(StrEnum):
    """How we know who somebody is; shown beside every name."""

    EID = "eid"
    EID_FOREIGN = "eid_foreign"
    STAFF = "staff"
    VOUCHED = "vouched"
    CODE = "code"


class Devices(StrEnum):
    """What the person has in order, by their own browser."""

    OK = "ok"
    LISTEN_ONLY = "listen_only"
    UNTESTED = "untested"


class EquipmentResult(StrEnum):
    """Result of the equipment test; `unshared` means that the person chose not to tell."""

    GOOD = "good"
    WEAK = "weak"
    FAILED = "failed"
    NONE = "none"
    UNSHARED = "unshared"


class DenyReason(StrEnum):
    """Why somebody is kept out. The person is never told which."""

    NOT_NOW = "not_now"
    UNKNOWN_PERSON = "unknown_person"
    WRONG_MEETING = "wrong_meeting"


class Phrase(StrEnum):
    """The fixed phrases that may be sent to the lobby; free text never is."""

    SOON = "soon"
    FIVE_MINUTES = "five_minutes"
    TEN_MINUTES = "ten_minutes"
    WE_CALL_YOU = "we_call_you"
    READY_CAMERA = "ready_camera"


class PauseReason(StrEnum):
    """Why the meeting is paused."""

    PRIVACY = "privacy"
    BREAK = "break"
    TECHNICAL = "technical"


class Permit(StrEnum):
    """A right that the host can lend to the resident."""

    SHARE = "share"


class DescriptionKind(StrEnum):
    """The two kinds of session description; there is no `pranswer` and no `rollback` on the wire."""

    OFFER = "offer"
    ANSWER = "answer"


class MeetingState(StrEnum):
    """The part of a booking's states in which its meeting can be open (or has just been)."""

    READY = "ready"
    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    INTERRUPTED = "interrupted"
    ENDED = "ended"


class Topology(StrEnum):
    """Who connects to whom. `sfu` is reserved."""

    MESH = "mesh"
    SFU = "sfu"


class IcePolicy(StrEnum):
    """`relay`: media only through our own TURN, so that nobody learns anybody's address."""

    RELAY = "relay"
    ALL = "all"


class Link(StrEnum):
    """Whether a participant's socket is there, or lost less than `RESUME_SECONDS` ago."""

    HERE = "here"
    RECONNECTING = "reconnecting"


class ByeReason(StrEnum):
    """Why the server is about to close the socket."""

    LEFT = "left"
    REMOVED = "removed"
    DENIED = "denied"
    ENDED = "ended"
    REPLACED = "replaced"
    SIGNED_OUT = "signed_out"
    RESTARTING = "restarting"


class ErrorCode(StrEnum):
    """What can be wrong with a message. Clients show words by code, never the code."""

    BAD_MESSAGE = "bad_message"
    UNKNOWN_TYPE = "unknown_type"
    NOT_NOW = "not_now"
    NOT_ALLOWED = "not_allowed"
    SLOW_DOWN = "slow_down"
    ENDED = "ended"
    NO_SUCH_PARTICIPANT = "no_such_participant"
    LOCKED = "locked"
    FULL = "full"
    STALE_GENERATION = "stale_generation"
    RELAY_ONLY = "relay_only"


class CloseCode(IntEnum):
    """Why a socket was closed (RFC 6455, section 7.4; 4000-4999 are our own)."""

    DONE = 1000
    MALFORMED = 1003
    TOO_LARGE = 1009
    RESTARTING = 1012
    NOT_ACCEPTED = 4401
    REMOVED = 4403
    TOO_SLOW = 4408
    REPLACED = 4409
    ENDED = 4410
    FLOODING = 4429
