"""Which events of a file must be read at all: most lie outside the window, or came from us."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.calendars.busy.errors import Unusable
from booking.calendars.busy.reading import Tally, Window
from booking.calendars.busy.text import Blocks, EventBlock, Lines, ZoneBlock, unfolded, value

OCTETS_LIMIT = 60_000_000
BLOCKS_LIMIT = 10_000

MARGIN = timedelta(days=2)  # more than any offset between two zones
SHORT = timedelta(days=47)  # longer than any DURATION that SHORT_DURATION lets through, and the margin

# Dates that exist; the few others are left to be read, and counted.
DAY = r"(?!0000)\d{4}((0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])(29|30)|(0[13578]|1[02])31)"
MOMENT = re.compile(DAY + r"(T([01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?")
SHORT_DURATION = re.compile(r"PT\d{1,3}[HMS]|PT\d{1,2}H\d{1,2}M")


@dataclass(slots=True)
class Needed:
    """Events by UID (those without one each alone), and the time zones."""

    groups: list[list[EventBlock]]
    zones: list[ZoneBlock]


def needed(octets: bytes, window: Window, email: str | None, own_hosts: Collection[str], tally: Tally) -> Needed:
    """What must be read of a file.

    Left out are events with a UID of one of `own_hosts`, else a cancelled booking would block its own time until the
    calendar program asks again, and singles that surely lie more than two days outside the window. The unit is a UID:
    if one of its events must be read, all are, since without the newer one an older version would block again. Raises
    Unusable (too_large, no_calendar, too_many_events).
    """
    if len(octets) > OCTETS_LIMIT:
        raise Unusable("too_large")
    blocks = Blocks(unfolded(octets), email, tally)
    del octets
    outside, hosts = _Outside(window), {host.casefold() for host in own_hosts}
    groups: defaultdict[bytes | int, list[EventBlock]] = defaultdict(list)
    let_go: dict[bytes | int, list[tuple[int, int]]] = {}
    kept = 0
    for block in blocks.events():
        tally["events"] += 1
        uid = _uid(block)
        if hosts and isinstance(uid, bytes) and _host(uid) in hosts:
            tally["own"] += 1
        elif outside.surely(block.lines) and uid not in groups:
            let_go.setdefault(uid, []).append((block.calendar, block.begins))
        else:
            groups[uid].append(block)
            kept = _counted(kept)
    if not blocks.has_calendar:
        raise Unusable("no_calendar")
    for uid in groups.keys() & let_go.keys():
        for calendar, begins in let_go[uid]:
            again = next(Blocks(blocks.data, email, Tally()).events(begins))
            groups[uid].append(EventBlock(calendar, begins, again.lines))
            kept = _counted(kept)
    return Needed(list(groups.values()), blocks.zones)


def _counted(kept: int) -> int:
    if kept >= BLOCKS_LIMIT:
        raise Unusable("too_many_events")
    return kept + 1


def _uid(block: EventBlock) -> bytes | int:
    """The UID, unescaped; for an event without one its place, since such events are all different."""
    for raw in block.lines.get(b"UID", ()):
        uid = raw.partition(b":")[2].strip().replace(b"\\,", b",").replace(b"\\;", b";")
        if uid:
            return uid
    return block.begins


def _host(uid: bytes) -> str:
    return uid.rpartition(b"@")[2].decode("utf-8", "replace").casefold()


class _Outside:
    """Tells singles that surely lie outside a window, from their digits alone."""

    def __init__(self, window: Window) -> None:
        first, last = window
        self._before = _day(first, -MARGIN)
        self._long_before = _day(first, -SHORT)
        self._after = _day(last, MARGIN)

    def surely(self, lines: Lines) -> bool:
        """Whether an event is one occurrence, readable, and ends before or begins after the window and its margin."""
        starts, ends, durations = lines.get(b"DTSTART", ()), lines.get(b"DTEND", ()), lines.get(b"DURATION", ())
        if len(starts) != 1 or len(ends) + len(durations) > 1 or b"RRULE" in lines or b"RDATE" in lines:
            return False
        start = value(starts[0])
        end = value(ends[0]) if ends else start
        if not (MOMENT.fullmatch(start) and MOMENT.fullmatch(end)):
            return False
        if durations and not SHORT_DURATION.fullmatch(value(durations[0])):
            return False
        return start[:8] > self._after or max(start, end)[:8] < (self._long_before if durations else self._before)


def _day(moment: datetime, distance: timedelta) -> str:
    """The day at a distance from a moment, as eight digits."""
    try:
        return (moment + distance).strftime("%Y%m%d").zfill(8)
    except OverflowError:
        return "00000000" if distance < timedelta(0) else "99999999"
