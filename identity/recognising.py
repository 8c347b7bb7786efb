"""Whom a provider's answer means. (provider, subject) is the identity; never a name, never an e-mail address.

A name or number that contradicts what is held is stopped and shown to a coordinator; nothing is merged silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from identity import access_log, actors, conflict_news, finding, scope
from identity.errors import SignInRefused
from identity.models import ExternalIdentity, IdentityConflict, IdentityProvider, Person
from identity.policies import LEVELS
from identity.same_name import same_name

SURE = "LOA3"
_INVITED = timedelta(minutes=30)


@dataclass(frozen=True)
class Claims:
    """What a provider said, after every check of its answer. `number`: twelve digits, or empty. `level`: as given.

    `confirmed`: the number is surely theirs. A coordination number that is not confirmed finds, joins and names nobody.
    """

    subject: str
    level: str
    name: str = ""
    number: str = ""
    previous_number: str = ""
    confirmed: bool = True


@dataclass(frozen=True)
class _Conflict:
    what: str
    person: Person | None


def recognise(*, municipality: int, provider: IdentityProvider, claims: Claims, may_create: bool = True) -> Person:
    """The person, made if nobody is meant yet and `may_create`. Its own transaction.

    Raises `SignInRefused("unknown")`, ("blocked") for a subject that a coordinator refused, or ("contradiction") after
    telling the coordinators.
    """
    try:
        found = _in_transaction(municipality, provider, claims, may_create)
    except IntegrityError:  # the same newcomer, twice at once: the other one was first
        found = _in_transaction(municipality, provider, claims, may_create)
    if isinstance(found, _Conflict):
        raise SignInRefused("contradiction")
    return found


def recognise_invited(*, municipality: int, provider: IdentityProvider, claims: Claims, person: UUID) -> Person:
    """The staff member who showed an invitation a moment ago: from now on this subject means them. Its own transaction.

    Raises `SignInRefused("unknown")`, or ("contradiction") when the provider names somebody else than was invited.
    """
    now = timezone.now()
    with scope.transaction(municipality, durable=True):
        rows = Person.objects.select_related("staff_account").filter(staff_account__closed_at=None, id=person)
        found = rows.filter(staff_account__isnull=False, invitations__used_at__gt=now - _INVITED).first()
        if found is None:
            raise SignInRefused("unknown")
        fits = same_name(found.staff_account.name, claims.name)
        if fits:
            link(provider, found, claims.subject, now, claims.level)
            actor = actors.of_person(found, provider=provider.code, level=claims.level, session_key="", at=now)
            access_log.record(actor=actor, action="identity_linked", kind="person", objects=[found.id])
        else:
            _write_down(provider, claims, _Conflict("name", found), now)
    if not fits:
        raise SignInRefused("contradiction")
    return found


def _in_transaction(
    municipality: int, provider: IdentityProvider, claims: Claims, may_create: bool
) -> Person | _Conflict:
    now = timezone.now()
    with scope.transaction(municipality, durable=True):
        if _of_subject(provider, claims.subject).filter(decided="refused").exists():
            raise SignInRefused("blocked")
        found = _found(provider, claims)
        if isinstance(found, _Conflict):
            _write_down(provider, claims, found, now)
            return found
        if found is None and not may_create:
            raise SignInRefused("unknown")
        person = found or _made(claims)
        _remember(provider, person, claims, now)
        return person


def _found(provider: IdentityProvider, claims: Claims) -> Person | _Conflict | None:
    by_subject = by_subject_of(provider, claims.subject)
    by_number = finding.by_number(claims.number) if claims.number else None
    what = _contradiction(claims, by_subject, by_number)
    person = by_subject or by_number
    if what is None and by_subject is None and claims.previous_number and finding.by_number(claims.previous_number):
        what, person = "number", finding.by_number(claims.previous_number)
    return _Conflict(what, person) if what else person


def _contradiction(claims: Claims, by_subject: Person | None, by_number: Person | None) -> str | None:
    if by_subject and by_number and by_subject.id != by_number.id:
        return "joined"
    if by_subject and claims.number and by_subject.number and not by_number:
        return "number"
    if by_number and not by_subject and not _joins_surely(claims, by_number):
        return "level"
    person = by_subject or by_number
    return "name" if person and not same_name(person.name, claims.name) else None


def _joins_surely(claims: Claims, person: Person) -> bool:
    """The same number from two providers is one person only if both showed it at LOA3, whatever they could give.

    A staff provider's identity brought no number.
    """
    others = ExternalIdentity.objects.filter(person=person, provider__for_residents=True).exclude(level=SURE)
    return claims.confirmed and claims.level == SURE and not others.exists()


def _made(claims: Claims) -> Person:
    person = Person(name=claims.name)
    if claims.confirmed:
        finding.set_number(person, claims.number)
    person.save(force_insert=True)
    return person


def _remember(provider: IdentityProvider, person: Person, claims: Claims, now: datetime) -> None:
    if claims.number and claims.confirmed and not person.number:
        finding.set_number(person, claims.number)
        person.save(update_fields=["number", "number_index"])
    if claims.name and not person.name:  # somebody whom another person, or the staff, knew by number only
        person.name = claims.name
        person.save(update_fields=["name"])
    link(provider, person, claims.subject, now, claims.level)


def by_subject_of(provider: IdentityProvider, subject: str) -> Person | None:
    """Whom this subject means; None for a new one. Needs an open scope."""
    indexes = finding.indexes(_subject(provider, subject))
    known = ExternalIdentity.objects.select_related("person").filter(provider=provider, subject_index__in=indexes)
    identity = known.first()
    return identity.person if identity else None


def link(provider: IdentityProvider, person: Person, subject: str, now: datetime, level: str = "none") -> None:
    """Let a subject of a provider mean this person, or note that it was used, at this level. Needs an open scope.

    Raises IntegrityError when it means somebody else already.
    """
    indexes = finding.indexes(_subject(provider, subject))
    known = ExternalIdentity.objects.filter(provider=provider, person=person, subject_index__in=indexes)
    known.filter(level__in=[one for one, rank in LEVELS.items() if rank < LEVELS.get(level, 0)]).update(level=level)
    # The subject is not kept: a new key meets it here only.
    if not known.update(used_at=now, subject_index=indexes[0]):
        ExternalIdentity.objects.create(
            provider=provider, person=person, subject_index=indexes[0], level=level, made_at=now, used_at=now
        )


def _write_down(provider: IdentityProvider, claims: Claims, conflict: _Conflict, now: datetime) -> None:
    """One open conflict for each subject: trying again adds nothing."""
    index = finding.index(_subject(provider, claims.subject))
    if _of_subject(provider, claims.subject).filter(decided="").update(subject_index=index):
        return
    row = IdentityConflict.objects.create(
        provider=provider,
        person=conflict.person,
        what=conflict.what,
        subject_index=index,
        claimed_name=claims.name,
        claimed_number=claims.number if claims.confirmed or conflict.what != "name" else "",
        at=now,
    )
    conflict_news.tell(row)


def _of_subject(provider: IdentityProvider, subject: str) -> QuerySet[IdentityConflict]:
    indexes = finding.indexes(_subject(provider, subject))
    return IdentityConflict.objects.filter(provider=provider, subject_index__in=indexes)


def _subject(provider: IdentityProvider, subject: str) -> str:
    return f"{provider.id} {subject}"
