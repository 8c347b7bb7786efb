"""Measured times in words: the middle and the slow end of many samples."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Times:
    """Samples in seconds."""

    samples: tuple[float, ...]

    @classmethod
    def of(cls, work: Callable[[], object], *, samples: int, warm: int = 0) -> Times:
        """Do some work so many times, after `warm` times that do not count."""
        for _ in range(warm):
            work()
        return cls(tuple(timed(work)[1] for _ in range(samples)))

    @property
    def p50(self) -> float:
        """The median, in seconds."""
        return quantiles(self.samples, n=100, method="inclusive")[49]

    @property
    def p99(self) -> float:
        """One in a hundred is slower, in seconds."""
        return quantiles(self.samples, n=100, method="inclusive")[98]

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:.1f} ms, p99 {self.p99 * 1000:.1f} ms ({len(self.samples)} samples)"


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What some work gave, and how long it took, in seconds."""
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began
