"""Entries whose time does not fit their place in the chain: they were put in past the database's clock. Pure.

An entry is sealed a moment after it was made, and gets its time from the database (a trigger), so times follow the
numbers, but for what a transaction takes. An entry is astray when its time is

    ahead   of now, or of the time of an anchor that knows it or a later one
    behind  the entries before it; or it is so far ahead that the ones after it are behind, and fit what was before it

What lies within `TOLERANCE` of its neighbours cannot be told from an honest entry.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from identity.chain import Sealed

TOLERANCE = timedelta(minutes=5)  # transactions end long before, and clocks differ by less
_NEVER = datetime.max.replace(tzinfo=UTC) - TOLERANCE


class Watch:
    """Looks at the entries of one chain as they pass by; `astray` holds those that do not fit, in their order."""

    def __init__(self, *, now: datetime, told: Iterable[tuple[int, datetime]] = ()) -> None:
        """`told`: number and time of each anchor."""
        self.astray: list[Sealed] = []
        self._now = now
        self._numbers, self._latest_at = _falling(told)
        self._before: Sealed | None = None
        self._last: Sealed | None = None

    def over(self, rows: Iterable[Sealed]) -> Iterator[Sealed]:
        """The same rows, looked at."""
        held: Sealed | None = None
        for row in rows:
            if held is not None:
                self._look(held, row)
                yield held
            held = row
        if held is not None:
            self._look(held, None)
            yield held

    def _look(self, row: Sealed, after: Sealed | None) -> None:
        if row.entry.at > self._limit(row.number) + TOLERANCE:
            self.astray.append(row)
        elif self._last is None or not _behind(row, self._last):
            self._before, self._last = self._last, _later(self._last, row)
        elif self._leapt(row, after):
            self.astray.append(self._last)
            self._last = row
        else:
            self.astray.append(row)

    def _leapt(self, row: Sealed, after: Sealed | None) -> bool:
        """Whether the last row is the one that is astray: this one fits what was before, the next one too."""
        fits = self._before is not None and not _behind(row, self._before)
        return fits and after is not None and self._last is not None and _behind(after, self._last)

    def _limit(self, number: int) -> datetime:
        """No entry with this number can be later."""
        place = bisect_left(self._numbers, number)
        return min(self._now, self._latest_at[place]) if place < len(self._numbers) else self._now


def _behind(row: Sealed, other: Sealed) -> bool:
    return row.entry.at < other.entry.at - TOLERANCE


def _later(last: Sealed | None, row: Sealed) -> Sealed:
    return row if last is None or row.entry.at >= last.entry.at else last


def _falling(told: Iterable[tuple[int, datetime]]) -> tuple[list[int], list[datetime]]:
    """The anchors' numbers, rising, and for each the earliest time of it and of all after it."""
    ordered = sorted(told)
    earliest, times = _NEVER, []
    for _, at in reversed(ordered):
        earliest = min(earliest, at)
        times.append(earliest)
    return [number for number, _ in ordered], times[::-1]
