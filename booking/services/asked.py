"""What callers of the use cases say: values."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from booking.pool import RoleWanted
from booking.timeline import Tick


@dataclass(frozen=True)
class Contact:
    """How the resident is told: `email` with an address, or `none`, when the receipt is all."""

    way: str
    to: str = ""

    @property
    def chosen(self) -> bool:
        """Whether it says enough."""
        return self.way == "none" or bool(self.to)


@dataclass(frozen=True)
class Wanted:
    """The time that somebody chose: a start on some calendar that offers it, or on one named calendar.

    `resident`: whom it is for, when somebody books for another; with `asked_how` (phone, visit, letter, system) it is
    the staff, or a system of the municipality, who books for them. `duration`: minutes, a multiple of 5, when it is
    not the type's. `roles`: who else is to be there, beside the officer.
    """

    meeting_type: UUID
    form: str
    start: Tick
    calendar: UUID | None = None
    resident: UUID | None = None
    duration: int | None = None
    roles: tuple[RoleWanted, ...] = ()
    asked_how: str = ""


@dataclass(frozen=True)
class WantedNeed:
    """An adaptation that is asked for (`NeedKind`); an interpreter's with its language, spoken or signed (BCP 47)."""

    kind: str
    language: str = ""
