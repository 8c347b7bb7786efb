"""Free times: the one formula, and the search over many calendars."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Self

from booking.rules import Opening
from booking.timeline import TICK_MINUTES, LocalDay, Span, Tick, Timeline, Window, instant

MAX_MEETING = 144
MAX_BLOCK = 288


@dataclass(frozen=True, slots=True)
class Slot:
    """A time a resident can choose: a value, never a row. Both ends are aware UTC; `calendars` are their ids."""

    start: datetime
    end: datetime
    form: str
    calendars: tuple[int, ...]

    @classmethod
    def at(cls, tick: Tick, *, duration: int, form: str, calendars: Iterable[int] = ()) -> Self:
        """The slot of `duration` ticks that begins at a tick."""
        return cls(instant(tick), instant(tick + duration), form, tuple(calendars))


@dataclass(frozen=True, slots=True)
class Demand:
    """What a meeting takes, in ticks: its duration, and buffers that are stored with the booking."""

    duration: int
    before: int = 0
    after: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.duration <= MAX_MEETING or self.before < 0 or self.after < 0 or self.reach > MAX_BLOCK:
            raise ValueError("a meeting takes 1 to 144 ticks, and at most 288 with its buffers")

    @classmethod
    def of_minutes(cls, duration: int, before: int = 0, after: int = 0) -> Self:
        """From minutes, which must be multiples of 5 (ValueError)."""
        if duration % TICK_MINUTES or before % TICK_MINUTES or after % TICK_MINUTES:
            raise ValueError("minutes must be multiples of 5")
        return cls(duration // TICK_MINUTES, before // TICK_MINUTES, after // TICK_MINUTES)

    @property
    def reach(self) -> int:
        """Meeting and buffers together: the margin a search window needs on both sides."""
        return self.before + self.duration + self.after

    def meeting(self, start: Tick) -> Span:
        """The span of the meeting itself."""
        return start, start + self.duration

    def block(self, start: Tick) -> Span:
        """The span that the calendar loses: the meeting with its buffers."""
        return start - self.before, start + self.duration + self.after


class Offer(NamedTuple):
    """A start, and the calendars that are free for it, ascending."""

    tick: Tick
    calendars: tuple[int, ...]


def starts_of(opening: Opening, taken: Timeline, demand: Demand, allowed: Timeline | Span) -> Timeline:
    """The starts of one calendar; `allowed` holds lead time, horizon and day or week limits.

    The meeting must lie inside open time and begin on the grid; its buffers may reach outside open time, but never
    over anything taken or closed. A start `s` is refused exactly when some taken tick lies in
    `[s - before, s + duration + after)`. The window must have a margin of `demand.reach` around the starts asked for.
    """
    return (fits(opening, demand) & allowed) - blocked(taken, demand)


def fits(opening: Opening, demand: Demand) -> Timeline:
    """The starts that an opening would have if nothing were taken."""
    return (opening.open.starts(demand.duration) & opening.grid) - blocked(opening.closed, demand)


def blocked(taken: Timeline, demand: Demand) -> Timeline:
    """The starts that taken time refuses, open or not."""
    return taken.dilate(before=demand.duration + demand.after - 1, after=demand.before)


def pooled(per_calendar: Mapping[int, Timeline]) -> Timeline:
    """The starts of any calendar; all must share one window (ValueError). An empty pool has no starts."""
    window = _shared_window(per_calendar)
    bits = 0
    for timeline in per_calendar.values():
        bits |= timeline.bits
    return Timeline(window, bits)


def first_slots(per_calendar: Mapping[int, Timeline], n: int) -> list[Offer]:
    """The first `n` starts of a pool; each start once, however many calendars are free for it."""
    everybody = pooled(per_calendar)
    return offers_at(per_calendar, first_ticks(everybody, n))


def nearest(per_calendar: Mapping[int, Timeline], wanted: Tick, n: int = 3) -> list[Offer]:
    """The `n` starts nearest to `wanted`, which counts itself if free; of two equally near the earlier comes first."""
    everybody = pooled(per_calendar)
    return offers_at(per_calendar, nearest_ticks(everybody, wanted, n))


def first_ticks(timeline: Timeline, n: int) -> list[Tick]:
    """The first `n` ticks of a timeline; far cheaper than all of them."""
    return list(_upward(timeline, timeline.window.origin, n))


def nearest_ticks(timeline: Timeline, wanted: Tick, n: int) -> list[Tick]:
    """The `n` ticks nearest to one, which counts itself; of two equally near the earlier comes first."""
    around = [*_downward(timeline, wanted, n), *_upward(timeline, wanted + 1, n)]
    return sorted(around, key=lambda tick: (abs(tick - wanted), tick))[:n]


def grid(per_calendar: Mapping[int, Timeline], table: Iterable[LocalDay]) -> list[tuple[date, list[Tick]]]:
    """The starts of a pool by local day, days without any included; `table` as `rules.local_days` gives it."""
    return [(day, list(starts.iterate())) for day, starts in pooled(per_calendar).days(table)]


def _upward(timeline: Timeline, tick: Tick, n: int) -> Iterator[Tick]:
    """At most `n` ticks of a timeline from `tick` on; far cheaper than all of them."""
    found = timeline.next(tick)
    while found is not None and n > 0:
        yield found
        found, n = timeline.next(found + 1), n - 1


def _downward(timeline: Timeline, tick: Tick, n: int) -> Iterator[Tick]:
    """At most `n` ticks of a timeline from `tick` back."""
    found = timeline.previous(tick)
    while found is not None and n > 0:
        yield found
        found, n = timeline.previous(found - 1), n - 1


def _shared_window(per_calendar: Mapping[int, Timeline]) -> Window:
    shared = next((timeline.window for timeline in per_calendar.values()), Window(0, 0))
    if any(timeline.window is not shared and timeline.window != shared for timeline in per_calendar.values()):
        raise ValueError("timelines meet only in the same window")
    return shared


def offers_at(per_calendar: Mapping[int, Timeline], ticks: Sequence[Tick]) -> list[Offer]:
    """The chosen ticks (of the window) with their calendars, in the order given.

    Every calendar is cut once to the stretch that holds all of them; what is looked at tick by tick is then small.
    """
    if not ticks:
        return []
    first, origin = min(ticks), _shared_window(per_calendar).origin
    skipped, stretch = first - origin, (1 << (max(ticks) - first + 1)) - 1
    cut = [(calendar, per_calendar[calendar].bits >> skipped & stretch) for calendar in sorted(per_calendar)]
    masks = [1 << (tick - first) for tick in ticks]
    return [
        Offer(tick, tuple([calendar for calendar, bits in cut if bits & mask]))
        for tick, mask in zip(ticks, masks, strict=True)
    ]
