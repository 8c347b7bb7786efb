"""Opening rules: from wall time to open ticks.

A rule is written in the wall time of its calendar, in minutes after midnight that are multiples of 5; what comes out
is UTC, by `booking.walltime`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, NamedTuple

from booking.patterns import MINUTES_PER_DAY, Pattern, check_minutes
from booking.red_days import CLOSED, NO_HOLIDAYS, Holidays, working_days_after
from booking.timeline import TICK_MINUTES, Span, Tick, Timeline, Window, ceil_tick, instant
from booking.walltime import local_days, steady, ticks_of

_DAY = timedelta(days=1)

Anchor = Literal["opening", "clock"]
Kind = Literal["skip", "change", "extra", "closed"]


@dataclass(frozen=True, slots=True)
class Rule(Pattern):
    """A recurring piece of open time, for some forms. `key` is what an exception names it by.

    Starts lie every `step` minutes from the beginning of the piece (anchor `opening`) or on the clock (anchor `clock`:
    08:00, 08:30). On red and short days it is closed, unless `on_red_days`.
    """

    forms: frozenset[str]
    step: int
    anchor: Anchor = "opening"
    on_red_days: bool = False
    key: object = None

    def __post_init__(self) -> None:
        # Not by `super()`, whose cell a dataclass with slots loses.
        Pattern.__post_init__(self)
        _check_grid(self.step, self.anchor)


@dataclass(frozen=True, slots=True)
class DatedException:
    """One date that differs: kind `skip` or `change` of one rule's occurrence, `extra` time, or `closed`.

    `rule`: the key of the rule that is skipped or changed. `forms`: of a change or a closing nothing means all of them.
    """

    day: date
    kind: Kind
    rule: object = None
    from_minute: int = 0
    to_minute: int = MINUTES_PER_DAY
    forms: frozenset[str] = frozenset()
    step: int = 5
    anchor: Anchor = "opening"

    def __post_init__(self) -> None:
        if self.kind not in ("skip", "change", "extra", "closed"):
            raise ValueError("an exception skips, changes, adds or closes")
        if (self.kind in ("skip", "change")) == (self.rule is None):
            raise ValueError("what skips or changes names a rule, what adds or closes names none")
        if self.kind == "extra" and not self.forms:
            raise ValueError("extra time is for some form")
        check_minutes(self.from_minute, self.to_minute)
        _check_grid(self.step, self.anchor)


@dataclass(frozen=True, slots=True)
class Recurring(Pattern):
    """A pattern that counts only inside a span of ticks: an absence that recurs between two moments."""

    within: Span | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides when one calendar is open. Absences and closures in ticks; recurring absences in wall time."""

    rules: Sequence[Rule] = ()
    exceptions: Sequence[DatedException] = ()
    holidays: Holidays = NO_HOLIDAYS
    absences: Sequence[Span] = ()
    recurring: Sequence[Pattern] = ()
    closures: Sequence[Span] = ()


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


@dataclass(frozen=True, slots=True)
class Layers:
    """Why a time is open or not, one timeline for each reason, all in one window.

    `open` is what rules, changes and extra time open on working days; `red`, `short`: what a rule would have opened and
    a holiday closes; then what exceptions, absences and closures close, whether or not it was open.
    """

    open: Timeline
    grid: Timeline
    red: Timeline
    short: Timeline
    exceptions: Timeline
    absences: Timeline
    closures: Timeline

    @property
    def opening(self) -> Opening:
        """The layers as the one answer: the later one wins."""
        closed = self.absences | self.closures
        return Opening(self.open - self.exceptions - closed, self.grid, closed)


def opening(plan: Plan, window: Window, zone: tzinfo, form: str) -> Opening:
    """The opening of one calendar for one form.

    Order, the later one wins: rules, holidays, changed or extra occurrences, closed exceptions, absences, closures.
    Closed time never moves the grid: that stands on rules and exceptions alone, and the grids of overlapping pieces are
    joined.
    """
    return layers(plan, window, zone, form).opening


