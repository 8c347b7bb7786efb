"""What an administrator asks for and a second person confirms: roles, a new code, a reopened account, a way to sign in.

One administrator alone could otherwise become anybody who reads. Who confirms is another administrator, or a manager
of the unit that it is about (of any unit, of a way to sign in, and where that unit has no manager who could); never who
asked, and never whom it is about. The operator's commands ask nobody: who runs the server is trusted with more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from identity import access_log, alerts, openings, policies, review_reach, scope, sessions
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import STAFF_ROLES, Actor
from identity.errors import NotAllowed, StaffRefused
from identity.models import IdentityProvider, Membership, Proposal, ProposalKind, StaffAccount
from identity.policies import Facts
from identity.signals import rights_changed

WAITS: Final = timedelta(days=7)
KIND: Final = "proposal"


@dataclass(frozen=True)
class Waiting:
    """A proposal with what the page says of it: names at work, and what a way to sign in would become."""

    row: Proposal
    by: str
    about: str
    values: dict[str, Any]


def ask_role(actor: Actor, person: UUID, unit: UUID, role: str) -> None:
    """Ask that somebody gets a role. Needs an open scope. Raises `StaffRefused("waiting")` when it is asked already."""
    _ask(actor, Proposal(kind=ProposalKind.ROLE, person_id=person, unit_id=unit, role=role))


def ask_invitation(actor: Actor, person: UUID) -> None:
    """Ask that a new code may be made for somebody. Needs an open scope. Raises as `ask_role`."""
    _ask(actor, Proposal(kind=ProposalKind.INVITATION, person_id=person))


def ask_reopening(actor: Actor, person: UUID) -> None:
    """Ask that a closed account is opened with its roles and keys. Needs an open scope. Raises as `ask_role`."""
    _ask(actor, Proposal(kind=ProposalKind.REOPENING, person_id=person))


def ask_provider(actor: Actor, provider: UUID, values: dict[str, Any]) -> None:
    """Ask that a way to sign in gets these values, in place of what was asked before. Needs a scope."""
    withdraw(provider)
    _ask(actor, Proposal(kind=ProposalKind.PROVIDER, provider_id=provider, values=json.dumps(values)))


def provider_waits(provider: UUID) -> bool:
    """Whether something is asked about a way to sign in. Needs an open scope."""
    return _undecided(ProposalKind.PROVIDER).filter(provider=provider).exists()


def withdraw(provider: UUID) -> None:
    """What was asked about a way to sign in is asked no more. Needs an open scope."""
    _undecided(ProposalKind.PROVIDER).filter(provider=provider).update(decided_at=timezone.now())


def withdraw_about(person: UUID) -> None:
    """What was asked about somebody is asked no more: their account is closed. Needs an open scope."""
    _undecided().filter(person=person).update(decided_at=timezone.now())


def spend_invitation(actor: Actor, person: UUID) -> bool:
    """True, once, when a code that this actor asked for was confirmed lately. Needs an open scope."""
    mine = Proposal.objects.filter(kind=ProposalKind.INVITATION, person=person, asked_by=actor.person_id)
    lately = mine.filter(confirmed=True, used_at=None, decided_at__gt=timezone.now() - WAITS)
    return lately.update(used_at=timezone.now()) > 0


def about(person: UUID) -> list[Proposal]:
    """What waits about somebody, and what was confirmed and not used yet. Needs an open scope."""
    since = timezone.now() - WAITS
    rows = Proposal.objects.select_related("unit").filter(person=person, asked_at__gt=since, used_at=None)
    found = list(rows.order_by("asked_at"))
    return [row for row in found if row.decided_at is None or (row.confirmed and row.kind == ProposalKind.INVITATION)]


def waiting(*, actor: Actor) -> list[Waiting]:
    """What the actor may decide, the oldest first. Logged. Raises `NotAllowed` for who decides nothing ever."""
    with acting(actor.municipality_id):
        policies.require(actor, "proposal.see", Facts(scope.current()))
        rows = _undecided().select_related("unit", "provider").order_by("asked_at")
        mine = [row for row in rows if _may_confirm(actor, row, row.id)]
        access_log.record(actor=actor, action="proposal.see", kind=KIND, objects=[row.id for row in mine])
        return _told(mine)


def asked(*, actor: Actor) -> list[Waiting]:
    """What the actor asked for and nobody has answered, the oldest first. Logged. Raises as `waiting`."""
    with acting(actor.municipality_id):
        policies.require(actor, "proposal.see", Facts(scope.current()))
        rows = _undecided().select_related("unit", "provider").filter(asked_by=actor.person_id).order_by("asked_at")
        access_log.record(actor=actor, action="proposal.see", kind=KIND, objects=[row.id for row in rows])
        return _told(list(rows))


def decide(*, actor: Actor, proposal: UUID, confirmed: bool) -> None:
    """Confirm it, and it is true at once; or refuse it. Raises `NotAllowed`, `SignInNeeded` after 15 minutes."""
    with acting(actor.municipality_id):
        _lock_provider(proposal)
        row = _undecided().select_for_update(of=("self",)).filter(id=proposal).first()
        if not _may_confirm(actor, row, proposal) or row is None:
            raise NotAllowed("proposal.confirm", Tried(actor, "proposal.confirm", KIND, proposal))
        openings.require_fresh(actor, timezone.now())
        row.decided_by_id, row.decided_at, row.confirmed = actor.person_id, timezone.now(), confirmed
        row.save(update_fields=["decided_by", "decided_at", "confirmed"])
        if confirmed:
            _make_true(row)
        objects = [one for one in (row.person_id, row.provider_id) if one is not None]
        action = "proposal.confirm" if confirmed else "proposal.refuse"
        access_log.record(actor=actor, action=action, kind=_kind(row), objects=objects, reason=row.role or row.kind)
        if row.kind == ProposalKind.PROVIDER:
            alerts.tell_overseers("provider_changed", actor=actor.person_id, about=row.provider_id)
        alerts.tell("proposal_decided", recipient=row.asked_by_id, actor=actor.person_id, about=row.id)


def _lock_provider(proposal: UUID) -> None:
    """Of a way to sign in first: whoever changes one holds it while what was asked about it is withdrawn."""
    about = _undecided().filter(id=proposal).values("provider")
    list(IdentityProvider.objects.select_for_update().filter(id__in=about).values_list("id"))


def _make_true(row: Proposal) -> None:
    if row.kind == ProposalKind.ROLE:
        Membership.objects.get_or_create(person=row.person, unit=row.unit, role=row.role)
        municipality = scope.current()
        transaction.on_commit(lambda: rights_changed.send(Membership, municipality=municipality))
    elif row.kind == ProposalKind.REOPENING:
        StaffAccount.objects.filter(person=row.person).update(closed_at=None)
    elif row.provider_id is not None:
        provider = IdentityProvider.objects.select_for_update().get(id=row.provider_id)
        values = json.loads(row.values)
        for name, value in values.items():
            setattr(provider, name, value)
        provider.save(update_fields=list(values))
        if not provider.enabled:
            transaction.on_commit(partial(sessions.revoke_by, scope.current(), provider.code))


def _ask(actor: Actor, row: Proposal) -> None:
    same = (row.person_id, row.unit_id, row.role, row.provider_id)
    if same in _undecided(row.kind).values_list("person_id", "unit_id", "role", "provider_id"):
        raise StaffRefused("waiting")
    row.asked_by_id, row.asked_at = openings.who(actor), timezone.now()
    row.save(force_insert=True)
    units = None if row.kind == ProposalKind.PROVIDER else _units(row)
    but = frozenset(one for one in (actor.person_id, row.person_id) if one is not None)
    alerts.tell_overseers("proposal_made", actor=actor.person_id, about=row.id, units=units, but=but)


def _undecided(kind: str = "") -> scope.ScopedQuerySet[Proposal]:
    rows = Proposal.objects.filter(decided_at=None, asked_at__gt=timezone.now() - WAITS)
    return rows.filter(kind=kind) if kind else rows  # type: ignore[return-value]  # of our manager


def _may_confirm(actor: Actor, row: Proposal | None, sought: UUID) -> bool:
    if row is None:
        review_reach.unled(sought)  # what is not there costs what a stranger's does
        return False
    facts = Facts(scope.current(), person=row.person_id, asked_by=row.asked_by_id)
    if policies.may(actor, "proposal.confirm", facts):
        return True
    if row.kind == ProposalKind.PROVIDER:
        return any(_of_unit(actor, row, unit) for unit in actor.units("unit_manager"))
    return any(_of_unit(actor, row, unit) for unit in _units(row))


def _of_unit(actor: Actor, row: Proposal, unit: UUID) -> bool:
    unled = review_reach.unled(unit, but=(row.asked_by_id, row.person_id))
    facts = Facts(scope.current(), unit=unit, person=row.person_id, asked_by=row.asked_by_id, unled=unled)
    return policies.may(actor, "proposal.confirm", facts)


def _units(row: Proposal) -> frozenset[UUID]:
    """The unit of the role; of a new code or a closed account those in which its person works."""
    if row.unit_id is not None:
        return frozenset({row.unit_id})
    return units_of(row.person_id)


def units_of(person: UUID | None) -> frozenset[UUID]:
    """Where somebody holds a role at work, an open account or not. Needs an open scope."""
    held = Membership.objects.filter(person=person, role__in=STAFF_ROLES)
    return frozenset(held.values_list("unit_id", flat=True))


def _told(rows: list[Proposal]) -> list[Waiting]:
    people = {one for row in rows for one in (row.asked_by_id, row.person_id) if one is not None}
    names = dict(StaffAccount.objects.filter(person__in=people).values_list("person_id", "name"))
    return [
        Waiting(
            row,
            names.get(row.asked_by_id, ""),
            row.provider.name if row.provider is not None else names.get(row.person_id or row.asked_by_id, ""),
            json.loads(row.values) if row.values else {},
        )
        for row in rows
    ]


def _kind(row: Proposal) -> str:
    return "identity provider" if row.kind == ProposalKind.PROVIDER else "staff account"
