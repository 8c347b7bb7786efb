"""Whose times a sheltered person reaches on the web: nobody's, or, where the municipality has opened it, the named
readers'. For everybody else nothing here is asked of the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from booking import pool as pools
from booking.errors import NotOffered
from identity import protection
from identity.actors import Actor
from identity.models import Municipality

Officers = tuple[UUID, ...] | None


def officers(actor: Actor, resident: UUID | None = None) -> Officers:
    """Whose calendars are offered to the actor; None: everybody's. Needs an open scope.

    `resident`: whom it is for. In another's stead nobody books for a sheltered person, so then it is everybody's.
    """
    if not actor.protected or actor.person_id is None or resident not in (None, actor.person_id):
        return None
    return tuple(sorted(protection.readers_of(actor.person_id)))


def by_phone(actor: Actor, municipality: Municipality, meeting_type: UUID, form: str) -> bool:
    """True when the actor books this by telephone: the page is that of a type without web booking. In an open scope."""
    if not actor.protected:
        return False
    return closed(actor, municipality) or not _offered(meeting_type, form, officers(actor))


def by_phone_only(actor: Actor, municipality: Municipality, meeting_type: UUID, forms: Iterable[str]) -> bool:
    """As `by_phone`, for every form of a meeting type: then it is said before anything is filled in."""
    return all(by_phone(actor, municipality, meeting_type, form) for form in forms)


def closed(actor: Actor, municipality: Municipality) -> bool:
    """True when the actor books and moves nothing on the web. Asks the database nothing."""
    return actor.protected and not municipality.protected_on_web


def _offered(meeting_type: UUID, form: str, by: Officers) -> bool:
    try:
        return bool(pools.load(meeting_type, form, officers=by).calendars)
    except NotOffered:
        return False
