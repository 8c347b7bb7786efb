"""What a provider said against what we hold: listed, opened with a reason, and decided by a coordinator.

Whoever looks after one of the people concerned may: a coordinator or manager of a unit that meets one of them, or of
any unit where none does. Three decisions. `kept`: what we hold stands, nothing changes. `changed`: it is the same
person, and what was claimed is taken over. `refused`: it is somebody else, and this way in is stopped until a
coordinator lifts it. Nothing is merged before that, and what was claimed is forgotten after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from identity import access_log, break_glass, conflict_news, finding, openings, policies, protection, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.conflict_news import led, people_of
from identity.errors import IdentityError, NotAllowed
from identity.joining import join
from identity.models import ExternalIdentity, IdentityConflict, Person, StaffAccount
from identity.models.people import FLAGS
from identity.policies import Facts
from identity.signals import protection_changed

KIND = "identity conflict"
DECISIONS = ("kept", "changed", "refused")


class CannotDecide(IdentityError):
    """`number`: somebody else has the number by now; `decided`: another coordinator was first.

    `second`: a protected person is closed until a second person has agreed; that is asked for now.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Said:
    """A name and a number, as somebody has them or as they were claimed."""

    name: str
    number: str


@dataclass(frozen=True)
class About:
    """Whom a conflict is about, what the rules look at of each, and the units that look after one of them."""

    people: list[Person]
    each: list[Facts]
    meets: frozenset[UUID]


@dataclass(frozen=True)
class Opened:
    """One conflict, opened. `held`: the person's; `other`: of who has the claimed number, if that is somebody else."""

    id: UUID
    what: str
    at: datetime
    provider: str
    held: Said
    other: Said | None
    claimed: Said
    own: bool


