"""Every access rule, in one table: action -> predicate over loaded facts. Deny by default. Pure of queries.

Lists come from `visible_to(actor)`, which says the same in SQL (`booking/models/querysets.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from identity.actors import Actor
from identity.errors import NotAllowed


@dataclass(frozen=True)
class Facts:
    """What a rule may look at. `parties`: person -> role; `officer`: whose calendar it is."""

    municipality_id: int
    unit: UUID | None = None
    officer: UUID | None = None
    resident: UUID | None = None
    parties: tuple[tuple[UUID, str], ...] = ()


Rule = Callable[[Actor, Facts], bool]


def _own_officer(actor: Actor, facts: Facts) -> bool:
    return actor.signed_in and actor.person_id == facts.officer and facts.unit in actor.units("officer")


def _own_resident(actor: Actor, facts: Facts) -> bool:
    return actor.signed_in and actor.person_id == facts.resident


def _party(actor: Actor, facts: Facts) -> bool:
    return actor.signed_in and any(person == actor.person_id for person, _ in facts.parties)


def _officer_of_unit(actor: Actor, facts: Facts) -> bool:
    return facts.unit in actor.units("officer") | actor.units("coordinator")


RULES: dict[str, Rule] = {
    "booking.see": lambda a, f: _own_resident(a, f) or _own_officer(a, f),
    "booking.hold": lambda a, f: a.signed_in,
    "booking.answer": _own_resident,
    "booking.move": lambda a, f: _own_resident(a, f) or _own_officer(a, f),
    "booking.cancel": lambda a, f: _own_resident(a, f) or _own_officer(a, f),
    "calendar.see": _own_officer,
    "calendar.edit": _own_officer,
    "meeting.enter": lambda a, f: _own_officer(a, f) or _party(a, f),
    "meeting.lead": _own_officer,
    "meeting.start": _own_officer,
}


def may(actor: Actor, action: str, facts: Facts) -> bool:
    """True when the table allows it. An action that is not in the table is never allowed."""
    rule = RULES.get(action)
    return rule is not None and actor.municipality_id == facts.municipality_id and (actor.system or rule(actor, facts))


def require(actor: Actor, action: str, facts: Facts) -> None:
    """As `may`; raises `NotAllowed`, which everybody sees as the 404 of nothing."""
    if not may(actor, action, facts):
        raise NotAllowed(action)
