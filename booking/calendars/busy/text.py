"""Octets of a calendar file -> the lines of its events and time zones, unfolded; nothing is interpreted here.

Works on octets, because a fold may split a character (RFC 5545 3.1), and by one pattern that picks only the lines that
can matter: most of a file is descriptions. Tolerates bare CR, blank lines, blanks before BEGIN, junk between
components, several calendars, lower-case names, an event without a calendar, and missing ENDs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from booking.calendars.busy.reading import Tally

LINE_LIMIT = 1_048_576
DEPTH_LIMIT = 5

CALENDAR, EVENT, ZONE = b"VCALENDAR", b"VEVENT", b"VTIMEZONE"
OBSERVANCES = {b"STANDARD", b"DAYLIGHT"}
TOP = {EVENT, ZONE, b"VTODO", b"VJOURNAL", b"VFREEBUSY", b"VAVAILABILITY"}

LINE = re.compile(
    rb"\n(BEGIN|END|UID|SEQUENCE|DTSTAMP|LAST-MODIFIED|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|EXRULE|RECURRENCE-ID"
    rb"|STATUS|TRANSP|X-MICROSOFT-(?:CDO|MSNCALENDAR)-BUSYSTATUS|ATTENDEE|TZID|TZOFFSETFROM|TZOFFSETTO)([:;][^\n]*)",
    re.IGNORECASE,
)
INDENTED_BEGIN = re.compile(rb"\n[ \t]+(?=BEGIN:V)", re.IGNORECASE)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Lines = dict[bytes, list[bytes]]  # name -> what follows it, from the ";" or ":" on, in the file's order


@dataclass(slots=True)
class EventBlock:
    """One VEVENT without its sub-components. `calendar` numbers its VCALENDAR, `begins` is its place in the octets."""

    calendar: int
    begins: int
    lines: Lines = field(default_factory=dict)


@dataclass(slots=True)
class ZoneBlock:
    """One VTIMEZONE with the lines of each of its observances."""

    calendar: int
    lines: Lines = field(default_factory=dict)
    observances: list[Lines] = field(default_factory=list)


def value(raw: bytes) -> str:
    """The value of a date, number or word: what follows the last colon, which such values never hold."""
    return raw.rpartition(b":")[2].strip().decode("ascii", "replace")


def unfolded(octets: bytes) -> bytes:
    r"""The octets with only \n at the ends of lines, beginning with one, folds undone (RFC 5545 3.1), no NUL."""
    data = octets.replace(b"\r\n", b"\n").replace(b"\0", b"").replace(BYTE_ORDER_MARK, b"")
    if b"\r" in data:
        data = re.sub(rb"\r+\n?", b"\n", data)
    if b"\n\n" in data:
        data = re.sub(rb"\n+", b"\n", data)
    data = INDENTED_BEGIN.sub(b"\n", b"\n" + data)
    return data.replace(b"\n ", b"").replace(b"\n\t", b"")


class Blocks:
    """Walks through unfolded octets; `events()` yields each VEVENT, `zones` and `has_calendar` are complete after it.

    Only ATTENDEE lines that hold `email` are kept. Lines over LINE_LIMIT and components below DEPTH_LIMIT are dropped
    and counted as oversized.
    """

    def __init__(self, data: bytes, email: str | None, tally: Tally) -> None:
        self.data = data
        self.zones: list[ZoneBlock] = []
        self.has_calendar = False
        self._email = email.lower().encode() if email else None
        self._tally = tally
        self._calendar = 0
        self._open: list[bytes] = []
        self._too_deep = 0
        self._event: EventBlock | None = None
        self._lines: Lines | None = None  # where the next line belongs

    def events(self, begins: int = 0) -> Iterator[EventBlock]:
        """Every VEVENT from the place `begins` on, in the file's order."""
        for match in LINE.finditer(self.data, begins):
            name = match[1].upper()
            if name == b"BEGIN" or name == b"END":
                component = match[2][1:].strip().upper()
                event = self._begin(component, match.start()) if name == b"BEGIN" else self._end(component)
                if event:
                    yield event
            elif self._lines is not None:
                self._add(self._lines, name, match[2])
        if self._event:
            yield self._event

    def _add(self, lines: Lines, name: bytes, rest: bytes) -> None:
        if len(rest) > LINE_LIMIT:
            self._tally["oversized"] += 1
        elif name != b"ATTENDEE" or (self._email and self._email in rest.lower()):
            lines.setdefault(name, []).append(rest)

    def _begin(self, component: bytes, place: int) -> EventBlock | None:
        """Open a component; return the event that this closes: an END may be missing."""
        closed = None
        if component == CALENDAR:
            closed = self._close_to(0)
            self._calendar += 1
        elif component in TOP:
            closed = self._close_to(next((i for i, name in enumerate(self._open) if name in TOP), None))
        self.has_calendar = self.has_calendar or component == CALENDAR or component in TOP
        self._lines = None
        if self._too_deep or len(self._open) >= DEPTH_LIMIT:
            self._tally["oversized"] += not self._too_deep
            self._too_deep += 1
            return closed
        self._open.append(component)
        if component == EVENT:
            self._event = EventBlock(self._calendar, place)
            self._lines = self._event.lines
        elif component == ZONE:
            self.zones.append(ZoneBlock(self._calendar))
            self._lines = self.zones[-1].lines
        elif component in OBSERVANCES and ZONE in self._open:
            self.zones[-1].observances.append({})
            self._lines = self.zones[-1].observances[-1]
        return closed

    def _end(self, component: bytes) -> EventBlock | None:
        """Close a component and what was left open inside it; return the event that this closes."""
        if component not in self._open or (self._too_deep and component not in TOP and component != CALENDAR):
            self._too_deep -= bool(self._too_deep)
            return None
        closed = self._close_to(len(self._open) - 1 - self._open[::-1].index(component))
        inner = self._open[-1] if self._open else b""
        self._lines = self._event.lines if self._event and inner == EVENT else None
        if inner == ZONE:
            self._lines = self.zones[-1].lines
        return closed

    def _close_to(self, depth: int | None) -> EventBlock | None:
        """Close all components from `depth` on; None closes nothing."""
        if depth is None:
            return None
        closed = self._event if EVENT in self._open[depth:] else None
        if closed:
            self._event = None
        del self._open[depth:]
        self._too_deep = 0
        self._lines = None
        return closed
