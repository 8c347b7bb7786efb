"""Text to a JSON object, strictly: what most parsers let pass in silence is a flaw here."""

import json
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from meetings.wire.errors import ProtocolError
from meetings.wire.words import MAX_FRAME_BYTES, MAX_NESTING, CloseCode, ErrorCode

_MAX_DIGITS: Final = 20


@dataclass(slots=True)
class Document:
    """A decoded object. `flawed`: it is JSON, but holds something that no message may hold."""

    members: dict[str, Any]
    flawed: bool


@dataclass(slots=True)
class _Flaws:
    """Collects flaws while decoding goes on, so that the error can still be addressed."""

    found: bool = field(default=False)

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            self.found = True
        return members

    def constant(self, _name: str) -> None:
        self.found = True

    def whole(self, digits: str) -> int | None:
        if len(digits) <= _MAX_DIGITS:
            return int(digits)
        self.found = True
        return None


def decode(frame: str | bytes) -> Document:
    """Read one frame. Raises ProtocolError with a close code for what is not a JSON object in a text frame."""
    if len(frame) > MAX_FRAME_BYTES:
        _close(CloseCode.TOO_LARGE)
    if isinstance(frame, bytes):
        _close(CloseCode.MALFORMED)
    if not frame.isascii() and len(frame.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        _close(CloseCode.TOO_LARGE)
    flaws = _Flaws()
    try:
        value = json.loads(frame, object_pairs_hook=flaws.members, parse_constant=flaws.constant, parse_int=flaws.whole)
    except RecursionError:
        raise ProtocolError(ErrorCode.BAD_MESSAGE, re=0) from None
    except ValueError:
        _close(CloseCode.MALFORMED)
    if not isinstance(value, dict):
        _close(CloseCode.MALFORMED)
    return Document(value, flaws.found or not _sound(value))


def _close(code: CloseCode) -> NoReturn:
    raise ProtocolError(ErrorCode.BAD_MESSAGE, code) from None


def _sound(value: object, depth: int = 0) -> bool:
    """Whether nesting stays within bounds and every string is real Unicode (no lone surrogates)."""
    if isinstance(value, str):
        return value.isascii() or _encodable(value)
    if not isinstance(value, dict | list):
        return True
    if depth == MAX_NESTING:
        return False
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    return all(_sound(item, depth + 1) for item in inner)


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
