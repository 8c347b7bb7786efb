"""One VEVENT's lines -> an Event with its times resolved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from booking.calendars.busy.blocking import Choice, blocks
from booking.calendars.busy.budget import VALUES
from booking.calendars.busy.reading import EARLIEST, Tally
from booking.calendars.busy.recurrence import Rule, read_rule
from booking.calendars.busy.text import EventBlock, Lines, value
from booking.calendars.busy.written import FOREVER, Form, duration, moment
from booking.calendars.busy.zone_names import ZoneFinder
from booking.calendars.busy.zones import ZULU, Zone, moved

NOTHING = timedelta(0)
DAY = timedelta(days=1)
FAR_BACK = 1901  # before it all instants are one, and lengths are taken from the clock on the wall
TZID = re.compile(rb';TZID=("[^"]*"|[^;]*)', re.IGNORECASE)
AND_FUTURE = re.compile(rb";RANGE=\"?THISANDFUTURE", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time in its zone: naive local time and zone; dates and floating times are at home with the owner."""

    wall: datetime
    form: Form
    zone: Zone

    @property
    def instant(self) -> datetime:
        """The UTC instant; a date's is its midnight."""
        return self.zone.instant(self.wall)


@dataclass(frozen=True, slots=True)
class Length:
    """How long every instance is: whole days on the calendar, or an exact time."""

    exact: timedelta
    in_days: bool = False

    def end(self, wall: datetime, zone: Zone) -> datetime:
        """The end of an instance that starts at a local time, as an instant."""
        return zone.instant(moved(wall, self.exact)) if self.in_days else zone.instant(wall) + self.exact


@dataclass(frozen=True, slots=True)
class Extra:
    """An RDATE; with a length of its own if it is a PERIOD."""

    start: Moment
    length: timedelta | None = None


@dataclass(slots=True)
class Event:
    """A VEVENT: a single, the master of a series, or an override of the instance that it `replaces`, if known."""

    lines: Lines
    start: Moment
    length: Length
    takes_time: bool
    is_override: bool
    replaces: Moment | None = None
    and_future: bool = False
    rules: list[Rule] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    exceptions: list[Moment] = field(default_factory=list)
    too_many_extras: bool = False


