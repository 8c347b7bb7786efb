"""A staff member's own ways in: keys, and the printed code that stands in for a second key.

Two keys, or one and a code: until one of these is true nothing else opens, and nothing is removed that would undo it.
Whoever comes by an invitation or the printed code registers a key that replaces all earlier ones, and every session
ends: the keys are lost, or were never theirs. Changes ask for a sign-in of the last fifteen minutes and are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from identity import (
    access_log,
    actors,
    alerts,
    attempts,
    passkeys,
    policies,
    printed_codes,
    scope,
    sessions,
    staff_invitations,
)
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded, SignInRefused, StaffRefused
from identity.models import (
    ExternalIdentity,
    IdentityProvider,
    Membership,
    Municipality,
    Passkey,
    Person,
    ProviderKind,
    RecoveryCode,
    StaffAccount,
)
from identity.passkeys import NewKey, NotProven
from identity.policies import Facts

RECENT: Final = timedelta(minutes=15)
MOST: Final = 10


@dataclass(frozen=True)
class Ways:
    """A person's keys, oldest first, and when their printed code was made (None: there is none that works)."""

    keys: list[Passkey]
    code_made_at: datetime | None

    @property
    def enough(self) -> bool:
        """Two keys, or one and a code."""
        return len(self.keys) > 1 or (len(self.keys) == 1 and self.code_made_at is not None)

    @property
    def one_can_go(self) -> bool:
        """True when it still is enough with one key less."""
        return Ways(self.keys[1:], self.code_made_at).enough


def ways_of(person: UUID) -> Ways:
    """The ways in of a person. Needs an open scope."""
    code = RecoveryCode.objects.filter(person=person, used_at=None).values_list("made_at", flat=True).first()
    return Ways(list(Passkey.objects.filter(person=person).order_by("made_at")), code)


def offered() -> bool:
    """Whether the municipality lets its staff in by key. Needs an open scope."""
    return IdentityProvider.objects.filter(kind=ProviderKind.PASSKEY, enabled=True).exists()


def seen(actor: Actor) -> Ways:
    """The actor's own ways in. Needs an open scope."""
    if actor.person_id is None:
        raise NotAllowed("passkey.see")
    policies.require(actor, "passkey.see", Facts(municipality_id=scope.current(), person=actor.person_id))
    return ways_of(actor.person_id)


def signed_in_lately(actor: Actor) -> bool:
    """True when the sign-in is recent enough for a change of keys."""
    return not actor.unproven and actor.signed_in_at is not None and timezone.now() - actor.signed_in_at <= RECENT


def ask_for_first(*, request: HttpRequest, municipality: Municipality, person: UUID) -> dict[str, Any]:
    """What the browser of somebody invited (or come by the printed code) is asked to make. Raises `SignInRefused`."""
    with scope.transaction(municipality.id, durable=True):
        account = _account(person) if offered() else None
        if account is None:
            raise SignInRefused
        return passkeys.ask_to_register(request, municipality, account.person, account.name)


def register_first(*, request: HttpRequest, municipality: Municipality, person: UUID, answer: str, name: str) -> None:
    """Their new key, in place of all earlier ones and of the code. Raises `SignInRefused`."""
    with scope.transaction(municipality.id, durable=True):
        account = _account(person)
        made = _registered(request, municipality, person, answer) if account is not None else None
        if account is not None and made is not None:
            had = ways_of(person)
            Passkey.objects.filter(person=person).delete()
            RecoveryCode.objects.filter(person=person).delete()
            _local(account)
            _keep(account.person, made, name, by=None, had=had)
    if made is None:
        raise SignInRefused
    sessions.revoke_of(municipality.id, person)


def _local(account: StaffAccount) -> None:
    """An account that comes in by the municipality's own provider becomes local by a confirmed invitation only."""
    person = account.person_id
    if account.local:
        return
    elsewhere = ExternalIdentity.objects.filter(person=person, provider__for_staff=True).exists()
    if elsewhere and not staff_invitations.confirmed_lately(person):
        raise SignInRefused
    account.local = True
    account.save(update_fields=["local"])


def ask_for_another(*, request: HttpRequest, actor: Actor, municipality: Municipality) -> dict[str, Any]:
    """What the browser is asked to make: one more key of the actor's."""
    with acting(municipality.id):
        account = _mine(actor, "passkey.add")
        return passkeys.ask_to_register(request, municipality, account.person, account.name)