def layers(plan: Plan, window: Window, zone: tzinfo, form: str) -> Layers:
    """The opening of one calendar for one form, and what closes it, each for itself."""
    by_weekday: defaultdict[int, list[Rule]] = defaultdict(list)
    for rule in plan.rules:
        if form in rule.forms or rule.key is not None:
            by_weekday[rule.weekday].append(rule)
    exceptions = _by_date(plan.exceptions)
    parts: dict[str, list[tuple[Tick, int]]] = {name: [] for name in ("open", "grid", "red", "short", "exceptions")}
    for day in local_days(window, zone):
        rules, others = by_weekday[day.date.isoweekday()], exceptions.get(day.date, ())
        for name, piece in _pieces_of(day.date, rules, others, plan.holidays, form):
            start, end = ticks_of(day.date, piece.from_minute, piece.to_minute, zone)
            parts[name].append((start, (1 << (end - start)) - 1))
            if name == "open":
                parts["grid"].append((start, _marks(start, end, piece.step // TICK_MINUTES, piece.anchor, zone)))
    made = {name: Timeline.of_pieces(window, pieces) for name, pieces in parts.items()}
    absences = Timeline.of(window, (*plan.absences, *_spans(plan.recurring, window, zone)))
    return Layers(
        open=made["open"],
        grid=made["grid"],
        red=made["red"] - made["open"],
        short=made["short"] - made["open"],
        exceptions=made["exceptions"],
        absences=absences,
        closures=Timeline.of(window, plan.closures),
    )


class _Piece(NamedTuple):
    """A piece of one date, in minutes after midnight, with its grid."""

    from_minute: int
    to_minute: int
    step: int = 5
    anchor: Anchor = "opening"


def _by_date(exceptions: Sequence[DatedException]) -> dict[date, list[DatedException]]:
    found: defaultdict[date, list[DatedException]] = defaultdict(list)
    for exception in exceptions:
        found[exception.day].append(exception)
    return found


def _pieces_of(
    day: date, rules: Sequence[Rule], exceptions: Sequence[DatedException], holidays: Holidays, form: str
) -> Iterator[tuple[str, _Piece]]:
    """The pieces of one date, each with the name of the layer that it belongs to."""
    named = {one.rule: one for one in exceptions if one.rule is not None}
    for rule in rules:
        if not rule.active_on(day):
            continue
        changed = named.get(rule.key) if rule.key is not None else None
        if changed is None:
            if form in rule.forms:
                yield from _regular(rule, day, holidays)
        elif changed.kind == "change" and form in (changed.forms or rule.forms):
            yield "open", _Piece(changed.from_minute, changed.to_minute, rule.step, rule.anchor)
    for one in exceptions:
        if one.kind == "extra" and form in one.forms:
            yield "open", _Piece(one.from_minute, one.to_minute, one.step, one.anchor)
        elif one.kind == "closed" and (not one.forms or form in one.forms):
            yield "exceptions", _Piece(one.from_minute, one.to_minute)


def _regular(rule: Rule, day: date, holidays: Holidays) -> Iterator[tuple[str, _Piece]]:
    """A rule's piece of a date, divided where the day closes early. A shorter piece keeps its grid."""
    closes = MINUTES_PER_DAY
    if not rule.on_red_days:
        if day in holidays.red:
            yield "red", _Piece(rule.from_minute, rule.to_minute)
            return
        closes = holidays.short.get(day, MINUTES_PER_DAY)
    kept, lost = min(rule.to_minute, closes), max(rule.from_minute, closes)
    if rule.from_minute < kept:
        yield "open", _Piece(rule.from_minute, kept, rule.step, rule.anchor)
    if lost < rule.to_minute:
        yield "short", _Piece(lost, rule.to_minute)


def _spans(patterns: Sequence[Pattern], window: Window, zone: tzinfo) -> Iterator[Span]:
    """What recurs, as spans."""
    if not patterns:
        return
    for day in local_days(window, zone):
        for pattern in patterns:
            if pattern.active_on(day.date):
                start, end = ticks_of(day.date, pattern.from_minute, pattern.to_minute, zone)
                if isinstance(pattern, Recurring) and pattern.within is not None:
                    start, end = max(start, pattern.within[0]), min(end, pattern.within[1])
                if start < end:
                    yield start, end


def _check_grid(step: int, anchor: str) -> None:
    if not 5 <= step <= 120 or step % TICK_MINUTES:
        raise ValueError("a step is 5 to 120 minutes, a multiple of 5")
    if anchor not in ("opening", "clock"):
        raise ValueError("an anchor is opening or clock")


@dataclass(frozen=True, slots=True)
class Lead:
    """How early one must book: so many minutes before the start, or so many working days before its date."""

    minutes: int = 0
    working_days: int = 0

    def __post_init__(self) -> None:
        if self.minutes < 0 or self.working_days < 0 or (self.minutes and self.working_days):
            raise ValueError("a lead time is minutes or working days")

    def soonest(self, now: datetime, holidays: Holidays, zone: tzinfo) -> Tick:
        """The first tick that is early enough. The day of `now` (aware) does not count; a date is early from midnight.

        Working days are Monday to Friday, but for red days and those closed like them.
        """
        if not self.working_days:
            return ceil_tick(now + timedelta(minutes=self.minutes))
        closed = holidays.red | {day for day, minute in holidays.short.items() if minute == CLOSED}
        day = working_days_after(now.astimezone(zone).date(), self.working_days, closed)
        return ticks_of(day, 0, MINUTES_PER_DAY, zone)[0]


def allowed_span(
    now: datetime, lead: Lead, horizon_days: int, window: Window, zone: tzinfo, holidays: Holidays = NO_HOLIDAYS
) -> Span:
    """The starts that lead time and horizon allow, clipped to the window; possibly empty, never reversed.

    A start is early enough at exactly `now` (aware) plus a lead time in minutes. The last day that can be booked is the
    local date of `now` plus the horizon, the whole of it.
    """
    last = now.astimezone(zone).date() + timedelta(days=horizon_days)
    start = max(lead.soonest(now, holidays, zone), window.origin)
    end = min(ticks_of(last + _DAY, 0, MINUTES_PER_DAY, zone)[0], window.end)
    return start, max(start, end)


@lru_cache(maxsize=16_384)
def _marks(start: Tick, end: Tick, step: int, anchor: Anchor, zone: tzinfo) -> int:
    """The grid of one piece of a day as bits from `start`; `step` in ticks."""
    if start == end:
        return 0
    if anchor == "opening":
        return _comb(end - start, step, 0)
    bits = 0
    for begin, stop in steady(start, end, zone):
        wall = instant(begin).astimezone(zone)
        since_midnight = (wall.hour * 60 + wall.minute) // TICK_MINUTES
        bits |= _comb(stop - begin, step, -since_midnight % step) << (begin - start)
    return bits


def _comb(length: int, step: int, first: int) -> int:
    """Every `step`-th bit from `first` on, below `length`."""
    return sum(1 << bit for bit in range(first, length, step))
