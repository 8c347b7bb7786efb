"""What a meeting refuses, in one tree. Pure.

MeetingError
├── Refused      the command is not carried out; `code` answers it, the connection stays
├── Closed       the connection ends with `close`; `bye` says why, where the person may know
└── ReasonNeeded a protected person's meeting, and the officer has not given a reason; also a NotAllowed
"""

from identity.errors import NotAllowed
from meetings.protocol import ByeReason, CloseCode, ErrorCode


class MeetingError(Exception):
    """Root of the tree; never raised itself. Texts are codes: no error carries personal data."""


class Refused(MeetingError):
    """The command is answered `error` with `code`, and nothing has changed."""

    def __init__(self, code: ErrorCode) -> None:
        """Keep the code."""
        super().__init__(code.value)
        self.code = code


class ReasonNeeded(MeetingError, NotAllowed):
    """Whoever may open the booking has not, or not lately. The page leads to the reason; elsewhere it is a refusal."""


class Closed(MeetingError):
    """The connection must end: ticket not accepted, replaced, removed, signed out, meeting over."""

    def __init__(self, close: CloseCode, bye: ByeReason | None = None) -> None:
        """Keep the close code and what the last message says."""
        super().__init__(f"close {close.value}")
        self.close = close
        self.bye = bye