def add(*, request: HttpRequest, actor: Actor, municipality: Municipality, answer: str, name: str) -> None:
    """One more key. Raises `SignInRefused` for an answer that proves nothing, `StaffRefused` for too many."""
    with acting(municipality.id):
        account = _mine(actor, "passkey.add")
        if Passkey.objects.filter(person=account.person).count() >= MOST:
            raise StaffRefused("many")
        made = _registered(request, municipality, account.person_id, answer)
        if made is not None:
            _keep(account.person, made, name, by=actor, had=ways_of(account.person_id))
    if made is None:
        raise SignInRefused


def rename(*, actor: Actor, key: UUID, name: str) -> None:
    """What the actor calls a key of theirs."""
    with acting(actor.municipality_id):
        _mine(actor, "passkey.add")
        if not Passkey.objects.filter(id=key, person=actor.person_id).update(name=name):
            raise NotAllowed("passkey.add")


def remove(*, actor: Actor, key: UUID) -> None:
    """One key less; what it signed in elsewhere is signed out. Raises `StaffRefused("last_way_in")`."""
    with acting(actor.municipality_id):
        account = _mine(actor, "passkey.remove")
        mine = Passkey.objects.filter(id=key, person=account.person).first()
        if mine is None:
            raise NotAllowed("passkey.remove")
        if not ways_of(account.person_id).one_can_go:
            raise StaffRefused("last_way_in")
        mine.delete()
        _told("key_removed", account.person_id, actor, news=True)
    sessions.revoke_of(actor.municipality_id, account.person_id, but=actor.session_key)


def new_code(*, actor: Actor, municipality: Municipality) -> str:
    """A printed code in place of the earlier one. It is shown once, and works once."""
    code = printed_codes.make()
    with acting(municipality.id):
        account = _mine(actor, "passkey.add")
        had = ways_of(account.person_id)
        RecoveryCode.objects.filter(person=account.person).delete()
        RecoveryCode.objects.create(
            person=account.person,
            code_hash=printed_codes.digest(code, municipality.short_id) or b"",
            made_at=timezone.now(),
        )
        _told("code_made", account.person_id, actor, news=had.enough)
    return code


def _account(person: UUID) -> StaffAccount | None:
    """An open account, locked: keys and code of one person change one after the other."""
    rows = StaffAccount.objects.select_for_update(of=("self",)).select_related("person")
    return rows.filter(person=person, closed_at=None).first()


def _mine(actor: Actor, action: str) -> StaffAccount:
    """The actor's own account, locked, for a change: they must have signed in just now."""
    policies.require(actor, action, Facts(municipality_id=scope.current(), person=actor.person_id))
    if not signed_in_lately(actor):
        raise SignInNeeded
    account = _account(actor.person_id) if actor.person_id else None
    if account is None or not account.local:
        raise NotAllowed(action)
    return account


def _registered(request: HttpRequest, municipality: Municipality, person: UUID, answer: str) -> NewKey | None:
    """The key that the answer registers for `person`, whose try it must be; the try is used up either way."""
    try:
        attempt = passkeys.find(request, passkeys.REGISTERING, answer)
    except NotProven:
        return None
    try:
        if attempt.person_id != person:
            raise NotProven("somebody else's try")
        made = passkeys.registered(request, municipality, answer)
        if Passkey.objects.filter(credential_id=made.credential_id).exists():
            raise NotProven("known already")
    except NotProven:
        attempts.close(attempt, "failed", "not_accepted")
        return None
    attempts.close(attempt, "done")
    return made


def _keep(person: Person, made: NewKey, name: str, *, by: Actor | None, had: Ways) -> None:
    Passkey.objects.create(
        person=person,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        made_at=timezone.now(),
    )
    actor = by or actors.of_person(person, provider="passkey", level="none", session_key="", at=None)
    _told("key_added", person.id, actor, news=had.enough or by is None)
    if by is None:  # who came by a code: the managers hear of it too
        for unit in Membership.objects.filter(person=person).values_list("unit_id", flat=True).distinct():
            alerts.tell("key_added", unit=unit, actor=person.id)


def _told(kind: str, person: UUID, actor: Actor, *, news: bool) -> None:
    """It is written down, and the person is told; not of what they do while they get their first two ways in."""
    if news:
        alerts.tell(kind, recipient=person, actor=actor.person_id)
    access_log.record(actor=actor, action=f"passkey.{kind}", kind="person", objects=[person])
