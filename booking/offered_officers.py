"""The officers whose free times a resident can ask for alone. Called inside an open scope.

Names of officers are shown to who has signed in, and to nobody else (experience.md: the default of every unit).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from booking import pool as pools
from booking.models import Calendar
from booking.offers import Offer, Whose
from identity.actors import Actor


@dataclass(frozen=True)
class OfferedOfficer:
    """One officer: the public id of the calendar, the name, and the languages besides Swedish, as codes."""

    calendar: UUID
    name: str
    languages: tuple[str, ...] = ()


def officers(actor: Actor, wanted: Offer, form: str, *, whose: Whose) -> tuple[OfferedOfficer, ...]:
    """Who offers a meeting type in a form, by name; nobody before sign-in. Raises `NotOffered` for another form."""
    if not actor.signed_in:
        return ()
    pool = pools.load(wanted.id, form, officers=whose.officers)
    rows = Calendar.objects.filter(id__in=[one.id for one in pool.calendars]).exclude(person=None)
    found = rows.select_related("person").order_by("person__name", "uuid")
    return tuple(OfferedOfficer(row.uuid, row.person.name, tuple(row.languages)) for row in found if row.person)
