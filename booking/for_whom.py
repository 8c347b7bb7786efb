"""Whom a time is for: oneself, or somebody whom one may book for."""

from __future__ import annotations

from uuid import UUID

from identity import access_log, representing, scope
from identity.actors import Actor


def asks(actor: Actor) -> bool:
    """True when the question has more than one answer. Opens its own scope."""
    with scope.transaction(actor.municipality_id):
        return bool(representing.represented_by(actor, "book"))


def answers(actor: Actor) -> list[tuple[UUID, str]]:
    """Oneself first, with an empty name, then each person whom the actor may book for. In an open scope; logged."""
    others = representing.represented_by(actor, "book")
    access_log.record(actor=actor, action="person.list", kind="person", objects=[person.id for person in others])
    mine = [(actor.person_id, "")] if actor.person_id else []
    return mine + [(person.id, person.name) for person in others]
