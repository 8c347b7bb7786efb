"""Invented access entries, sealed into chains, for tests that change them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from identity.chain import Entry, Sealed, canonical, genesis, link

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
_NAMES = UUID(int=4711)


def entry(n: int, municipality: int = 1) -> Entry:
    """The invented entry number `n`."""
    person = uuid5(_NAMES, f"person {n}")
    return Entry(
        municipality=municipality,
        id=uuid5(_NAMES, f"entry {n}"),
        at=NEW_YEAR + timedelta(seconds=n),
        actor=person,
        role="officer",
        unit=None,
        action="booking.see",
        kind="booking",
        objects_seen=[person],
        allowed=True,
        reason="",
        network=None,
    )


@dataclass
class Chain:
    """A chain that is made as the sealer makes it."""

    municipality: int = 1
    rows: list[Sealed] = field(default_factory=list)

    def seal(self, new: Entry) -> None:
        """Put an entry at the end."""
        number = len(self.rows) + 1
        before = self.rows[-1].hash if self.rows else genesis(self.municipality)
        self.rows.append(Sealed(number, link(before, canonical(new, number)), new))


def chain(length: int, municipality: int = 1) -> Chain:
    """A whole chain of invented entries."""
    made = Chain(municipality)
    for n in range(1, length + 1):
        made.seal(entry(n, municipality))
    return made
