"""What a calendar file gives: busy intervals and counts, and nothing else of its text."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

Interval = tuple[datetime, datetime]
Window = tuple[datetime, datetime]
Tally = Counter[str]  # keys: the fields of Counts

# Years 1900-2100: earlier and later times count as these ends.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2101, 1, 1, tzinfo=UTC)

DOUBTFUL_AT_LEAST = 5
DOUBTFUL_ONE_IN = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """How a file was read; every field is a number of things.

    `events` stood in the file; `own` came from us and were left out; `unreadable` could not be read; `repaired` values
    were ignored or mended; `zones` could not be used as written; `rules_once` rules counted as one occurrence;
    `exrules` were not honoured; `over_budget` rules were too costly; `widened` events block more than an exact reading
    would; `oversized` lines or components were dropped.
    """

    events: int = 0
    own: int = 0
    unreadable: int = 0
    repaired: int = 0
    zones: int = 0
    rules_once: int = 0
    exrules: int = 0
    over_budget: int = 0
    widened: int = 0
    oversized: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """Busy time in a window.

    `intervals` are UTC, half-open, sorted, disjoint, not touching, and clipped to the window. `blocked_from` is where
    the earliest rule over budget began to block, None if there was none.
    """

    intervals: tuple[Interval, ...]
    counts: Counts
    blocked_from: datetime | None = None

    @property
    def doubtful(self) -> bool:
        """More than one in five events, and at least five, were unreadable: keep the last good times instead."""
        unreadable = self.counts.unreadable
        return unreadable >= DOUBTFUL_AT_LEAST and unreadable * DOUBTFUL_ONE_IN > self.counts.events


def merge(intervals: Iterable[Interval], window: Window) -> tuple[Interval, ...]:
    """The sorted union of half-open intervals, clipped to the window; touching ones become one, empty ones none."""
    first, last = window
    merged: list[Interval] = []
    for start, end in sorted((max(start, first), min(end, last)) for start, end in intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
