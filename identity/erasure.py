"""Destroying what is kept about one person, by two managers: one asks, another one agrees.

Nothing is destroyed against the law of archives: the board must have decided how long, that time must be over, and no
meeting may be coming. What goes are sealed values, indexes, sign-ins, representations and named readers, and what other
packages registered; the row stays with its UUID, so that the chain of the access log stands, and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from identity import access_log, alerts, openings, policies, protection, retention, sessions
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import ErasureRefused, NotAllowed
from identity.models import (
    ExternalIdentity,
    IdentityConflict,
    Membership,
    NamedReader,
    Opening,
    Passkey,
    Person,
    RecoveryCode,
    Representation,
    SignInAttempt,
    StaffAccount,
    StaffInvitation,
)

ERASURE = "erasure"
WAITS = timedelta(days=7)
# What is destroyed is of these classes: the board's decision for each must be entered.
CLASSES = ("identity", "contact", "message")


@dataclass(frozen=True)
class Above:
    """What a package above destroys of a person, and the end of their last meeting. Both need an open scope."""

    destroy: Callable[[UUID], None]
    last: Callable[[UUID], datetime | None] = lambda person: None


@dataclass(frozen=True)
class Standing:
    """How a wish to erase stands. `refused`: why it cannot be done now, or ""; `until`: when it can, if that is known.

    `asked_by` and `asked_at`: the first of two, when one has asked within a week.
    """

    refused: str
    until: datetime | None = None
    asked_by: UUID | None = None
    asked_at: datetime | None = None


_above: list[Above] = []


def register(above: Above) -> None:
    """Say what a package destroys; once, when it starts."""
    _above.append(above)


def standing(actor: Actor, person: UUID) -> Standing:
    """Whether it can be done, and who has asked. Needs an open scope. Raises `NotAllowed`."""
    row = Person.objects.filter(id=person, erased_at=None).first()
    facts = protection.facts_of(row, person)
    if row is None or not policies.may(actor, "person.ask_erase", facts):
        raise NotAllowed("person.ask_erase", Tried(actor, "person.ask_erase", "person", person))
    return _standing(person, timezone.now())


def ask(*, actor: Actor, person: UUID) -> None:
    """Ask that a person be erased: the first of two. Asking again changes nothing.

    Raises `NotAllowed`, `SignInNeeded` (15 minutes), `ErasureRefused`.
    """
    now = timezone.now()
    with acting(actor.municipality_id):
        _locked(actor, "person.ask_erase", person)
        openings.require_fresh(actor, now)
        found = _possible(person, now)
        if found.asked_by is not None:
            return
        Opening.objects.create(
            kind=ERASURE,
            opener_id=openings.who(actor),
            object_kind="person",
            object=person,
            reason=ERASURE,
            asked_at=now,
        )
        access_log.record(actor=actor, action="person.ask_erase", kind="person", objects=[person])
        alerts.tell("erasure_asked", actor=actor.person_id, about=person)


def withdraw(*, actor: Actor, person: UUID) -> None:
    """Leave it as it is, by whoever may ask. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        _locked(actor, "person.ask_erase", person)
        _waiting(person, timezone.now()).update(approver=actor.person_id, decided_at=timezone.now())
        access_log.record(actor=actor, action="person.keep", kind="person", objects=[person])


def erase(*, actor: Actor, person: UUID) -> None:
    """Do it, as the second of two. It cannot be undone.

    Raises `NotAllowed` (also to who asked, and when nobody did), `SignInNeeded` (15 minutes), `ErasureRefused`.
    """
    now = timezone.now()
    with acting(actor.municipality_id):
        row = _locked(actor, "person.erase", person)
        openings.require_fresh(actor, now)
        _possible(person, now)
        _waiting(person, now).update(approver=actor.person_id, decided_at=now, opened_at=now)
        for above in _above:
            above.destroy(person)
        _destroy_around(row)
        _empty(row, now)
        sessions.revoke_of(actor.municipality_id, person)
        access_log.record(actor=actor, action="person.erase", kind="person", objects=[person])


def _locked(actor: Actor, action: str, person: UUID) -> Person:
    """The person, held until the end, if the actor may. Missing, erased, foreign and forbidden are one answer."""
    row = Person.objects.select_for_update(no_key=True).filter(id=person, erased_at=None).first()
    asked_by = _waiting(person, timezone.now()).values_list("opener", flat=True).first()
    facts = replace(protection.facts_of(row, person), asked_by=asked_by)
    if row is None or not policies.may(actor, action, facts):
        raise NotAllowed(action, Tried(actor, action, "person", person))
    return row


def _possible(person: UUID, now: datetime) -> Standing:
    found = _standing(person, now)
    if found.refused:
        raise ErasureRefused(found.refused)
    return found


def _standing(person: UUID, now: datetime) -> Standing:
    refused, until = _refused(person, now)
    asked = _waiting(person, now).first()
    return Standing(refused, until, asked.opener_id if asked else None, asked.asked_at if asked else None)


def _refused(person: UUID, now: datetime) -> tuple[str, datetime | None]:
    """Why not, and until when."""
    if any(True for kind in openings.kinds() for _ in openings.openable(kind).coming(person, now)):
        return "coming", None
    if Membership.objects.filter(person=person).exists() or StaffAccount.objects.filter(person=person).exists():
        return "staff", None
    if retention.undecided(CLASSES):
        return "undecided", None
    ends = [end for above in _above if (end := above.last(person)) is not None]
    until = max(ends) + timedelta(days=retention.days_of("identity")) if ends else None
    return ("kept", until) if until is not None and now < until else ("", None)


def _waiting(person: UUID, now: datetime) -> QuerySet[Opening]:
    rows: QuerySet[Opening] = Opening.objects.filter(
        kind=ERASURE, object_kind="person", object=person, decided_at=None, asked_at__gt=now - WAITS
    )
    return rows


def _destroy_around(person: Person) -> None:
    """The rows that say something about the person and nothing else."""
    _forget_claims(person.number)
    Representation.objects.filter(Q(principal=person) | Q(representative=person)).delete()
    for model in (
        ExternalIdentity,
        IdentityConflict,
        SignInAttempt,
        Passkey,
        RecoveryCode,
        StaffInvitation,
        NamedReader,
    ):
        model.objects.filter(person=person).delete()


def _forget_claims(number: str) -> None:
    """Conflicts of other people in which this number was claimed; it is sealed there, so each one is opened."""
    claimed = [row.id for row in IdentityConflict.objects.exclude(claimed_number=b"") if row.claimed_number == number]
    IdentityConflict.objects.filter(id__in=claimed if number else []).delete()


def _empty(person: Person, now: datetime) -> None:
    """The row says nothing any more, not even that somebody was sheltered."""
    person.name = person.email = person.phone = person.number = person.external_id = person.cast_name = ""
    person.number_index, person.language, person.erased_at = None, "sv", now
    person.marked = person.registered = person.safe_contact = False
    person.save()
