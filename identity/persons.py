"""Staff find one person and read what is kept of them here: by number or external id only, never by name.

A protected person is nothing to who may not open what concerns them: the same sentence, by the same statements.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from identity import access_log, finding, limits, openings, policies, protection, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.alert_presenters import NO_LINK, register_link
from identity.errors import NotAllowed
from identity.models import Membership, NamedReader, Opening, Person
from identity.openings import Link
from identity.policies import Facts

KIND = "person"
_A_MINUTE, _AT_ONCE = 6, 30
# What makes a person be there for whoever looks: to find leads nowhere that one may not go.
_LEADING = ("person.see", "person.see_shelter", "person.open_protected")


@dataclass(frozen=True)
class SeenPerson:
    """One person, and what of it the reader may see (`fields`, as in the rules; `shelter`: all but who it is).

    `opens`: the reader may open it with a reason;
    `asked`: requests to lift a flag that wait for a second person; `readers`: who may open what concerns the person;
    `staff`: who could be named; `meetings`: coming ones that the reader comes in at.
    """

    person: Person
    fields: frozenset[str]
    asked: tuple[Opening, ...] = ()
    readers: tuple[NamedReader, ...] = ()
    staff: tuple[Membership, ...] = ()
    opens: bool = False
    meetings: tuple[Link, ...] = ()

    @property
    def closed(self) -> bool:
        """True while the reader may not see who it is."""
        return not self.fields - {"shelter"}


def register() -> None:
    """Make persons something that can be opened, and say where alerts about one lead; once, when identity starts."""
    openings.register_object(KIND, openings.Openable(facts=_facts, coming=lambda person, now: (), address=_address))
    for kind in ("flag_set", "flag_lift_asked", "safe_contact_asked", "reader_chosen", "representation_written"):
        register_link(kind, lambda about: (_address(about), gettext("Se personen")) if about else NO_LINK)


def find(*, actor: Actor, number: str = "", external_id: str = "") -> UUID | None:
    """The id of whoever has this number (twelve digits) or external id; None for nobody, and for whom it is closed.

    Each look is an entry. Raises `NotAllowed`, and `Limited` for who looks up one after the other.
    """
    limits.take(f"find:{actor.municipality_id}:{actor.person_id}", per_minute=_A_MINUTE, burst=_AT_ONCE)
    with acting(actor.municipality_id):
        if not policies.may(actor, "person.find", Facts(actor.municipality_id)):
            raise NotAllowed("person.find", Tried(actor, "person.find", KIND, openings.who(actor)))
        person = _sought(number, external_id)
        sought = person.id if person else uuid4()
        facts = protection.facts_of(person, sought)
        shown = person is not None and any(policies.may(actor, action, facts) for action in _LEADING)
        access_log.record(actor=actor, action="person.find", kind=KIND, objects=[sought], allowed=shown)
        return sought if shown else None


def see(actor: Actor, person: UUID) -> SeenPerson | None:
    """The person; None when it is closed until the actor gives a reason. Needs an open scope; the read is one entry.

    Whoever looks after the person sees how they are sheltered without opening. Raises `NotAllowed` to everybody else,
    as for nobody.
    """
    row = Person.objects.filter(id=person, erased_at=None).first()
    facts = protection.facts_of(row, person)
    fields = policies.fields_for(actor, "person.see", facts) | policies.fields_for(actor, "person.see_shelter", facts)
    opens = facts.protected and policies.may(actor, "person.open_protected", facts)
    if row is None or not fields:
        if row is not None and opens:
            return None
        raise NotAllowed("person.see", Tried(actor, "person.see", KIND, person))
    seen = _sheltered(actor, row, fields, opens=opens) if "shelter" in fields else SeenPerson(row, fields)
    if facts.protected and not seen.closed:
        openings.note_use(actor=actor, object=person, now=timezone.now())
    access_log.record(actor=actor, action="person.see", kind=KIND, objects=[person])
    meetings = () if seen.closed else openings.coming_open_to(actor, person, timezone.now())
    return replace(seen, meetings=meetings)


def open_person(*, actor: Actor, person: UUID, reason: str) -> None:
    """Open what is kept of a protected person, for half an hour. Raises `NotAllowed`, `SignInNeeded`."""
    with scope.transaction(actor.municipality_id):
        row = Person.objects.filter(id=person, erased_at=None).first()
        facts = protection.facts_of(row, person)
    if row is None or not row.protected or not policies.may(actor, "person.open_protected", facts):
        refused = NotAllowed("person.open_protected", Tried(actor, "person.open_protected", KIND, person))
        access_log.record_refusal(refused)
        raise refused
    with scope.transaction(actor.municipality_id):
        unit = openings.unit_to_tell(person, timezone.now())
    openings.open_protected(actor=actor, object_kind=KIND, object=person, unit=unit, facts=facts, reason=reason)


def _facts(person: UUID) -> Facts | None:
    row = Person.objects.filter(id=person, erased_at=None).first()
    return protection.facts_of(row, person) if row else None


def _address(person: UUID) -> str:
    return reverse("identity:person", args=[person])


def _sought(number: str, external_id: str) -> Person | None:
    if number:
        return finding.by_number(number)
    return Person.objects.filter(external_id=external_id).first() if external_id else None


def _sheltered(actor: Actor, person: Person, fields: frozenset[str], *, opens: bool) -> SeenPerson:
    named = NamedReader.objects.filter(person=person).select_related("reader__staff_account").order_by("at")
    staff = protection.staff_who_read().exclude(person__in=[person.id, openings.who(actor)])
    return SeenPerson(
        person=person,
        fields=fields,
        asked=tuple(protection.waiting(person.id)),
        readers=tuple(named),
        staff=tuple(staff.select_related("person__staff_account", "unit")),
        opens=opens,
    )
