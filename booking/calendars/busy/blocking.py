"""Does this event block its time?"""

from dataclasses import dataclass
from typing import Literal

from booking.calendars.busy.text import Lines, value

AllDay = Literal["calendar", "never"]

BUSY_STATES = (
    b"X-MICROSOFT-CDO-BUSYSTATUS",
    b"X-MICROSOFT-MSNCALENDAR-BUSYSTATUS",
)  # MS-OXCICAL; the second is a synonym


@dataclass(frozen=True, slots=True)
class Choice:
    """What the owner has chosen: whose answers count, whether tentative events block, and events of whole days."""

    email: str | None = None
    tentative_blocks: bool = True
    all_day: AllDay = "calendar"


def blocks(lines: Lines, choice: Choice, *, is_all_day: bool) -> bool:
    """Whether an event takes time; what is not surely free does (RFC 5545 3.8.1.11, 3.8.2.7; RFC 5546 3.2.1)."""
    status = _word(lines, b"STATUS")
    state = _word(lines, BUSY_STATES[0]) or _word(lines, BUSY_STATES[1])
    if status == "CANCELLED" or state in {"FREE", "WORKINGELSEWHERE"}:
        return False
    if not state and _word(lines, b"TRANSP") == "TRANSPARENT":
        return False
    if is_all_day and choice.all_day == "never":
        return False
    if not choice.tentative_blocks and (state or status) == "TENTATIVE":
        return False
    return not (choice.email and _declined(lines, choice.email))


def _word(lines: Lines, name: bytes) -> str:
    """The value of a property as one upper-case word, "" if it is absent."""
    found = lines.get(name)
    return value(found[0]).upper() if found else ""


def _declined(lines: Lines, email: str) -> bool:
    """Whether the owner is among the attendees, and every answer of theirs is no."""
    answers = [raw.upper() for raw in lines.get(b"ATTENDEE", ()) if _is_owner(raw, email.lower().encode())]
    return bool(answers) and all(b";PARTSTAT=DECLINED" in raw.replace(b'"', b"") for raw in answers)


def _is_owner(raw: bytes, email: bytes) -> bool:
    """Whether an ATTENDEE is the owner, by its address or its EMAIL parameter (RFC 7986 6.2)."""
    parameters, _, address = raw.lower().strip().replace(b'"', b"").rpartition(b":")
    return address == email or b";email=" + email + b";" in parameters + b";"
