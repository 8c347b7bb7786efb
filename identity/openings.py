"""Opening what is closed for a while, with a reason: written down, and told to the unit's manager, as one act.

A protected person's booking opens at once for those who are named for it; anything else is break glass
(`identity.break_glass`), which a second person decides. Rules look at `opened_by` (Facts.opened_by).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from identity import access_log, alerts, policies, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded
from identity.models import Alert, Opening
from identity.policies import Facts

PROTECTED, BREAK_GLASS = "protected", "break_glass"
# A closed list: free text would be a note about a person. The words stand in `identity.opening_presenters`.
REASONS = ("prepare", "meeting", "call", "change", "mandate", "acute", "review", "technical")
FRESH = timedelta(minutes=15)


@dataclass(frozen=True)
class Link:
    """A page: what it is in words, and its address."""

    words: str
    address: str


@dataclass(frozen=True)
class Openable:
    """How another package's objects are found: its facts by id, and the coming ones of a person.

    All are called in an open scope. `address`: the page of an object that stands open, or ""; `units`: those that have
    any of a person's; `open_to`: of the coming ones those whose page the actor comes in at, in words and by address.
    """

    facts: Callable[[UUID], Facts | None]
    coming: Callable[[UUID, datetime], Iterable[UUID]]
    address: Callable[[UUID], str]
    units: Callable[[UUID], Iterable[UUID]] = lambda person: ()
    open_to: Callable[[Actor, UUID, datetime], Iterable[Link]] = lambda actor, person, now: ()


_openable: dict[str, Openable] = {}


def register_object(kind: str, openable: Openable) -> None:
    """Say how objects of a kind are found; called once when their package starts."""
    _openable[kind] = openable


def openable(kind: str) -> Openable:
    """What was registered for a kind. Raises KeyError for a kind that nobody registered."""
    return _openable[kind]


def kinds() -> tuple[str, ...]:
    """Every registered kind."""
    return tuple(_openable)


def open_protected(
    *, actor: Actor, object_kind: str, object: UUID, unit: UUID | None, facts: Facts, reason: str, minutes: int = 30
) -> Opening:
    """Open what concerns a protected person for `minutes`: an opening, an entry and an alert, or nothing of it.

    Raises `NotAllowed`, `SignInNeeded` when the sign-in is older than 15 minutes, ValueError for an unknown reason.
    """
    action, now = f"{object_kind}.open_protected", timezone.now()
    with acting(actor.municipality_id):
        if not policies.may(actor, action, facts):
            raise NotAllowed(action, Tried(actor, action, object_kind, object))
        require_fresh(actor, now)
        opening = Opening.objects.create(
            kind=PROTECTED,
            opener_id=who(actor),
            unit_id=unit,
            object_kind=object_kind,
            object=object,
            reason=known(reason),
            asked_at=now,
            opened_at=now,
            until=now + timedelta(minutes=minutes),
        )
        tell(actor, "protected_opened", opening)
        return opening


def opened_by(object: UUID, now: datetime) -> frozenset[UUID]:
    """For whom this object stands open at `now`, whoever opened it. Needs an open scope."""
    by_right, broken = standing_open(object, now)
    return by_right | broken


def standing_open(object: UUID, now: datetime) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Who opened this object themselves, and for whom a second person did (`opened_by`, `broken_by` of the facts).

    Whether what they opened it by still holds, is for the rules. Needs an open scope.
    """
    found = list(_live(now).filter(object=object).values_list("kind", "opener_id"))
    of = {sought: frozenset(who for kind, who in found if kind == sought) for sought in (PROTECTED, BREAK_GLASS)}
    return of[PROTECTED], of[BREAK_GLASS]


def broken_until(actor: Actor, object: UUID, now: datetime) -> datetime | None:
    """Until when a second person opened it for the actor; None when nobody did. Needs an open scope."""
    mine = _live(now).filter(kind=BREAK_GLASS, object=object, opener_id=actor.person_id)
    return max((row.until for row in mine if row.until is not None), default=None)


def units_that_meet(person: UUID) -> frozenset[UUID]:
    """The units that the person has or had a time at. Needs an open scope."""
    return frozenset(unit for openable in _openable.values() for unit in openable.units(person))


def coming_open_to(actor: Actor, person: UUID, now: datetime) -> tuple[Link, ...]:
    """What is coming for a person and has a page that the actor comes in at, by start. Needs an open scope."""
    return tuple(link for openable in _openable.values() for link in openable.open_to(actor, person, now))


def unit_to_tell(person: UUID, now: datetime) -> UUID | None:
    """The unit that meets the person next, else one that has met them; None when no unit has. Needs an open scope."""
    for openable in _openable.values():
        for coming in openable.coming(person, now):
            facts = openable.facts(coming)
            if facts is not None and facts.unit is not None:
                return facts.unit
    return min(units_that_meet(person), default=None)


def note_use(*, actor: Actor, object: UUID, now: datetime) -> None:
    """The first look through broken glass is an entry and an alert of its own. In the transaction of the read."""
    mine = _live(now).filter(kind=BREAK_GLASS, object=object, opener_id=actor.person_id)
    for opening in mine.select_for_update(no_key=True):
        if not Alert.objects.filter(kind="glass_used", about=opening.id).exists():
            tell(actor, "glass_used", opening)


def require_fresh(actor: Actor, now: datetime) -> None:
    """The gravest acts need a sign-in of at most 15 minutes. Raises `SignInNeeded`."""
    if actor.unproven or actor.signed_in_at is None or now - actor.signed_in_at > FRESH:
        raise SignInNeeded


def who(actor: Actor) -> UUID:
    """The person that acts. Raises `SignInNeeded` for nobody."""
    if actor.person_id is None:
        raise SignInNeeded
    return actor.person_id


def known(reason: str) -> str:
    """The reason, if it is in the closed list. Raises ValueError."""
    if reason not in REASONS:
        raise ValueError("unknown reason")
    return reason


def tell(actor: Actor, what: str, opening: Opening) -> None:
    """Write down an act about an opening, and tell the managers of its unit. Needs an open scope."""
    kind, reason = opening.object_kind, opening.reason
    unit = opening.unit_id
    access_log.record(actor=actor, action=what, kind=kind, objects=[opening.object], reason=reason, unit=unit)
    alerts.tell(what, unit=opening.unit_id, actor=actor.person_id, about=opening.id)


def _live(now: datetime) -> scope.ScopedQuerySet[Opening]:
    return Opening.objects.filter(opened_at__lte=now, until__gt=now)  # type: ignore[return-value]  # of our manager
