"""Opening rules: from wall time to open ticks.

A rule is written in the wall time of its calendar, in minutes after midnight that are multiples of 5; what comes out
is UTC. `ticks_of` is the only way from wall time to ticks. Zone data is whatever the given zone was made from.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal

from booking.timeline import TICK_SECONDS, LocalDay, Span, Tick, Timeline, Window, ceil_tick, instant, tick_of

MINUTES_PER_DAY = 1440
TICK_MINUTES = TICK_SECONDS // 60
_TICK = timedelta(seconds=TICK_SECONDS)
_DAY = timedelta(days=1)

Anchor = Literal["opening", "clock"]


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """One piece of one weekday (ISO, Monday is 1) that is open every week, for some forms.

    `valid_from` and `valid_to` are the first and last date, None without limit. Starts lie every `step` minutes from
    the beginning of the piece (anchor `opening`) or on the clock (anchor `clock`: 08:00, 08:30).
    """

    weekday: int
    from_minute: int
    to_minute: int
    valid_from: date | None
    valid_to: date | None
    forms: frozenset[str]
    step: int
    anchor: Anchor = "opening"

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= 7:
            raise ValueError("a weekday is 1 to 7")
        _check_minutes(self.from_minute, self.to_minute)
        if not 5 <= self.step <= 120 or self.step % TICK_MINUTES:
            raise ValueError("a step is 5 to 120 minutes, a multiple of 5")
        if self.anchor not in ("opening", "clock"):
            raise ValueError("an anchor is opening or clock")

    def active_on(self, day: date) -> bool:
        """Whether the rule opens on a date."""
        return (
            day.isoweekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """What a calendar offers for one form, before anything is booked; all three in one window.

    `open` is the time that may be met in (closed time taken out), `grid` the ticks a meeting may begin at, `closed`
    the absences and closures, which buffers may not reach over either.
    """

    open: Timeline
    grid: Timeline
    closed: Timeline

    def cut(self, window: Window) -> "Opening":
        """The same opening in another window."""
        return Opening(self.open.cut(window), self.grid.cut(window), self.closed.cut(window))


def opening(
    rules: Iterable[WeeklyRule], closed_spans: Iterable[Span], window: Window, zone: tzinfo, form: str
) -> Opening:
    """The opening of one calendar for one form; `closed_spans` are absences and closures, in ticks.

    Closed time wins over every rule. It never moves the grid: that stands on the rules alone, and the grids of
    overlapping rules are joined.
    """
    by_weekday: defaultdict[int, list[WeeklyRule]] = defaultdict(list)
    for rule in rules:
        if form in rule.forms:
            by_weekday[rule.weekday].append(rule)
    pieces: list[tuple[Tick, int]] = []
    marks: list[tuple[Tick, int]] = []
    for day in local_days(window, zone):
        for rule in by_weekday[day.date.isoweekday()]:
            if rule.active_on(day.date):
                start, end = ticks_of(day.date, rule.from_minute, rule.to_minute, zone)
                pieces.append((start, (1 << (end - start)) - 1))
                marks.append((start, _marks(start, end, rule.step // TICK_MINUTES, rule.anchor, zone)))
    closed = Timeline.of(window, closed_spans)
    return Opening(Timeline.of_pieces(window, pieces) - closed, Timeline.of_pieces(window, marks), closed)


def allowed_span(now: datetime, lead_minutes: int, horizon_days: int, window: Window, zone: tzinfo) -> Span:
    """The starts that lead time and horizon allow, clipped to the window; possibly empty, never reversed.

    A start is early enough at exactly `now` (aware) plus the lead time. The last day that can be booked is the local
    date of `now` plus the horizon, the whole of it.
    """
    last = now.astimezone(zone).date() + timedelta(days=horizon_days)
    start = max(ceil_tick(now + timedelta(minutes=lead_minutes)), window.origin)
    end = min(ticks_of(last + _DAY, 0, MINUTES_PER_DAY, zone)[0], window.end)
    return start, max(start, end)


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
    _check_minutes(from_minute, to_minute)
    return _edge(day, from_minute, zone, last=False), _edge(day, to_minute, zone, last=True)


def _check_minutes(from_minute: int, to_minute: int) -> None:
    if not 0 <= from_minute < to_minute <= MINUTES_PER_DAY:
        raise ValueError("a piece of a day begins before it ends, within 0 to 1440 minutes")
    if from_minute % TICK_MINUTES or to_minute % TICK_MINUTES:
        raise ValueError("minutes must be multiples of 5")


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
    return _change(as_second, as_first, zone)


def _offset(moment: datetime) -> timedelta:
    offset = moment.utcoffset()
    if offset is None or offset % _TICK:
        raise ValueError("the zone has no offset of whole ticks here")
    return offset


def _offset_at(tick: Tick, zone: tzinfo) -> timedelta:
    return _offset(instant(tick).astimezone(zone))


def _change(before: Tick, after: Tick, zone: tzinfo) -> Tick:
    """The first tick with the new offset, when the clock is changed once in `(before, after]`."""
    new = _offset_at(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_at(middle, zone) == new:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=16_384)
def _marks(start: Tick, end: Tick, step: int, anchor: Anchor, zone: tzinfo) -> int:
    """The grid of one piece of a day as bits from `start`; `step` in ticks."""
    if start == end:
        return 0
    if anchor == "opening":
        return _comb(end - start, step, 0)
    bits = 0
    for begin, stop in _steady(start, end, zone):
        wall = instant(begin).astimezone(zone)
        since_midnight = (wall.hour * 60 + wall.minute) // TICK_MINUTES
        bits |= _comb(stop - begin, step, -since_midnight % step) << (begin - start)
    return bits


def _steady(start: Tick, end: Tick, zone: tzinfo) -> Sequence[Span]:
    """The parts of a piece of a day with one offset each: one part, or two around a change of the clock."""
    if _offset_at(start, zone) == _offset_at(end - 1, zone):
        return ((start, end),)
    change = _change(start, end - 1, zone)
    return (start, change), (change, end)


def _comb(length: int, step: int, first: int) -> int:
    """Every `step`-th bit from `first` on, below `length`."""
    return sum(1 << bit for bit in range(first, length, step))
