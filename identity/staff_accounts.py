"""Who works here: accounts opened and closed, roles given and taken, by an administrator, never on oneself.

An administrator sees names at work and roles, and no person's sealed fields: nothing here opens any. What is taken
away ends sessions and sockets at once. What is given takes a second person (`identity.proposals`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from identity import access_log, policies, proposals, scope, sessions, work_left
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import STAFF_ROLES, Actor, in_force
from identity.errors import NotAllowed, StaffRefused
from identity.models import (
    ExternalIdentity,
    IdentityProvider,
    Membership,
    Municipality,
    Passkey,
    Person,
    Proposal,
    Role,
    Session,
    StaffAccount,
    StaffInvitation,
    Unit,
)
from identity.policies import Facts
from identity.signals import rights_changed
from identity.staff_invitations import KEYS, invited

_ROLES = "person__memberships__unit"


@dataclass(frozen=True)
class Opened:
    """A new account: whose, and the code that gets them in, which is shown once."""

    person: UUID
    code: str


@dataclass(frozen=True)
class HeldRole:
    """A role in a unit; `id` of the membership."""

    id: UUID
    role: str
    unit: str


@dataclass(frozen=True)
class Account:
    """One account as administrators see it. `to_hold`: how many meetings are booked with them, and nothing of these.

    `uncoordinated`: in some unit of these nobody could see to them.
    """

    person: UUID
    name: str
    open: bool
    roles: tuple[HeldRole, ...]
    waiting: tuple[Proposal, ...] = ()
    to_hold: int = 0
    uncoordinated: bool = False


def everybody(*, actor: Actor) -> list[Account]:
    """Every account, open ones first, by name. Logged."""
    with acting(actor.municipality_id):
        _require(actor, "staff.see")
        found = [_seen(account) for account in StaffAccount.objects.prefetch_related(_ROLES)]
        access_log.record(actor=actor, action="staff.see", kind="person", objects=[one.person for one in found])
        return sorted(found, key=lambda one: (not one.open, one.name.casefold()))


def one(*, actor: Actor, person: UUID) -> Account:
    """One account with its roles. Logged."""
    with acting(actor.municipality_id):
        _require(actor, "staff.see", person)
        found = StaffAccount.objects.prefetch_related(_ROLES).filter(person=person).first()
        if found is None:
            raise NotAllowed("staff.see")
        access_log.record(actor=actor, action="staff.see", kind="person", objects=[person])
        meetings = sum(work_left.to_hold(person).values())
        alone = work_left.nobody_coordinates(person)
        waiting = tuple(proposals.about(person))
        return replace(_seen(found), waiting=waiting, to_hold=meetings, uncoordinated=alone)


def units(*, actor: Actor) -> list[Unit]:
    """The units in which a role can be given, by name."""
    with acting(actor.municipality_id):
        _require(actor, "staff.see")
        return sorted(Unit.objects.all(), key=lambda unit: unit.name.casefold())


def open_account(*, actor: Actor, municipality: Municipality, name: str, unit: UUID, role: str) -> Opened:
    """A new staff member and the invitation that gets them in; the role is theirs when a second person confirms it."""
    with acting(municipality.id):
        _require(actor, "staff.change")
        here = _role_and_unit(role, unit)
        person = Person.objects.create(name=name)
        StaffAccount.objects.create(
            person=person, name=name, local=True, opened_by_id=actor.person_id, opened_at=timezone.now()
        )
        code = invited(municipality, person, by=actor.person_id, confirmed=actor.system)
        if actor.system:  # the operator's own way in, when an administrator has switched all others off
            Membership.objects.create(person=person, unit=here, role=role)
            IdentityProvider.objects.filter(code=KEYS).update(enabled=True)
        else:
            proposals.ask_role(actor, person.id, here.id, role)
        _record(actor, "open_account", person.id, reason=role)
        return Opened(person.id, code)


def close_account(*, actor: Actor, person: UUID) -> None:
    """Nobody works by it any more: signed out everywhere, out of meetings, and no way back in.

    Who coordinates the units learns which booked meetings stand without anybody.
    """
    with acting(actor.municipality_id):
        account = _to_change(actor, person)
        _leaves_an_administrator(person)
        if account.closed_at is not None:
            raise StaffRefused("closed")
        account.closed_at = timezone.now()
        account.save(update_fields=["closed_at"])
        StaffInvitation.objects.filter(person=person, used_at=None).delete()
        proposals.withdraw_about(person)
        work_left.tell(person, actor=actor.person_id)
        _record(actor, "close_account", person)
    sessions.revoke_of(actor.municipality_id, person)


def reopen_account(*, actor: Actor, person: UUID) -> None:
    """A closed account again; with roles it is one when a second person has confirmed it. Raises `StaffRefused`."""
    with acting(actor.municipality_id):
        account = _to_change(actor, person)
        if account.closed_at is None:
            raise StaffRefused("open")
        if proposals.units_of(person) and not actor.system:
            proposals.ask_reopening(actor, person)
            _record(actor, "ask_reopen", person)
            return
        account.closed_at = None
        account.save(update_fields=["closed_at"])
        _record(actor, "reopen_account", person)


def give_role(*, actor: Actor, person: UUID, unit: UUID, role: str) -> None:
    """Ask that somebody gets one more role in a unit. Raises `StaffRefused`: `closed`, `known`, `waiting`."""
    with acting(actor.municipality_id):
        if _to_change(actor, person).closed_at is not None:
            raise StaffRefused("closed")
        here = _role_and_unit(role, unit)
        if Membership.objects.filter(person=person, unit=here, role=role).exists():
            raise StaffRefused("known")
        proposals.ask_role(actor, person, here.id, role)
        _record(actor, "ask_role", person, reason=role)


def take_role(*, actor: Actor, person: UUID, membership: UUID) -> None:
    """One role less: what it opened is closed at once, sockets too."""
    with acting(actor.municipality_id):
        _to_change(actor, person)
        held = Membership.objects.filter(id=membership, person=person, role__in=STAFF_ROLES).first()
        if held is None:
            raise NotAllowed("staff.change", Tried(actor, "staff.change", "person", person))
        if held.role == Role.ADMINISTRATOR:
            _leaves_an_administrator(person)
        held.delete()
        if held.role == Role.OFFICER:
            work_left.tell(person, actor=actor.person_id, units=[held.unit_id])
        _record(actor, "take_role", person, reason=held.role)
        _changed()


def invite(*, actor: Actor, municipality: Municipality, person: UUID) -> str:
    """A new code for somebody who has not come in yet or lost every key; older ones end. Shown once.

    "" when it waits for a second person now: so it does for every account that has a role or was ever used.
    """
    with acting(municipality.id):
        account = _to_change(actor, person)
        if account.closed_at is not None:
            raise StaffRefused("closed")
        confirmed = actor.system or proposals.spend_invitation(actor, person)
        if not confirmed and _in_use(person):
            proposals.ask_invitation(actor, person)
            _record(actor, "ask_invite", person)
            return ""
        code = invited(municipality, account.person, by=actor.person_id, confirmed=confirmed)
        _record(actor, "invite", person)
        return code


def _in_use(person: UUID) -> bool:
    """Whether a code would make whoever has it somebody: a role, a key, a known subject, a sign-in."""
    signed_in = Session.objects.filter(person_uuid=person).exists()
    of_theirs = (Membership, Passkey, ExternalIdentity)
    return signed_in or any(model.objects.filter(person=person).exists() for model in of_theirs)


def _seen(account: StaffAccount) -> Account:
    held = (one for one in account.person.memberships.all() if one.role in STAFF_ROLES)
    roles = tuple(HeldRole(one.id, one.role, one.unit.name) for one in held)
    return Account(account.person_id, account.name, account.closed_at is None, roles)


def _require(actor: Actor, action: str, person: UUID | None = None) -> None:
    if not policies.may(actor, action, Facts(municipality_id=scope.current(), person=person)):
        raise NotAllowed(action, Tried(actor, action, "person", person) if person else None)


def _to_change(actor: Actor, person: UUID) -> StaffAccount:
    """The account, locked. Nobody changes their own: `StaffRefused`. Administrators change one after the other."""
    _require(actor, "staff.see", person)
    if person == actor.person_id:
        raise StaffRefused("not_self")
    _require(actor, "staff.change", person)
    in_order = StaffAccount.objects.select_for_update(of=("self",)).order_by("id")
    wanted = in_order.filter(person__in={person, *_administrators()})
    found = next((account for account in wanted.select_related("person") if account.person_id == person), None)
    if found is None:
        raise NotAllowed("staff.change", Tried(actor, "staff.change", "person", person))
    return found


def _leaves_an_administrator(person: UUID) -> None:
    """Asked under the lock: two administrators who close each other leave one of them."""
    administrators = _administrators()
    if administrators and administrators <= {person}:
        raise StaffRefused("last_administrator")


def _administrators() -> set[UUID]:
    held = Membership.objects.filter(in_force(), role=Role.ADMINISTRATOR)
    return set(held.values_list("person", flat=True))


def _role_and_unit(role: str, unit: UUID) -> Unit:
    found = Unit.objects.filter(id=unit).first()
    if found is None or role not in STAFF_ROLES:
        raise NotAllowed("staff.change")
    return found


def _record(actor: Actor, action: str, person: UUID, reason: str = "") -> None:
    access_log.record(actor=actor, action=f"staff.{action}", kind="person", objects=[person], reason=reason)


def _changed() -> None:
    municipality = scope.current()
    transaction.on_commit(lambda: rights_changed.send(Membership, municipality=municipality))
