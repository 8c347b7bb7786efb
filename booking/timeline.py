"""A calendar's time as a bitset: one bit for each 5-minute tick of UTC.

A tick is the number of whole 5-minute steps since 1970-01-01T00:00Z and fits a 4-byte integer. Spans are pairs of
ticks and half-open, `[from, to)`. Two timelines meet only in the same window; `Timeline.cut` is the only way across.
"""

import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Self

Tick = int
Span = tuple[Tick, Tick]

TICK_SECONDS = 300
TICK_MINUTES = TICK_SECONDS // 60
TICKS_PER_DAY = 288
MAX_WINDOW = 116_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(seconds=TICK_SECONDS)

# Spans up to a day are collected in cells of 256 ticks and joined once; a shift over the whole window for every span
# costs as much as the query that fetched them.
_CELL_SHIFT = 8
_CELL = 1 << _CELL_SHIFT
_CELL_MASK = _CELL - 1
_ONES = tuple((1 << n) - 1 for n in range(3 * TICKS_PER_DAY + 1))


# How far beside a window a packed span may begin without being clipped, and how long a window is one number all along.
_BESIDE = 3 * TICKS_PER_DAY
_NARROW = 16 * TICKS_PER_DAY


class LocalDay(NamedTuple):
    """A local date and its part of a window, in ticks, half-open."""

    date: date
    origin: Tick
    end: Tick


def floor_tick(moment: datetime) -> Tick:
    """The tick that `moment` (aware) lies in."""
    return (_aware(moment) - _EPOCH) // _TICK


