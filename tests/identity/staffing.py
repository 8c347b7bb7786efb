"""Roles given to the cast of the tests: who leads, coordinates and audits a unit."""

from __future__ import annotations

import re
from uuid import UUID

from django.utils import timezone

from identity import actors, scope
from identity.actors import Actor
from identity.models import Membership, Person, Unit
from tests.town import Town


def unit_of(town: Town, key: str) -> UUID:
    """The unit in which one of the cast works, whatever other roles they were given since."""
    with scope.transaction(town.municipality.id):
        held = Membership.objects.filter(person_id=town.persons[key])
        return min(held, key=lambda membership: membership.role != "officer").unit_id


def give(town: Town, key: str, role: str, unit: UUID) -> Actor:
    """Make one of the cast hold a role in a unit; the actor that they are then."""
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(id=town.persons[key])
        Membership.objects.create(person=person, unit=Unit.objects.get(id=unit), role=role)
        return actors.of_person(person, provider="trial", level="LOA3", session_key=f"s-{key}", at=timezone.now())


def plain(page: bytes) -> bytes:
    """A page without what differs every time: form tokens, and the ids in its own address."""
    return re.sub(rb'csrfmiddlewaretoken" value="\w+"|[0-9a-f]{8}-[0-9a-f-]{27}', b"", page)
