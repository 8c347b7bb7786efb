"""`read`: octets of a calendar file -> Reading. Runs in the child process; pure, and no two files share anything."""

from collections.abc import Collection
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from booking.calendars.busy.blocking import AllDay, Choice
from booking.calendars.busy.budget import Budget, Watch, unwatched
from booking.calendars.busy.events import Event, EventReader
from booking.calendars.busy.needed import needed
from booking.calendars.busy.reading import EARLIEST, LATEST, Counts, Interval, Reading, Tally, merge
from booking.calendars.busy.series import Context, busy
from booking.calendars.busy.text import EventBlock
from booking.calendars.busy.vtimezone import ZoneUnusable
from booking.calendars.busy.zone_names import ZoneFinder
from booking.calendars.busy.zones import NamedZone

# All that a block of a hostile file was seen to raise, in icalendar, dateutil and zoneinfo.
UNREADABLE = (ValueError, AttributeError, TypeError, LookupError, OverflowError, OSError, ZoneUnusable)


def read(
    octets: bytes,
    window: tuple[datetime, datetime],
    zone: ZoneInfo,
    email: str | None,
    own_hosts: Collection[str] = (),
    tentative_blocks: bool = True,
    all_day: AllDay = "calendar",
    *,
    watch: Watch = unwatched,
) -> Reading:
    """The busy intervals of a calendar file within a window of two aware times.

    `zone` is where the owner lives: floating times and dates are read there. `email` is the owner's address, whose
    declined invitations are free. Events with a UID of one of `own_hosts` are our own bookings, come back, and do not
    count. `watch` puts a timer under every rule. Raises Unusable (too_large, no_calendar, too_many_events); one bad or
    hostile event only ever raises a count.
    """
    tally = Tally()
    near = max(EARLIEST, window[0]).astimezone(UTC), min(LATEST, window[1]).astimezone(UTC)
    kept = needed(octets, near, email, own_hosts, tally)
    del octets
    owner = NamedZone(zone)
    reader = EventReader(ZoneFinder(kept.zones, owner, tally), Choice(email, tentative_blocks, all_day), tally)
    context = Context(near, owner, Budget(watch), tally, reader.version)
    intervals: list[Interval] = []
    for group in kept.groups:
        events = _readable(group, reader, tally)
        try:
            intervals.extend(busy(events, context))
        except UNREADABLE:
            tally["unreadable"] += len(events)
    return Reading(merge(intervals, near), Counts(**tally), context.blocked_from)


def _readable(blocks: list[EventBlock], reader: EventReader, tally: Tally) -> list[Event]:
    """The events that can be read; the others are counted. One bad block never voids another."""
    found = []
    for block in blocks:
        try:
            found.append(reader.read(block))
        except UNREADABLE:
            tally["unreadable"] += 1
    return found
