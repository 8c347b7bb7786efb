"""`parse`: one received frame to one typed message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, get_args, get_origin, get_type_hints

from meetings.wire.checks import Check, Flaw, Id, Number, Pid
from meetings.wire.commands import COMMANDS, Command
from meetings.wire.decode import Document, decode
from meetings.wire.errors import ProtocolError
from meetings.wire.pairs import PAIR_MESSAGES, PairMessage
from meetings.wire.words import ErrorCode


@dataclass(frozen=True, slots=True)
class _Form:
    """A message class and the check of each of its fields."""

    build: type[Command | PairMessage]
    checks: Mapping[str, Check]


def _check_of(annotated: object) -> Check:
    check: Check = get_args(annotated)[1]
    return check


def _form(build: type[Command | PairMessage]) -> _Form:
    hints = get_type_hints(build, include_extras=True)
    return _Form(build, {name: _check_of(hint) for name, hint in hints.items() if get_origin(hint) is Annotated})


CLIENT_MESSAGES: Final[tuple[type[Command] | type[PairMessage], ...]] = (*COMMANDS, *PAIR_MESSAGES)
_FORMS: Final = {build.t: _form(build) for build in CLIENT_MESSAGES}
_ADDRESS: Final[Mapping[str, Check]] = {"id": _check_of(Id), "to": _check_of(Pid), "n": _check_of(Number)}


def parse(frame: str | bytes) -> Command | PairMessage:
    """Read one frame from a client (text; a binary frame as bytes).

    Raises ProtocolError: with `close` for what is no JSON object in a text frame of at most 64 KiB, else with
    `unknown_type` or `bad_message` and the address of the message as far as it could be read. Nothing else is raised.
    """
    document = decode(frame)
    name = document.members.get("t")
    if document.flawed or not isinstance(name, str):
        raise _refused(ErrorCode.BAD_MESSAGE, document)
    form = _FORMS.get(name)
    if form is None:
        raise _refused(ErrorCode.UNKNOWN_TYPE, document)
    if document.members.keys() - {"t"} != form.checks.keys():
        raise _refused(ErrorCode.BAD_MESSAGE, document)
    try:
        return form.build(**{field: check(document.members[field]) for field, check in form.checks.items()})
    except Flaw:
        raise _refused(ErrorCode.BAD_MESSAGE, document) from None


def _refused(code: ErrorCode, document: Document) -> ProtocolError:
    """Address the error to the pair message or, failing that, to the command (0 when it has no number)."""
    readable = {name: value for name, value in document.members.items() if name in _ADDRESS and _fits(name, value)}
    if {"to", "n"} <= readable.keys():
        return ProtocolError(code, to=readable["to"], n=readable["n"])
    return ProtocolError(code, re=readable.get("id", 0))


def _fits(name: str, value: object) -> bool:
    try:
        _ADDRESS[name](value)
    except Flaw:
        return False
    return True
