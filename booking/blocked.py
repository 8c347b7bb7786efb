"""The starts that taken time refuses, unpacked once for equal bytes.

The bytes are read in every search; only what they say is kept, by the bytes themselves, so nothing can go stale. Two
generations of 12 MB in a process: what was not asked for while one filled up goes.
"""

from __future__ import annotations

from typing import Final

from booking.slots import Demand
from booking.timeline import Window, from_packed

_GENERATION: Final = 12 * 2**20
_AROUND: Final = 300  # bytes of the objects around a key and its bits
_Key = tuple[bytes, int, int, int, int]


class Unpacked:
    """Bits by what they were unpacked from. Threads that meet here do some work twice, never wrongly."""

    def __init__(self, most: int = _GENERATION) -> None:
        self._young: dict[_Key, int] = {}
        self._old: dict[_Key, int] = {}
        self._bytes, self._most = 0, most

    def starts(self, window: Window, raw: bytes, demand: Demand) -> int:
        """The starts of the window that packed blocks refuse, as bits: `slots.blocked`, while they are unpacked."""
        before, after = demand.duration + demand.after - 1, demand.before
        key = raw, window.origin, window.length, before, after
        found = self._young.get(key)
        if found is not None:
            return found
        found = self._old.get(key)
        if found is None:
            found = from_packed(window, raw, before, after).bits
        self._keep(key, found)
        return found

    def _keep(self, key: _Key, bits: int) -> None:
        size = _AROUND + len(key[0]) + key[2] // 8
        if self._bytes + size > self._most:
            self._old, self._young, self._bytes = self._young, {}, 0
        self._young[key] = bits
        self._bytes += size

    def __len__(self) -> int:
        return len(self._young) + len(self._old)


_unpacked: Final = Unpacked()
starts: Final = _unpacked.starts