def listed(*, actor: Actor) -> list[IdentityConflict]:
    """Those that wait, and those that stop somebody, the oldest first; nobody is named. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        _require_page(actor)
        rows = IdentityConflict.objects.select_related("provider").filter(decided__in=["", "refused"])
        return [row for row in rows.order_by("decided", "at") if _listed(actor, _about(row, row.id))]


def open_one(*, actor: Actor, conflict: UUID, reason: str) -> Opened:
    """What contradicts what. A protected person is opened by it, with all that follows (`openings`, `break_glass`).

    Raises `NotAllowed`, `CannotDecide` (`second`) when somebody else has to agree first, `SignInNeeded` when a
    protected person needs a newer sign-in, ValueError for no known reason.
    """
    known = openings.known(reason)
    for person in _sheltered(actor, conflict):
        _open(actor, person, known)
    with acting(actor.municipality_id):
        row, people = _found(actor, "conflict.see", conflict)
        seen = [row.id, *(person.id for person in people)]
        access_log.record(actor=actor, action="conflict.see", kind=KIND, objects=seen, reason=known)
        return Opened(
            id=row.id,
            what=row.what,
            at=row.at,
            provider=row.provider.name,
            held=Said(people[0].name, people[0].number),
            other=Said(people[1].name, people[1].number) if len(people) > 1 else None,
            claimed=Said(row.claimed_name, row.claimed_number),
            own=actor.person_id in seen,
        )


def decide(*, actor: Actor, conflict: UUID, decision: str) -> None:
    """Decide one that waits. Raises `NotAllowed`, `CannotDecide`, `CannotJoin`, ValueError for another word."""
    if decision not in DECISIONS:
        raise ValueError("unknown decision")
    with acting(actor.municipality_id):
        row, people = _found(actor, "conflict.decide", conflict)
        if row.decided:
            raise CannotDecide("decided")
        about = [person.id for person in people]  # before one of them may be gone
        if decision == "changed":
            _change(actor, row, people)
        _settle(actor, row, decision, about)


def lift(*, actor: Actor, conflict: UUID) -> None:
    """Let a way in that was refused be tried again. Raises `NotAllowed`, `CannotDecide`.

    Another unit's is told as one that is not there or was lifted already, and a refused try is written down.
    """
    if not _lifted(actor, conflict):
        access_log.record_refusal(NotAllowed("conflict.decide", Tried(actor, "conflict.decide", KIND, conflict)))
        raise CannotDecide("decided")


def _lifted(actor: Actor, conflict: UUID) -> bool:
    with acting(actor.municipality_id):
        _require_page(actor, conflict)
        row = IdentityConflict.objects.select_for_update().filter(id=conflict).first()
        about = _about(row, conflict)
        if row is None or row.decided != "refused" or not _listed(actor, about):
            return False
        # Nothing is shown of whom it is about: a protected person need not be opened for it.
        if not policies.may(actor, "conflict.decide", replace(_facts(actor, about), protected=False)):
            raise NotAllowed("conflict.decide", Tried(actor, "conflict.decide", KIND, conflict))
        _settle(actor, row, "kept", [row.person_id] if row.person_id else [])
        return True


def _change(actor: Actor, row: IdentityConflict, people: list[Person]) -> None:
    kept = people[-1]  # of two, the one who has the claimed number
    if len(people) > 1:
        _join(actor, kept, people[0])
        row.person = kept
    if (row.claimed_number and not kept.number_index) or row.what == "number":
        holder = finding.by_number(row.claimed_number)
        if holder is not None and holder.id != kept.id:
            raise CannotDecide("number")
        finding.set_number(kept, row.claimed_number)
    kept.name = row.claimed_name or kept.name
    kept.save(update_fields=["name", "number", "number_index"])
    StaffAccount.objects.filter(person=kept).update(name=kept.name[:80])
    _link(row, kept)


def _join(actor: Actor, kept: Person, other: Person) -> None:
    """Whoever is joined to a sheltered person is sheltered from then on, and so is what was theirs until now."""
    for row in Person.objects.select_for_update().filter(id__in=[kept.id, other.id]).order_by("id"):
        (kept if row.id == kept.id else other).refresh_from_db()
    flags = [flag for flag in FLAGS if getattr(kept, flag) or getattr(other, flag)]
    both = kept.protected and other.protected
    join(kept=kept, other=other)
    for flag in flags:
        setattr(kept, flag, True)
    kept.save(update_fields=list(FLAGS))
    for flag in flags[:1]:
        protection_changed.send(Person, person=kept, actor=actor, before=both, flag=flag)


def _link(row: IdentityConflict, person: Person) -> None:
    now = timezone.now()
    known = ExternalIdentity.objects.filter(provider=row.provider, subject_index=row.subject_index)
    if not known.update(person=person, used_at=now):
        ExternalIdentity.objects.create(
            provider=row.provider, person=person, subject_index=row.subject_index, made_at=now, used_at=now
        )


def _settle(actor: Actor, row: IdentityConflict, decision: str, people: list[UUID]) -> None:
    row.decided, row.decided_by_id, row.decided_at = decision, openings.who(actor), timezone.now()
    row.claimed_name = row.claimed_number = ""
    row.save(update_fields=["person", "decided", "decided_by", "decided_at", "claimed_name", "claimed_number"])
    access_log.record(actor=actor, action=f"conflict.{decision}", kind=KIND, objects=[row.id, *people])
    conflict_news.note_decided(row, openings.who(actor))


def _found(actor: Actor, action: str, conflict: UUID) -> tuple[IdentityConflict, list[Person]]:
    """The conflict, locked, and whom it is about: its person, and who else has the claimed number."""
    _require_page(actor, conflict)
    rows = IdentityConflict.objects.select_related("provider").select_for_update(of=("self",))
    row = rows.filter(id=conflict).first()
    about = _about(row, conflict)
    if row is None or not about.people or not policies.may(actor, action, _facts(actor, about)):
        raise NotAllowed(action, Tried(actor, action, KIND, conflict))
    return row, about.people


def _open(actor: Actor, person: Person, reason: str) -> None:
    """Open a protected person to who is named; for anybody else ask a second person."""
    with scope.transaction(actor.municipality_id):
        facts = protection.facts_of(person, person.id)
        unit = openings.unit_to_tell(person.id, timezone.now())
    to: dict[str, Any] = {"object_kind": "person", "object": person.id, "unit": unit, "reason": reason}
    if policies.may(actor, "person.open_protected", facts):
        openings.open_protected(actor=actor, facts=facts, **to)
        return
    break_glass.ask(actor=actor, **to)
    raise CannotDecide("second")


def _about(row: IdentityConflict | None, sought: UUID) -> About:
    """Whom a conflict is about. Of one that is not there by the same statements."""
    people = people_of(row, sought)
    sides = [*people, None, None][:2]
    each = [protection.facts_of(person, person.id if person else sought) for person in sides]
    return About(people, each, led((facts.meets for facts in each), {person.id for person in people}))


def _facts(actor: Actor, about: About) -> Facts:
    """Of the one that is closed to the actor, if any is: open only to whom every protected one is open."""
    closed = next((facts for facts in about.each if not _is_open(actor, facts)), about.each[0])
    return replace(closed, person=about.each[0].person, meets=about.meets)


def _is_open(actor: Actor, facts: Facts) -> bool:
    return policies.CONDITIONS["opened_if_protected"](actor, facts)


def _sheltered(actor: Actor, conflict: UUID) -> list[Person]:
    """The protected ones among them that do not stand open to this coordinator yet."""
    with acting(actor.municipality_id):
        _require_page(actor, conflict)
        about = _about(IdentityConflict.objects.filter(id=conflict).first(), conflict)
        if not _listed(actor, about):
            return []  # who opens it is told that there is nothing
        both = zip(about.people, about.each, strict=False)
        return [person for person, facts in both if person.protected and not _is_open(actor, facts)]


def _listed(actor: Actor, about: About) -> bool:
    return bool(about.people) and policies.may(actor, "conflict.list", Facts(scope.current(), meets=about.meets))


def _require_page(actor: Actor, conflict: UUID | None = None) -> None:
    """Raises `NotAllowed`; about one conflict it is a refused try, which is written down."""
    if not policies.may(actor, "conflict.list", Facts(scope.current())):
        tried = None if conflict is None else Tried(actor, "conflict.see", KIND, conflict)
        raise NotAllowed("conflict.list", tried)