def ceil_tick(moment: datetime) -> Tick:
    """The first tick that begins at or after `moment` (aware)."""
    return -((_EPOCH - _aware(moment)) // _TICK)


def tick_of(moment: datetime) -> Tick:
    """The tick that begins exactly at `moment` (aware); ValueError if it is not a whole 5 minutes."""
    tick, rest = divmod(_aware(moment) - _EPOCH, _TICK)
    if rest:
        raise ValueError("the time is not a whole 5 minutes")
    return tick


def instant(tick: Tick) -> datetime:
    """The beginning of a tick, aware UTC."""
    return _EPOCH + tick * _TICK


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a time without offset has no tick")
    return moment


@dataclass(frozen=True, slots=True)
class Window:
    """The ticks `[origin, origin + length)`; at most 400 days and a little."""

    origin: Tick
    length: int

    def __post_init__(self) -> None:
        if not 0 <= self.length <= MAX_WINDOW:
            raise ValueError(f"a window has 0 to {MAX_WINDOW} ticks")

    @classmethod
    def between(cls, origin: Tick, end: Tick) -> Self:
        """The window of a half-open span."""
        return cls(origin, end - origin)

    @property
    def end(self) -> Tick:
        """The first tick after the window."""
        return self.origin + self.length

    @property
    def full(self) -> int:
        """Every bit of the window set."""
        return (1 << self.length) - 1

    def widen(self, ticks: int) -> "Window":
        """The window with a margin of `ticks` on both sides, so that an edge hides and invents nothing."""
        return Window(self.origin - ticks, self.length + 2 * ticks)

    def mask(self, span: Span) -> int:
        """The bits of a span, clipped to the window; ValueError if it ends before it begins."""
        if span[1] < span[0]:
            raise ValueError("a span ends before it begins")
        start, end = max(span[0] - self.origin, 0), min(span[1] - self.origin, self.length)
        return ((1 << (end - start)) - 1) << start if start < end else 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A set of ticks in a window: bit i is set when the whole of tick `window.origin + i` belongs to it."""

    window: Window
    bits: int

    def __post_init__(self) -> None:
        if self.bits < 0 or self.bits.bit_length() > self.window.length:
            raise ValueError("bits outside the window")

    @classmethod
    def of(cls, window: Window, spans: Iterable[Span]) -> Self:
        """The union of spans, clipped to the window; an empty span adds nothing, a reversed one is a ValueError."""
        origin, length, longest = window.origin, window.length, TICKS_PER_DAY
        cells, rest, ones = _empty_cells(window), 0, _ONES
        for from_tick, to_tick in spans:
            start = from_tick - origin
            ticks = to_tick - from_tick
            if 0 <= start <= length - ticks and 0 < ticks <= longest:
                cells[start >> _CELL_SHIFT] |= ones[ticks] << (start & _CELL_MASK)
            else:
                rest |= window.mask((from_tick, to_tick))
        return cls(window, _joined(cells) | rest)

    @classmethod
    def of_pieces(cls, window: Window, pieces: Iterable[tuple[Tick, int]]) -> Self:
        """The union of small bitsets, each with the tick of its lowest bit, clipped to the window."""
        cells, early, origin = _empty_cells(window), 0, window.origin
        for tick, bits in pieces:
            start = tick - origin
            if start < 0:
                early |= bits >> -start
            elif start < window.length:
                cells[start >> _CELL_SHIFT] |= bits << (start & _CELL_MASK)
        return cls(window, (_joined(cells) | early) & window.full)

    @classmethod
    def empty(cls, window: Window) -> Self:
        """No tick at all."""
        return cls(window, 0)

    @classmethod
    def full(cls, window: Window) -> Self:
        """Every tick of the window."""
        return cls(window, window.full)

    def __or__(self, other: "Timeline | Span") -> "Timeline":
        return Timeline(self.window, self.bits | self._bits_of(other))

    def __and__(self, other: "Timeline | Span") -> "Timeline":
        return Timeline(self.window, self.bits & self._bits_of(other))

    def __sub__(self, other: "Timeline | Span") -> "Timeline":
        return Timeline(self.window, self.bits & ~self._bits_of(other))

    def __invert__(self) -> "Timeline":
        return Timeline(self.window, self.window.full ^ self.bits)

    def __contains__(self, tick: Tick) -> bool:
        return tick >= self.window.origin and bool(self.bits >> (tick - self.window.origin) & 1)

    def __bool__(self) -> bool:
        return self.bits != 0

    def starts(self, duration: int) -> "Timeline":
        """The ticks from which `duration` ticks (at least 1) in a row all belong to the timeline."""
        if duration < 1:
            raise ValueError("a duration is at least one tick")
        bits, have = self.bits, 1
        while have < duration:
            step = min(have, duration - have)
            bits &= bits >> step
            have += step
        return Timeline(self.window, bits)

    def dilate(self, before: int, after: int) -> "Timeline":
        """Every tick of the timeline, with `before` ticks ahead of it and `after` ticks behind it, clipped."""
        if before < 0 or after < 0:
            raise ValueError("a dilation is not negative")
        bits, have = self.bits, 1
        while have <= before:
            step = min(have, before + 1 - have)
            bits |= bits >> step
            have += step
        have = 1
        while have <= after:
            step = min(have, after + 1 - have)
            bits |= bits << step
            have += step
        return Timeline(self.window, bits & self.window.full)

    def next(self, tick: Tick) -> Tick | None:
        """The first tick of the timeline at or after `tick`."""
        start = max(tick, self.window.origin)
        rest = self.bits >> (start - self.window.origin)
        return start + (rest & -rest).bit_length() - 1 if rest else None

    def previous(self, tick: Tick) -> Tick | None:
        """The last tick of the timeline at or before `tick`."""
        length = min(tick - self.window.origin + 1, self.window.length)
        rest = self.bits & ((1 << length) - 1) if length > 0 else 0
        return self.window.origin + rest.bit_length() - 1 if rest else None

    def spans(self) -> Iterator[Span]:
        """The maximal runs, ascending, half-open."""
        origin, digits = self.window.origin, f"{self.bits:b}"[::-1]
        start = digits.find("1")
        while start >= 0:
            end = digits.find("0", start)
            if end < 0:
                end = len(digits)
            yield origin + start, origin + end
            start = digits.find("1", end)

    def iterate(self) -> Iterator[Tick]:
        """The ticks, ascending."""
        for start, end in self.spans():
            yield from range(start, end)

    def count(self) -> int:
        """How many ticks."""
        return self.bits.bit_count()

    def cut(self, window: Window) -> "Timeline":
        """The same ticks in another window; what the old one did not know is empty."""
        move = self.window.origin - window.origin
        bits = self.bits << move if move >= 0 else self.bits >> -move
        return Timeline(window, bits & window.full)

    def days(self, table: Iterable[LocalDay]) -> "Iterator[tuple[date, Timeline]]":
        """The timeline divided by local date; `table` as `rules.local_days` gives it."""
        for day in table:
            yield day.date, self.cut(Window.between(day.origin, day.end))

    def _bits_of(self, other: "Timeline | Span") -> int:
        if not isinstance(other, Timeline):
            return self.window.mask(other)
        if other.window != self.window:
            raise ValueError("timelines meet only in the same window")
        return other.bits


def from_packed(window: Window, raw: bytes, before: int = 0, after: int = 0) -> Timeline:
    """The union of spans packed as pairs of big-endian 4-byte integers, each widened, clipped to the window.

    That is what `string_agg(int4send(block_from) || int4send(block_to), '')` gives. `before` and `after`: so many ticks
    more on each side, at most two days, as `dilate` gives them. ValueError if `raw` is no whole number of pairs or
    holds a reversed span.
    """
    first, wider, ones = window.origin - _BESIDE + before, before + after, _ONES
    narrow = window.length <= _NARROW
    cells, bits, rest = [0] * ((window.length + 2 * _BESIDE >> _CELL_SHIFT) + 2), 0, 0
    pairs = iter(unpacked(raw, 2))
    for from_tick, to_tick in zip(pairs, pairs, strict=True):
        start, ticks = from_tick - first, to_tick - from_tick
        if not 0 < ticks <= TICKS_PER_DAY or not 0 <= start < window.length + 2 * _BESIDE:
            rest |= window.mask((from_tick - before, to_tick + after) if ticks > 0 else (from_tick, to_tick))
        elif narrow:
            bits |= ones[ticks + wider] << start
        else:
            cells[start >> _CELL_SHIFT] |= ones[ticks + wider] << (start & _CELL_MASK)
    bits = bits if narrow else _joined(cells)
    return Timeline(window, (bits >> _BESIDE | rest) & window.full)


def unpacked(raw: bytes, width: int) -> "array[int]":
    """Big-endian 4-byte integers; ValueError if they are not rows of `width`."""
    if len(raw) % (4 * width):
        raise ValueError(f"packed rows are {4 * width} bytes each")
    numbers = array("i", raw)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _empty_cells(window: Window) -> list[int]:
    return [0] * ((window.length >> _CELL_SHIFT) + 1)


def _joined(cells: list[int]) -> int:
    """One integer of the cells; what runs over the end of a cell is carried into the next one.

    What runs over the last cell lies outside the window and is dropped.
    """
    parts, carry = [], 0
    for cell in cells:
        carry |= cell
        parts.append((carry & _ONES[_CELL]).to_bytes(_CELL // 8, "little"))
        carry >>= _CELL
    return int.from_bytes(b"".join(parts), "little")
