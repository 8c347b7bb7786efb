"""Faults that change nothing anybody could see, each at its place and with its reason: no test can kill them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.programs.mutating import Mutant

SENTENCE = "a sentence"


@dataclass(frozen=True)
class Excuse:
    """One swap in one statement of one function (empty: the module's own level), and why nobody could tell.

    `statement`: how its first line begins. `was` may be `SENTENCE`: any text of several words there.
    """

    module: str
    function: str
    statement: str
    was: str
    became: str
    why: str

    def covers(self, module: str, mutant: Mutant) -> bool:
        """Whether it speaks of this fault, here."""
        if (module, mutant.function) != (self.module, self.function):
            return False
        if not mutant.statement.startswith(self.statement):
            return False
        if self.was == SENTENCE:
            return mutant.was[:1] in "'\"" and " " in mutant.was
        return (mutant.was, mutant.became) == (self.was, self.became)


_SLOW = "what the quick way does not take is taken by the slow one, with the same bits"
_CELLS = "where the bits are collected is nobody's to see, as long as there is room for them"
_EDGE = "what the last cell holds there is cut off by the window"
_NO_BITS = "a mask of no ticks is 0 on either way"
_NO_SHIFT = "shifted by nothing to the left or to the right is the same"
_NOT_FIRST = "a run that begins at the first digit does not end there"
_ONE_MORE = "a bit beyond the last tick that is asked about is never looked at"
_NO_GRID = "a piece that closes something stands on no grid: its step and anchor are never read"

_QUICK = "if 0 <= start <= length - ticks and 0 < ticks <= longest:"
_PACKED = "if not 0 < ticks <= TICKS_PER_DAY or not 0 <= start < window.length + 2 * _BESIDE:"
_ROOM = "cells, bits, rest = ([0] * ((window.length + 2 * _BESIDE >> _CELL_SHIFT) + 2), 0, 0)"
_FIRST = "return start + (rest & -rest).bit_length() - 1 if rest else None"


def _of(module: str, function: str, statement: str, *swaps: tuple[str, str, str]) -> tuple[Excuse, ...]:
    """The excuses of one statement."""
    return tuple(Excuse(module, function, statement, *swap) for swap in swaps)


EQUIVALENTS: Final = (
    *_of("timeline", "", "_CELL_SHIFT = 8", ("8", "9", _CELLS)),
    *_of("timeline", "", "_ONES = tuple(((1 << n) - 1 for n in range(3 * TICKS_PER_DAY + 1)))",
         ("3 in 3 * TICKS_PER_DAY", "4", "the table is longer than needed"),
         ("1 in 3 * TICKS_PER_DAY + 1", "2", "the table is longer than needed")),
    *_of("timeline", "", "_BESIDE = 3 * TICKS_PER_DAY",
         ("3 * TICKS_PER_DAY", "3 // TICKS_PER_DAY", _SLOW), ("3 in 3 * TICKS_PER_DAY", "4", _CELLS)),
    *_of("timeline", "", "_NARROW = 16 * TICKS_PER_DAY",
         ("16 * TICKS_PER_DAY", "16 // TICKS_PER_DAY", _CELLS), ("16 in 16 * TICKS_PER_DAY", "17", _CELLS)),
    *_of("timeline", "Window.mask", "return (1 << end - start) - 1 << start if start < end else 0",
         ("start < end", "start <= end", _NO_BITS)),
    *_of("timeline", "Timeline.of", _QUICK,
         ("0 <= start <= length - ticks", "0 < start <= length - ticks", _SLOW),
         ("0 <= start <= length - ticks", "0 <= start < length - ticks", _SLOW),
         ("0 < ticks <= longest", "0 <= ticks <= longest", _NO_BITS),
         ("0 < ticks <= longest", "0 < ticks < longest", _SLOW),
         ("0 in 0 <= start <= length - ticks", "1", _SLOW), ("0 in 0 < ticks <= longest", "1", _SLOW)),
    *_of("timeline", "Timeline.of_pieces", "if start < 0:",
         ("start < 0", "start <= 0", _NO_SHIFT), ("0 in start < 0", "1", _NO_SHIFT)),
    *_of("timeline", "Timeline.of_pieces", "if start < window.length:",
         ("start < window.length", "start <= window.length", _EDGE)),
    *_of("timeline", "Timeline.next", _FIRST,
         ("rest & -rest", "rest | -rest", "minus the lowest bit has as many bits as the lowest bit")),
    *_of("timeline", "Timeline.previous", "rest = self.bits & (1 << length) - 1 if length > 0 else 0",
         ("length > 0", "length >= 0", _NO_BITS)),
    *_of("timeline", "Timeline.spans", "if end < 0:",
         ("end < 0", "end <= 0", _NOT_FIRST), ("0 in end < 0", "1", _NOT_FIRST)),
    *_of("timeline", "Timeline.cut", "bits = self.bits << move if move >= 0 else self.bits >> -move",
         ("move >= 0", "move > 0", _NO_SHIFT), ("0 in move >= 0", "1", _NO_SHIFT)),
    *_of("timeline", "from_packed", "for from_tick, to_tick in zip(pairs, pairs, strict=True):",
         ("True", "False", "`unpacked` has counted whole pairs already")),
    *_of("timeline", "from_packed", "rest |= window.mask((from_tick - before, to_tick + after)",
         ("0 in ticks > 0", "1", "one tick as far beside the window as this reaches it by no widening")),
    *_of("timeline", "from_packed", "narrow = window.length <= _NARROW",
         ("window.length <= _NARROW", "window.length < _NARROW", _CELLS)),
    *_of("timeline", "from_packed", _ROOM,
         ("2 in 2 * _BESIDE", "3", _CELLS), ("2 in (window.length + 2 * _BESIDE >> _CELL_SHIFT) + 2", "3", _CELLS)),
    *_of("timeline", "from_packed", _PACKED,
         ("0 < ticks <= TICKS_PER_DAY", "0 < ticks < TICKS_PER_DAY", _SLOW),
         ("0 <= start < window.length + 2 * _BESIDE", "0 < start < window.length + 2 * _BESIDE", _SLOW),
         ("0 <= start < window.length + 2 * _BESIDE", "0 <= start <= window.length + 2 * _BESIDE", _EDGE),
         ("window.length + 2 * _BESIDE", "window.length - 2 * _BESIDE", _SLOW),
         ("2 * _BESIDE", "2 // _BESIDE", _SLOW),
         ("0 in 0 < ticks <= TICKS_PER_DAY", "1", _SLOW),
         ("0 in 0 <= start < window.length + 2 * _BESIDE", "1", _SLOW)),
    *_of("timeline", "_empty_cells", "return [0] * ((window.length >> _CELL_SHIFT) + 1)",
         ("1 in (window.length >> _CELL_SHIFT) + 1", "2", _CELLS)),
    *_of("walltime", "_edge", "if first > second:",
         ("first > second", "first >= second", "equal offsets have been answered already")),
    *_of("walltime", "steady", "changed = change(start, end - 1, zone)",
         ("end - 1", "end + 1", "no zone changes its clock twice within minutes: a tick later has the same offset")),
    *_of("rules", "_Piece", "step: int = 5", ("5", "6", _NO_GRID)),
    *_of("rules", "_Piece", "anchor: Anchor = 'opening'", ("'opening'", "'opening!'", _NO_GRID)),
    *_of("rules", "_spans", "if start < end:",
         ("start < end", "start <= end", "an empty span adds nothing to a timeline")),
    *_of("slots", "_downward", "found, n = (timeline.previous(found - 1), n - 1)",
         ("n - 1", "n + 1", "its only caller sorts what it gets and cuts it off after n: slower, and the same")),
    *_of("slots", "_downward", "while found is not None and n > 0:",
         ("n > 0", "n >= 0", "its only caller sorts what it gets and cuts it off after n")),
    *_of("slots", "offers_at", "skipped, stretch = (first - origin, (1 << max(ticks) - first + 1) - 1)",
         ("1 << max(ticks) - first + 1", "1 >> max(ticks) - first + 1", _ONE_MORE),
         ("max(ticks) - first", "max(ticks) + first", _ONE_MORE),
         ("1 in max(ticks) - first + 1", "2", _ONE_MORE), ("1 in 1 << max(ticks) - first + 1", "2", _ONE_MORE)),
    *_of("slots", "offers_at", "return [Offer(tick, tuple([calendar for calendar, bits in cut if bits & mask]))",
         ("True", "False", "there is a mask for each tick: the line above makes them")),
    *_of("states", "", "GUARDS_NOT_YET: Mapping[Guard, str] = ",
         (SENTENCE, "", "why a guard has no data yet is read by people, and that it says anything has its test")),
)  # fmt: skip


def is_equivalent(module: str, mutant: Mutant) -> bool:
    """Whether it is listed."""
    return any(excuse.covers(module, mutant) for excuse in EQUIVALENTS)
