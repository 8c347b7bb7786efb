"""What is wrong with a chain of access entries: the first fault, by number and id, and what was done to it.

Whoever can write to the database past the walls can change rows, but not the hash that the next row was made with. So
the first entry that does not fit is compared with the one after it, which tells what was done:

    altered    its content or its hash was changed; the next entry still holds on to what stood there. Or the entry
               before it was changed, and given a hash that fits: the two cannot be told apart without an anchor
    inserted   without it the chain goes on as if it had never been there
    removed    its number is missing, or the entries after it were given other numbers
    replaced   neither it nor the next one fits: altered or put in its place, together with what followed
    rewritten  the chain holds, and yet differs from an anchor: it was made anew from somewhere on
    cut        an anchor knows of a later entry than the last one there is
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from identity.chain import Sealed, canonical, genesis, link

Anchored = Mapping[int, Collection[bytes]]  # number -> every hash that was told of it


class Fault(NamedTuple):
    """One fault. `number`: where; `id`: of the entry there, None when there is none; `agrees`: the last number that
    an anchor bears out, 0 for none."""

    kind: str
    number: int
    id: UUID | None = None
    agrees: int = 0


class Walk(NamedTuple):
    """A chain that was walked through: how many entries held, and the first fault, if any."""

    held: int
    fault: Fault | None


def walk(sealed: Iterable[Sealed], *, municipality: int, anchored: Anchored) -> Walk:
    """Follow a municipality's chain from its genesis. `sealed`: its entries in the order of their numbers."""
    previous, held, agrees = genesis(municipality), 0, 0
    rows = iter(sealed)
    for row in rows:
        if row.number != held + 1:
            return Walk(held, _misnumbered(row, held + 1))
        if link(previous, canonical(row.entry, row.number)) != row.hash:
            borne_out = row.hash in anchored.get(row.number, ())
            fault = _altered(row) if borne_out else _unfitting(previous, row, next(rows, None))
            return Walk(held, fault)
        held, previous = row.number, row.hash
        told = anchored.get(held)
        if told is not None:
            if any(one != row.hash for one in told):
                return Walk(held, Fault("rewritten", held, row.entry.id, agrees))
            agrees = held
    beyond = max(anchored, default=0)
    return Walk(held, Fault("cut", held + 1, None, agrees) if beyond > held else None)


def _misnumbered(row: Sealed, expected: int) -> Fault:
    if row.number > expected:
        return Fault("removed", expected)
    return Fault("inserted", row.number, row.entry.id)  # a number for the second time


def _altered(row: Sealed) -> Fault:
    return Fault("altered", row.number, row.entry.id)


def _unfitting(previous: bytes, row: Sealed, after: Sealed | None) -> Fault:
    """`previous`: the hash before this row; `after`: the next row, if there is one."""
    if after is None:
        return Fault("replaced", row.number, row.entry.id)
    should_be = link(previous, canonical(row.entry, row.number))
    if _follows(row.hash, after, after.number) or _follows(should_be, after, after.number):
        return _altered(row)
    if _follows(previous, after, row.number):
        return Fault("inserted", row.number, row.entry.id)
    if _follows(row.hash, after, after.number + 1):
        return Fault("removed", row.number)
    return Fault("replaced", row.number, row.entry.id)


def _follows(previous: bytes, row: Sealed, number: int) -> bool:
    """Whether a row was sealed at `number`, after the entry with the hash `previous`."""
    return link(previous, canonical(row.entry, number)) == row.hash
