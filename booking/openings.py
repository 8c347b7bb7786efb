"""Openings of calendars, kept by the version of all that they are made of. Taken time is never kept.

64 MB of them in a process, least recently used out. A mistake here could only offer a time that the booking refuses.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from booking import plans
from booking.pool import Pool, PoolCalendar
from booking.red_days import Holidays
from booking.rules import Opening
from booking.slots import Demand, fits
from booking.timeline import Window, instant

_CACHE_BYTES: Final = 64 * 2**20
_AROUND: Final = 600  # bytes of the objects around the bits
_Key = tuple[object, ...]


@dataclass(slots=True)
class Kept:
    """One opening, and the starts that it would have for each demand if nothing were taken."""

    opening: Opening
    starts: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def starts_for(self, demand: Demand) -> int:
        """The starts as bits of the window."""
        key = demand.duration, demand.before, demand.after
        found = self.starts.get(key)
        if found is None:
            found = self.starts[key] = fits(self.opening, demand).bits
            cache.grow(self.opening.open.window)
        return found


class Openings:
    """The least recently used go when there are more bytes than allowed."""

    def __init__(self, most: int = _CACHE_BYTES) -> None:
        self._rows: OrderedDict[_Key, Kept] = OrderedDict()
        self._bytes, self._most, self._lock = 0, most, Lock()

    def get(self, key: _Key) -> Kept | None:
        """What is kept, if it is."""
        found = self._rows.get(key)
        if found is not None:
            try:  # noqa: SIM105 - thousands of times in a search, and a context costs more than the rest
                self._rows.move_to_end(key)
            except KeyError:  # another thread has just let it go
                pass
        return found

    def put(self, key: _Key, made: Kept) -> None:
        """Keep one; let others go."""
        with self._lock:
            if key not in self._rows:
                self._bytes += _size(made)
            self._rows[key] = made
            self._let_go()

    def grow(self, window: Window) -> None:
        """One that is kept has one timeline more."""
        with self._lock:
            self._bytes += window.length // 8 + _AROUND // 4
            self._let_go()

    def _let_go(self) -> None:
        while self._bytes > self._most and self._rows:
            self._bytes -= _size(self._rows.popitem(last=False)[1])

    @property
    def bytes(self) -> int:
        """How many are kept, about."""
        return self._bytes


def _size(made: Kept) -> int:
    return _AROUND + (3 + len(made.starts)) * (made.opening.open.window.length // 8 + _AROUND // 4)


cache = Openings()


def of(
    pool: Pool, calendars: Iterable[PoolCalendar], window: Window, reach: Window, read: dict[int, plans.Written]
) -> dict[int, Kept]:
    """Each calendar's opening for the pool's form. Statement 2 runs once, for those that are not kept.

    It reads dates, absences and closures of all of `reach` into `read`, so that a wider window costs no more.
    """
    found: dict[int, Kept] = {}
    stale: list[PoolCalendar] = []
    where = (pool.form, pool.zone.key, window.origin, window.length)
    for calendar in calendars:
        kept = cache.get((calendar.stamp, where))
        if kept is None:
            stale.append(calendar)
        else:
            found[calendar.id] = kept
    unread = [calendar.id for calendar in stale if calendar.id not in read]
    if unread:
        read |= plans.read(unread, reach, pool.zone)
    if stale:
        closed, alike = holidays(pool, reach), dict[int, Kept]()
        for calendar in stale:
            opening = plans.opening_of(read[calendar.id], window, pool.zone, pool.form, closed)
            kept = alike.setdefault(id(opening), Kept(opening))
            cache.put((calendar.stamp, where), kept)
            found[calendar.id] = kept
    return found


def holidays(pool: Pool, reach: Window) -> Holidays:
    """The red and short days of all the years that a search can reach."""
    first, last = (instant(tick).astimezone(pool.zone).date() for tick in (reach.origin, reach.end))
    return pool.holidays(first, last)
