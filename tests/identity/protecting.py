"""Somebody whose protection changes: the staff who do it, with the page opened for a reason as they must."""

from __future__ import annotations

from uuid import UUID

from identity import break_glass, openings, protection, scope
from identity.actors import Actor
from identity.models import Person
from tests.town import Town


def person_of(town: Town, key: str) -> Person:
    """The row of one of the cast, as it stands."""
    with scope.transaction(town.municipality.id):
        return Person.objects.get(id=town.persons[key])


def open_person(town: Town, actor: Actor, key: str) -> None:
    """Open what is kept of one of the cast, with a reason, as a named reader."""
    person = person_of(town, key)
    with scope.transaction(town.municipality.id):
        facts = protection.facts_of(person, person.id)
    openings.open_protected(actor=actor, object_kind="person", object=person.id, unit=None, facts=facts, reason="call")


def break_glass_for(town: Town, asker: Actor, second: Actor, key: str) -> None:
    """Open what is kept of one of the cast for a coordinator who is not named, by a second person."""
    made = break_glass.ask(actor=asker, object_kind="person", object=town.persons[key], unit=None, reason="acute")
    break_glass.approve(actor=second, opening=made.id)


def named(town: Town, key: str) -> frozenset[UUID]:
    """Who may read what concerns one of the cast."""
    with scope.transaction(town.municipality.id):
        return protection.readers_of(town.persons[key])
