"""A staff member's first way in: a code from an administrator, which works once and for a week."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from identity import access_log, actors, alerts, printed_codes, scope
from identity.errors import SignInRefused
from identity.models import (
    IdentityProvider,
    Membership,
    Municipality,
    Person,
    ProviderKind,
    RecoveryCode,
    StaffInvitation,
)

LIVES = timedelta(days=7)
KEYS = "passkey"  # the one provider of this kind
_OPEN = Q(person__staff_account__isnull=False, person__staff_account__closed_at=None)


def invited(municipality: Municipality, person: Person, *, by: UUID | None, confirmed: bool = False) -> str:
    """Write an invitation down and give its code; older unused ones end. Needs an open scope.

    `confirmed`: a second person, or the operator, wanted it too: it may replace keys and another way in.
    With the first one the municipality offers keys, if that was confirmed or its staff has no other way in (a trial):
    the sign-in page then leads to them. A later no stands.
    """
    offered = confirmed or not IdentityProvider.objects.filter(for_staff=True, enabled=True).exists()
    named = {"name": "Nyckel", "kind": ProviderKind.PASSKEY, "for_staff": True, "level": "none", "enabled": offered}
    IdentityProvider.objects.get_or_create(code=KEYS, defaults=named)
    StaffInvitation.objects.filter(person=person, used_at=None).delete()
    code, now = printed_codes.make(), timezone.now()
    StaffInvitation.objects.create(
        person=person,
        code_hash=printed_codes.digest(code, municipality.short_id) or b"",
        made_by_id=by,
        confirmed=confirmed,
        made_at=now,
        expires_at=now + LIVES,
    )
    return code


def spend_invitation(*, municipality: Municipality, code: str) -> Person:
    """Whom the code invites; it works no more. Raises `SignInRefused`, the same for whatever is wrong with it."""
    now = timezone.now()
    found = _spent(StaffInvitation, municipality, code, Q(expires_at__gt=now), "invitation_used")
    if found is None:
        raise SignInRefused
    return found


def spend_recovery(*, municipality: Municipality, code: str) -> Person:
    """Whose printed code it is; it works no more. Raises as `spend_invitation`."""
    found = _spent(RecoveryCode, municipality, code, Q(), "recovery_used")
    if found is None:
        raise SignInRefused
    return found


def _spent(
    kind: type[StaffInvitation | RecoveryCode], municipality: Municipality, code: str, alive: Q, action: str
) -> Person | None:
    """One conditional update decides between two who come with the same code."""
    digest = printed_codes.digest(code, municipality.short_id)
    if digest is None:
        return None
    with scope.transaction(municipality.id, durable=True):
        mine = kind.objects.filter(alive, _OPEN, code_hash=digest, used_at=None)
        row = mine.select_for_update(of=("self",)).select_related("person").first()
        if row is None:
            return None
        row.used_at = timezone.now()
        row.save(update_fields=["used_at"])
        actor = actors.of_person(row.person, provider="", level="none", session_key="", at=None)
        access_log.record(actor=actor, action=action, kind="person", objects=[row.person_id])
        if kind is StaffInvitation:
            _tell(row.person, action)
        person: Person = row.person
        return person


def _tell(person: Person, kind: str) -> None:
    """The owner and the managers of their units hear of it: who came by a code may be somebody else."""
    alerts.tell(kind, recipient=person.id, about=person.id)
    for unit in Membership.objects.filter(person=person).values_list("unit_id", flat=True).distinct():
        alerts.tell(kind, unit=unit, actor=person.id)


def confirmed_lately(person: UUID) -> bool:
    """Whether the invitation that was spent last had been confirmed. Needs an open scope."""
    spent = StaffInvitation.objects.filter(person=person, used_at__isnull=False).order_by("-used_at").first()
    return spent is not None and spent.confirmed
