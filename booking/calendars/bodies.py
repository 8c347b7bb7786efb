"""The last few feeds that were made, by ETag: a calendar program that asks again costs no work."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock


@dataclass(frozen=True)
class Body:
    """A feed's octets."""

    plain: bytes

    @cached_property
    def packed(self) -> bytes:
        """The same by gzip, level 6, without a time in it: packed once, when first asked for."""
        return gzip.compress(self.plain, compresslevel=6, mtime=0)


class Bodies:
    """At most `most` bodies, the least used goes first. Safe between threads."""

    def __init__(self, most: int) -> None:
        """`most`: how many bodies are kept."""
        self._most, self._kept, self._lock = most, OrderedDict[str, Body](), Lock()

    def get(self, etag: str, make: Callable[[], Body]) -> Body:
        """The kept body, or the one that `make` gives, which is then kept."""
        with self._lock:
            found = self._kept.get(etag)
            if found is not None:
                self._kept.move_to_end(etag)
                return found
        made = make()
        with self._lock:
            self._kept[etag] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
