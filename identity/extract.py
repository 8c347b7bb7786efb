"""The register extract (GDPR article 15): everything that is kept about one person, and who has looked.

What belongs in it is decided by the class of each field (`data_classes`), and how the rows of a table lead to a person
by the package that has the table. A field whose class is in the extract but that no source shows, fails the build.
Other people in these rows are not named, and staff by role and unit only. The making of an extract is an entry itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from identity import access_log, log_reading, openings, policies, protection
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded
from identity.models import AccessEntry, Person, Unit

Words = str | Promise
SELF, OTHER = "self", "other"
_LEVEL = "LOA3"  # everything at once: the surest sign-in


@dataclass(frozen=True)
class Source:
    """How one table stands in the extract.

    `paths`: look-ups from a row to the person, any of them; `words`: what is shown, in the order of the page;
    `meaning`: turns what is stored into what is meant; `said`: words of stored codes; `in_file`: what only a program
    reads: the page says that the file has it; `left_out`: fields that would be in it by their class, with the reason
    why not.
    """

    title: Words
    paths: tuple[str, ...]
    words: Mapping[str, Words]
    meaning: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
    in_file: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """The rows of one table: stored values by the field's name, in the order of the source's words."""

    model: str
    source: Source
    rows: tuple[Mapping[str, object], ...]


@dataclass(frozen=True)
class Seen:
    """One entry of the access log. `who`: `self`, or the role it was done in; never a name."""

    at: datetime
    who: str
    unit: str
    action: str
    allowed: bool


@dataclass(frozen=True)
class Extract:
    """All of it, as it stood at `made_at`."""

    person: UUID
    made_at: datetime
    sections: tuple[Section, ...]
    log: tuple[Seen, ...]


_sources: dict[str, Source] = {}


def register(sources: Mapping[str, Source]) -> None:
    """Say how the rows of models ("booking.Booking") stand in the extract; once, when their package starts.

    Packages start from the uppermost down, and the page begins with the lowest: who somebody is.
    """
    before = dict(_sources)
    _sources.clear()
    _sources.update(sources)
    _sources.update(before)


def sources() -> Mapping[str, Source]:
    """Every source, in the order of the page."""
    return _sources


def own(*, actor: Actor) -> Extract:
    """One's own. Raises `SignInNeeded` unless signed in at most 30 minutes ago, `NotAllowed` below LOA3."""
    if not actor.fresh(timezone.now()):
        raise SignInNeeded
    return _made(actor, openings.who(actor))


def of_person(*, actor: Actor, person: UUID) -> Extract:
    """Of somebody who asked for it at a counter or by letter. Raises `NotAllowed`; for oneself it is `own`."""
    return own(actor=actor) if person == actor.person_id else _made(actor, person)


def _made(actor: Actor, person: UUID) -> Extract:
    """The extract and its entry, in one transaction."""
    with acting(actor.municipality_id):
        row = Person.objects.filter(id=person, erased_at=None).first()
        facts = replace(protection.facts_of(row, person), level_needed=_LEVEL)
        if row is None or not policies.may(actor, "person.extract", facts):
            raise NotAllowed("person.extract", Tried(actor, "person.extract", "person", person))
        mine = frozenset({person, *row.joined})
        ids = set(mine)
        sections = tuple(_section(model, source, person, ids) for model, source in _sources.items())
        seen = log_reading.entries_about(ids, municipality=actor.municipality_id)
        units = dict(Unit.objects.values_list("id", "name"))
        access_log.record(actor=actor, action="person.extract", kind="person", objects=[person])
        log = tuple(_seen(entry, mine, units) for entry in seen)
        return Extract(person, timezone.now(), tuple(found for found in sections if found.rows), log)


def _section(label: str, source: Source, person: UUID, ids: set[UUID]) -> Section:
    """The person's rows of one table; their ids are added to `ids`, by which the log is asked."""
    model: Any = apps.get_model(label)
    mine = Q()
    for path in source.paths:
        mine |= Q(**{path: person})
    rows = list(model.objects.filter(mine).distinct().order_by("pk"))
    ids.update(row.pk for row in rows if isinstance(row.pk, UUID))
    return Section(label, source, tuple(_values(row, source, person) for row in rows))


def _values(row: models.Model, source: Source, person: UUID) -> Mapping[str, object]:
    return {name: _value(row, name, source, person) for name in source.words}


def _value(row: models.Model, name: str, source: Source, person: UUID) -> object:
    stored = row._meta.get_field(name)
    if isinstance(stored, models.ForeignKey) and stored.related_model is Person:
        other = getattr(row, stored.attname)
        return None if other is None else SELF if other == person else OTHER
    value = getattr(row, name)
    meaning = source.meaning.get(name)
    if meaning is not None:
        return None if value is None else meaning(value)
    return getattr(value, "name", str(value.pk)) if isinstance(value, models.Model) else value


def _seen(entry: AccessEntry, mine: frozenset[UUID], units: Mapping[UUID, str]) -> Seen:
    """`mine`: the person's ids, those included that they had before they were joined."""
    who = SELF if entry.actor in mine else entry.role
    unit = units.get(entry.unit, "") if entry.unit and who != SELF else ""
    return Seen(entry.at, who, unit, entry.action, entry.allowed)
