"""What the log review must know of the objects in the log; packages above say it of theirs.

A package registers, for a kind of object, whom it concerns and whose it is, and which staff has something in common
with whom. Everything here is called in an open scope.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from identity.models import IdentityConflict


@dataclass(frozen=True)
class Concerned:
    """Whom one object concerns, and which unit holds it."""

    persons: frozenset[UUID] = frozenset()
    unit: UUID | None = None


Loader = Callable[[Collection[UUID]], Mapping[UUID, Concerned]]
Pairs = Callable[[Collection[UUID]], Collection[tuple[UUID, UUID]]]

_loaders: dict[str, Loader] = {}
_in_common: list[Pairs] = []
_meeting: list[Pairs] = []


def register_kind(kind: str, loader: Loader) -> None:
    """Say whom objects of a kind concern: their ids in, what is found out."""
    _loaders[kind] = loader


def register_in_common(pairs: Pairs) -> None:
    """Say with whom staff have something in common: staff ids in, pairs (staff, person) out."""
    _in_common.append(pairs)


def register_meeting(pairs: Pairs) -> None:
    """Say which units meet whom: person ids in, pairs (person, unit) out."""
    _meeting.append(pairs)


def known_kind(kind: str) -> bool:
    """True for a kind whose objects concern persons."""
    return kind in _loaders


def concerned(kind: str, objects: Collection[UUID]) -> Mapping[UUID, Concerned]:
    """Whom these objects concern; nothing for those that are not found."""
    return _loaders[kind](objects)


def in_common(staff: Collection[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Pairs (staff, person) that have something in common."""
    return frozenset(pair for pairs in _in_common for pair in pairs(staff))


def meeting(persons: Collection[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Pairs (person, unit) where the person has or had a time at the unit."""
    return frozenset(pair for pairs in _meeting for pair in pairs(persons))


def _of_conflicts(objects: Collection[UUID]) -> Mapping[UUID, Concerned]:
    """An entry names the conflict and beside it whom it was about: those it concerns."""
    conflicts = set(IdentityConflict.objects.filter(id__in=list(objects)).values_list("id", flat=True))
    return {one: Concerned(frozenset({one})) for one in objects if one not in conflicts}


register_kind("staff account", lambda objects: {person: Concerned(frozenset({person})) for person in objects})
register_kind("identity provider", lambda objects: dict.fromkeys(objects, Concerned()))
register_kind("identity conflict", _of_conflicts)
register_kind("person", lambda objects: {person: Concerned(frozenset({person})) for person in objects})
