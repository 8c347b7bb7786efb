"""Whom another system means: a person of ours by id, or by what that system calls them.

It never reaches a protected person: one is answered as somebody who is not there. Nor does it learn who is protected:
whoever asked for safe contact, and whoever was erased, is answered so too.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from identity import scope
from identity.access_log import Tried, record_refusal
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Person, people


@dataclass(frozen=True)
class Named:
    """A person as a system names them: by `id`, or by its own `external_id`; `name`, `language` of who is new to us."""

    id: UUID | None = None
    external_id: str = ""
    name: str = ""
    language: str = "sv"


def known(*, actor: Actor, named: Named, action: str) -> UUID:
    """The person's id. Raises `NotAllowed` for nobody, and for whom no system reaches; the try is written down."""
    with scope.transaction(actor.municipality_id):
        found = _reached(named)
    if found is None:
        refused = NotAllowed(action, Tried(actor, action, "person", named.id) if named.id else None)
        record_refusal(refused)
        raise refused
    return found


def known_or_new(*, actor: Actor, named: Named, action: str) -> UUID:
    """As `known`, but an unknown external id makes the person; two at once make one."""
    if named.external_id:
        with scope.transaction(actor.municipality_id):
            new = Person(external_id=named.external_id, name=named.name, language=named.language)
            Person.objects.bulk_create([new], ignore_conflicts=True)
    return known(actor=actor, named=named, action=action)


def _reached(named: Named) -> UUID | None:
    rows = Person.objects.filter(erased_at=None).exclude(people.protected())
    rows = rows.filter(external_id=named.external_id) if named.external_id else rows.filter(id__in=[named.id])
    return rows.values_list("id", flat=True).first()