class EventReader:
    """Reads the events of one file."""

    def __init__(self, zones: ZoneFinder, choice: Choice, tally: Tally) -> None:
        self._zones = zones
        self._choice = choice
        self._tally = tally

    def read(self, block: EventBlock) -> Event:
        """Read one event. Raises ValueError without a readable DTSTART, with two, or with an unreadable end."""
        lines = block.lines
        starts = lines.get(b"DTSTART", ())
        if len(starts) != 1:
            raise ValueError("not one DTSTART")
        start = self._moment(starts[0], block)
        is_override = b"RECURRENCE-ID" in lines
        event = Event(
            lines,
            start,
            self._length(block, start),
            blocks(lines, self._choice, is_all_day=start.form == "date"),
            is_override,
        )
        if is_override:
            raw = lines[b"RECURRENCE-ID"][0]
            event.replaces = next(self._moments([raw], block), None)
            event.and_future = bool(AND_FUTURE.search(raw))
        else:
            texts = dict.fromkeys(_rule_text(raw) for raw in lines.get(b"RRULE", ()))
            event.rules = [rule for text in texts if (rule := read_rule(text, self._tally))]
        self._tally["exrules"] += len(lines.get(b"EXRULE", ()))
        self._extras(event, block)
        self._exceptions(event, block)
        return event

    def version(self, event: Event) -> tuple[int, datetime, datetime]:
        """What the newer of two versions has more of: SEQUENCE, then LAST-MODIFIED or DTSTAMP (RFC 5546 2.1.5)."""
        sequence = next((value(raw) for raw in event.lines.get(b"SEQUENCE", ())), "0")
        number = int(sequence) if re.fullmatch(r"\d{1,18}", sequence) else 0
        stamp = self._stamp(event.lines, b"DTSTAMP")
        changed = self._stamp(event.lines, b"LAST-MODIFIED")
        return number, changed or stamp or EARLIEST, stamp or EARLIEST

    def _stamp(self, lines: Lines, name: bytes) -> datetime | None:
        for raw in lines.get(name, ()):
            try:
                return ZULU.instant(moment(value(raw)).wall)
            except ValueError:
                continue
        return None

    def _moment(self, raw: bytes, block: EventBlock, text: str | None = None) -> Moment:
        """A date or time with its parameters; `text` is one value of a list. Raises ValueError."""
        written = moment(value(raw) if text is None else text)
        zone: Zone = self._zones.owner
        if written.form == "utc":
            zone = ZULU
        elif written.form == "local":
            match = TZID.search(raw.rpartition(b":")[0])
            name = match[1].strip(b'"') if match else b""
            zone = self._zones.find(name, block.calendar) if name else zone
        return Moment(written.wall, written.form, zone)

    def _moments(self, raws: list[bytes], block: EventBlock) -> Iterator[Moment]:
        """The readable values of lines with lists; others are counted."""
        for raw, text in _values(raws):
            try:
                yield self._moment(raw, block, text)
            except ValueError:
                self._tally["repaired"] += 1

    def _length(self, block: EventBlock, start: Moment) -> Length:
        """The length of an event; nothing for one that ends before it starts. Raises ValueError."""
        ends, durations = block.lines.get(b"DTEND", []), block.lines.get(b"DURATION", [])
        if ends:
            self._tally["repaired"] += len(ends) > 1
            length = _until(start, max((self._moment(raw, block) for raw in ends), key=lambda end: end.instant))
        elif durations:
            length = _lasting(start, value(durations[0]))
        else:
            length = Length(DAY, in_days=True) if start.form == "date" else Length(NOTHING)
        self._tally["repaired"] += length.exact < NOTHING
        return length

    def _extras(self, event: Event, block: EventBlock) -> None:
        for number, (raw, text) in enumerate(_values(block.lines.get(b"RDATE", []))):
            if number >= VALUES:
                event.too_many_extras = True
                break
            try:
                first, slash, rest = text.partition("/")
                start = self._moment(raw, block, first)
                event.extras.append(Extra(start, self._period(raw, block, start, rest) if slash else None))
            except ValueError:
                self._tally["repaired"] += 1

    def _period(self, raw: bytes, block: EventBlock, start: Moment, rest: str) -> timedelta:
        """The exact length of a PERIOD (RFC 5545 3.3.9). Raises ValueError."""
        if "P" in rest.upper():
            lasting = _lasting(start, rest)
            return lasting.end(start.wall, start.zone) - start.instant
        return self._moment(raw, block, rest).instant - start.instant

    def _exceptions(self, event: Event, block: EventBlock) -> None:
        for number, exception in enumerate(self._moments(block.lines.get(b"EXDATE", []), block)):
            if number >= VALUES:
                self._tally["widened"] += 1
                break
            event.exceptions.append(exception)


def _rule_text(raw: bytes) -> str:
    """The text of an RRULE: all after the first colon, since by mistake it may hold more of them."""
    return raw.partition(b":")[2].decode("ascii", "replace")


def _values(raws: list[bytes]) -> Iterator[tuple[bytes, str]]:
    """The values of lines with lists, one by one, each with its line."""
    for raw in raws:
        for text in value(raw).split(","):
            yield raw, text


def _until(start: Moment, end: Moment) -> Length:
    """The length up to a DTEND; a date that ends on itself is one day."""
    if start.form == "date" and end.form == "date":
        return Length(min(FOREVER, end.wall - start.wall or DAY), in_days=True)
    if max(start.wall, end.wall).year < FAR_BACK:
        return Length(end.wall - start.wall)
    return Length(end.instant - start.instant)


def _lasting(start: Moment, text: str) -> Length:
    """The length of a DURATION: days on the calendar, then an exact time. Raises ValueError."""
    lasting = duration(text)
    if start.form == "date" and not lasting.exact:
        return Length(lasting.nominal, in_days=True)
    if FOREVER in (lasting.nominal, lasting.exact):
        return Length(FOREVER)
    if start.wall.year < FAR_BACK:
        return Length(lasting.nominal + lasting.exact)
    return Length(start.zone.instant(moved(start.wall, lasting.nominal)) + lasting.exact - start.instant)
