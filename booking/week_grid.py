"""A calendar's week as blocks, and as rows of a table whose cells span several of them. Pure.

Each tick belongs to what counts most there: a booking before an absence, an absence before open time, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

from booking.timeline import Span

_HOUR: Final = 60


class Kind(IntEnum):
    """What a block is; the smaller counts more."""

    BOOKED = 1
    HELD = 2
    CLOSURE = 3
    ABSENCE = 4
    BUSY = 5
    CLOSED = 6  # an exception of one date
    OPEN = 7
    RED = 8
    SHORT = 9
    SHUT = 10  # no rule opens it


# What a day is drawn out for; other kinds are cut to what these reach.
_REACHING: Final = frozenset({Kind.BOOKED, Kind.HELD, Kind.OPEN, Kind.RED, Kind.SHORT})


@dataclass(frozen=True, slots=True)
class Piece:
    """Something of a day, in ticks or minutes, half-open; `about` is whatever stands behind it."""

    kind: Kind
    span: Span
    about: object = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A block in the table; `rows`: how many it spans. `day` is its column, from 0."""

    piece: Piece
    day: int
    rows: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its wall time in minutes after midnight, how long it lasts, and the cells that begin in it."""

    minute: int
    minutes: int
    cells: tuple[Cell, ...]


def blocks(day: Span, pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The whole of a day, each part once: what counts most there; `SHUT` where nothing is. Equal neighbours are one."""
    inside = [one for one in pieces if one.span[0] < day[1] and day[0] < one.span[1] and one.span[0] < one.span[1]]
    edges = {edge for one in inside for edge in one.span if day[0] < edge < day[1]}
    found: list[Piece] = []
    for start, end in pairwise(sorted({*day, *edges})):
        top = min((one for one in inside if one.span[0] <= start and end <= one.span[1]), key=_first, default=None)
        kind, about = (top.kind, top.about) if top is not None else (Kind.SHUT, None)
        if found and (found[-1].kind, found[-1].about) == (kind, about):
            start, _ = found.pop().span
        found.append(Piece(kind, (start, end), about))
    return tuple(found)


def reach(days: Sequence[Sequence[Piece]], usual: Span) -> Span:
    """The hours to draw, in minutes: the usual ones, and whole hours around all that is open or booked."""
    spans = [one.span for day in days for one in day if one.kind in _REACHING]
    first = min([usual[0], *(span[0] for span in spans)])
    last = max([usual[1], *(span[1] for span in spans)])
    return first - first % _HOUR, last + -last % _HOUR


def table(days: Sequence[Sequence[Piece]], hours: Span) -> tuple[Row, ...]:
    """Rows from one edge of any block to the next, and at every full hour; pieces are in minutes after midnight.

    Each day must be whole, as `blocks` gives it. What lies outside `hours` is cut away.
    """
    cut = [list(_cut(day, hours)) for day in days]
    edges = {edge for day in cut for one in day for edge in one.span}
    marks = sorted({*range(hours[0], hours[1] + 1, _HOUR), *edges})
    begins = {(number, one.span[0]): one for number, day in enumerate(cut) for one in day}
    return tuple(
        Row(start, end - start, tuple(_cells(start, len(days), begins, marks))) for start, end in pairwise(marks)
    )


def _first(piece: Piece) -> tuple[int, int]:
    return piece.kind, piece.span[0]


def _cut(day: Iterable[Piece], hours: Span) -> Iterator[Piece]:
    for one in day:
        start, end = max(one.span[0], hours[0]), min(one.span[1], hours[1])
        if start < end:
            yield Piece(one.kind, (start, end), one.about)


def _cells(start: int, days: int, begins: dict[tuple[int, int], Piece], marks: Sequence[int]) -> Iterator[Cell]:
    for number in range(days):
        piece = begins.get((number, start))
        if piece is not None:
            yield Cell(piece, number, sum(piece.span[0] <= mark < piece.span[1] for mark in marks))
