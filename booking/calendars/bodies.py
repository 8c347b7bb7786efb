"""The last few feeds that were made, by ETag: a calendar program that asks again costs no work."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Body:
    """A feed's octets, as they are and packed by gzip."""

    plain: bytes
    packed: bytes


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
