"""Who may send what, and when: the two columns `who` and `phase` of the protocol's tables, as one function."""

from meetings.wire.commands import IN_OR_ASIDE, Command, Who
from meetings.wire.pairs import PairMessage
from meetings.wire.words import ErrorCode, Phase, Role


def refusal(
    message: Command | PairMessage, *, phase: Phase, role: Role | None = None, host: bool = False
) -> ErrorCode | None:
    """Say why a message is refused by the sender's standing alone, or None when it is not.

    `role` and `host` are what the server knows of the sender; None before hello. Whether the named participant exists,
    the meeting is locked and so on is for the use case to judge.
    """
    if isinstance(message, PairMessage):
        return None if phase in IN_OR_ASIDE else ErrorCode.NOT_NOW
    if phase in {Phase.NEW, Phase.GONE} and phase not in message.phases:
        return ErrorCode.NOT_NOW
    if not _may(message.who_may, role=role, host=host):
        return ErrorCode.NOT_ALLOWED
    return None if phase in message.phases else ErrorCode.NOT_NOW


def _may(who: Who, *, role: Role | None, host: bool) -> bool:
    officer = role is Role.OFFICER
    match who:
        case Who.ALL:
            return True
        case Who.HOST:
            return officer and host
        case Who.OFFICER:
            return officer and not host
        case Who.HOST_OR_OFFICER:
            return officer
