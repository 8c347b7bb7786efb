"""Faults that change nothing anybody could see, each with its reason: they can be killed by no test."""

from __future__ import annotations

from typing import Final

from tests.programs.mutating import Mutant

_FAST = "a span that the quick way does not take is taken by the slow one, with the same bits"
_EDGE = "what the last cell or the shift holds there is cut off by the window"
# By module: what was swapped for what, and why it is the same.
EQUIVALENTS: Final[dict[str, dict[tuple[str, str], str]]] = {
    "timeline": {
        ("288", "289"): _FAST,
        ("start < end", "start <= end"): "a mask of no bits is 0",
        ("0 <= start <= length - ticks", "0 < start <= length - ticks"): _FAST,
        ("0 <= start <= length - ticks", "0 <= start < length - ticks"): _FAST,
        ("0 < ticks <= longest", "0 <= ticks <= longest"): "an empty span has no bits on either way",
        ("0 < ticks <= longest", "0 < ticks < longest"): _FAST,
        ("start < 0", "start <= 0"): "shifted by nothing",
        ("start < window.length", "start <= window.length"): _EDGE,
        ("rest & -rest", "rest | -rest"): "minus the lowest bit has as many bits as the lowest bit",
        ("length > 0", "length >= 0"): "a mask of no bits is 0",
        ("move >= 0", "move > 0"): "shifted by nothing",
    },
    "walltime": {
        ("first > second", "first >= second"): "equal offsets have been answered already",
    },
}


def is_equivalent(module: str, mutant: Mutant) -> bool:
    """Whether it is listed, or a sentence of the table of states: such is read by people only."""
    sentence = module == "states" and mutant.was[:1] in "'\"" and " " in mutant.was
    return sentence or (mutant.was, mutant.became) in EQUIVALENTS.get(module, {})
