"""What a value in a message may be. A check returns the value as the program holds it, or raises `Flaw`."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

Check = Callable[[object], Any]

_PID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
# 43 characters hold 258 bits: the last one may only carry four of them, or two texts would mean the same bytes.
_B32 = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
_SECRET = re.compile(r"[A-Za-z0-9-]{1,32}\." + _B32, re.ASCII)
_B32_ONLY = re.compile(_B32, re.ASCII)


class Flaw(ValueError):
    """The value does not fit its field. Carries no part of the value."""


def whole(low: int, high: int) -> Check:
    """An integer from `low` to `high`, both included; true and false are not integers."""

    def check(value: object) -> int:
        if type(value) is not int or not low <= value <= high:
            raise Flaw
        return value

    return check


def text(low: int, high: int) -> Check:
    """A string of `low` to `high` characters, both included."""

    def check(value: object) -> str:
        if not isinstance(value, str) or not low <= len(value) <= high:
            raise Flaw
        return value

    return check


def pattern(compiled: re.Pattern[str]) -> Check:
    """A string that matches as a whole."""

    def check(value: object) -> str:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            raise Flaw
        return value

    return check


def one_of(words: type[StrEnum]) -> Check:
    """A member of a closed list."""
    members = {str(word): word for word in words}

    def check(value: object) -> StrEnum:
        if not isinstance(value, str) or value not in members:
            raise Flaw
        return members[value]

    return check


def or_null(inner: Check) -> Check:
    """What `inner` accepts, or null."""

    def check(value: object) -> object:
        return None if value is None else inner(value)

    return check


def flag(value: object) -> bool:
    """True or false, nothing that looks like them."""
    if not isinstance(value, bool):
        raise Flaw
    return value


Id = Annotated[int, whole(1, 2**31 - 1)]
Count = Annotated[int, whole(0, 2**31 - 1)]
Number = Annotated[int, whole(1, 2**31 - 1)]
Gen = Annotated[int, whole(1, 65_535)]
Connection = Annotated[int, whole(1, 255)]
Epoch = Annotated[int, whole(1, 2**32 - 1)]
Flag = Annotated[bool, flag]
Pid = Annotated[str, pattern(_PID)]
B32 = Annotated[str, pattern(_B32_ONLY)]
Secret = Annotated[str, pattern(_SECRET)]
