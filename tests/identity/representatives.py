"""Representatives of the cast, for tests: numbers given, and a mandate that staff wrote down for Bo."""

from __future__ import annotations

from identity import finding, representing, scope
from identity.actors import Actor
from identity.models import Person, Representation
from identity.representing import Mandate
from tests.town import Town

NUMBER = "19811228-9874"


def give_number(town: Town, key: str, number: str = NUMBER) -> None:
    """Let one of the cast have this number."""
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(id=town.persons[key])
        finding.set_number(person, number.replace("-", ""))
        person.save(update_fields=["number", "number_index"])


def recorded(town: Town, by: Actor, kind: str = "proxy", evidence: str = "mandate", **more: object) -> Representation:
    """Staff writes down who acts for Bo."""
    scopes = representing.DEFAULT_SCOPES[kind]
    return representing.record(
        actor=by,
        mandate=Mandate(town.persons["bo"], NUMBER, "Ombudet", kind, scopes, evidence, **more),  # type: ignore[arg-type]
    )
