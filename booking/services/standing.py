"""As whom somebody holds a time, for whom, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from booking import reach
from booking.models import AskedHow, MeetingType
from booking.services.asked import Wanted
from booking.states import Role
from identity import policies, protection, representing, scope
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed, SignInRefused
from identity.models import Person, people
from identity.policies import LEVELS, Facts


@dataclass(frozen=True)
class Standing:
    """Whom a time is for, as whom it is asked for, and whose calendars are offered (None: everybody's).

    `system`: another system asks as the staff would, but is bound by what binds residents: lead time and horizon.
    """

    resident: UUID
    role: Role
    officers: reach.Officers
    system: bool = False

    @property
    def by_staff(self) -> bool:
        """The staff books for the resident."""
        return self.role is Role.OFFICER and not self.system


def known(actor: Actor) -> UUID:
    """The signed-in person. Raises `NotAllowed` for nobody."""
    if actor.person_id is None:
        raise NotAllowed("booking.hold")
    return actor.person_id


def standing(actor: Actor, wanted: Wanted) -> Standing:
    """Who asks, and for whom: what the call says. Raises `NotAllowed`, `SignInRefused` when only the level is too low.

    Needs an open scope.
    """
    if wanted.asked_how:
        return _of_staff(actor, wanted)
    if wanted.resident is None or wanted.resident == actor.person_id:
        _at_level(actor, "booking.hold", Facts(scope.current()), wanted.meeting_type)
        return Standing(known(actor), Role.RESIDENT, reach.officers(actor))
    resident = wanted.resident
    sheltered = Person.objects.filter(people.protected(), id=resident).exists()
    facts = Facts(scope.current(), represented_by=representing.opened_to(resident), protected=sheltered)
    _at_level(actor, "booking.hold_for", facts, wanted.meeting_type)
    return Standing(resident, Role.RESIDENT, None)


def _at_level(actor: Actor, action: str, facts: Facts, meeting_type: UUID) -> None:
    """Asks for the type's level only of who may book at all."""
    policies.require(actor, action, facts)
    if LEVELS.get(actor.level, 0) == LEVELS["LOA3"]:
        return
    level = MeetingType.objects.filter(id=meeting_type).values_list("level", flat=True).first() or "none"
    if not policies.may(actor, action, replace(facts, level_needed=level)):
        raise SignInRefused("level")


def _of_staff(actor: Actor, wanted: Wanted) -> Standing:
    """For a resident who asked by telephone, at a counter or by letter, or through a system of the municipality."""
    if wanted.resident is None or wanted.asked_how not in AskedHow.values:
        raise NotAllowed("booking.book_for")
    person = Person.objects.filter(id=wanted.resident, erased_at=None).first()
    unit = MeetingType.objects.filter(id=wanted.meeting_type).values_list("service__unit", flat=True).first()
    named = protection.readers_of(wanted.resident)
    sheltered = person is not None and person.protected
    facts = Facts(scope.current(), unit=unit, resident=wanted.resident, protected=sheltered, named=named)
    if person is None or not policies.may(actor, "booking.book_for", facts):
        tried = Tried(actor, "booking.book_for", "person", wanted.resident)
        raise NotAllowed("booking.book_for", tried)
    officers = tuple(sorted(named)) if sheltered else None
    return Standing(person.id, Role.OFFICER, officers, system=actor.token is not None)
