"""Wall time to ticks: `ticks_of` is the only way. Zone data is whatever the given zone was made from."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from booking.patterns import MINUTES_PER_DAY, check_minutes
from booking.timeline import TICK_SECONDS, LocalDay, Span, Tick, Window, instant, tick_of

_TICK = timedelta(seconds=TICK_SECONDS)
_DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def local_days(window: Window, zone: tzinfo) -> tuple[LocalDay, ...]:
    """The local dates of a window with their ticks; together they are exactly the window, in order."""
    return tuple(_days(window, zone))


def _days(window: Window, zone: tzinfo) -> Iterator[LocalDay]:
    day = instant(window.origin).astimezone(zone).date()
    origin = window.origin
    while origin < window.end:
        following = ticks_of(day + _DAY, 0, MINUTES_PER_DAY, zone)[0]
        end = min(following, window.end)
        # A zone that crosses the date line skips a whole date.
        if origin < end:
            yield LocalDay(day, origin, end)
        day, origin = day + _DAY, end


@lru_cache(maxsize=16_384)
def ticks_of(day: date, from_minute: int, to_minute: int, zone: tzinfo) -> tuple[Tick, Tick]:
    """The ticks of a piece of a local date, half-open; minutes after midnight, multiples of 5, 1440 is 24:00.

    A time that occurs twice means the first as a beginning and the second as an end. A time that does not exist means
    the first instant after the gap, so a piece inside a gap is empty. ValueError for minutes out of order or off the
    5 minutes, and for a zone whose offset is not whole ticks.
    """
    check_minutes(from_minute, to_minute)
    return _edge(day, from_minute, zone, last=False), _edge(day, to_minute, zone, last=True)


def _edge(day: date, minute: int, zone: tzinfo, *, last: bool) -> Tick:
    """The tick of a wall time. The two folds have one offset unless the clock is being changed just there."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    first, second = _offset(wall.replace(tzinfo=zone, fold=0)), _offset(wall.replace(tzinfo=zone, fold=1))
    as_first = tick_of((wall - first).replace(tzinfo=UTC))
    if first == second:
        return as_first
    as_second = tick_of((wall - second).replace(tzinfo=UTC))
    if first > second:
        return as_second if last else as_first
    # A gap: the folds give a time before it and one after it, neither of which was meant.
    return change(as_second, as_first, zone)


def _offset(moment: datetime) -> timedelta:
    offset = moment.utcoffset()
    if offset is None or offset % _TICK:
        raise ValueError("the zone has no offset of whole ticks here")
    return offset


def offset_at(tick: Tick, zone: tzinfo) -> timedelta:
    """The offset from UTC at a tick."""
    return _offset(instant(tick).astimezone(zone))


def change(before: Tick, after: Tick, zone: tzinfo) -> Tick:
    """The first tick with the new offset, when the clock is changed once in `(before, after]`."""
    new = offset_at(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(middle, zone) == new:
            after = middle
        else:
            before = middle
    return after


def steady(start: Tick, end: Tick, zone: tzinfo) -> Sequence[Span]:
    """The parts of a piece of a day with one offset each: one part, or two around a change of the clock."""
    if offset_at(start, zone) == offset_at(end - 1, zone):
        return ((start, end),)
    changed = change(start, end - 1, zone)
    return (start, changed), (changed, end)
