"""What one administrator asks for and a second person confirms before it is true."""

from __future__ import annotations

import uuid

from django.db import models

from identity.fields import EncryptedField, TenantForeignKey
from identity.models.base import TenantModel
from identity.models.people import Person, Unit
from identity.models.signing import IdentityProvider


class ProposalKind(models.TextChoices):
    """What is asked for: a role, a code that gets somebody in again, a closed account again, or a way to sign in."""

    ROLE = "role"
    INVITATION = "invitation"
    REOPENING = "reopening"
    PROVIDER = "provider"


class Proposal(TenantModel):
    """An administrator's wish that waits for a second person; `confirmed` says what they decided.

    `person`: whom it is about; `unit` and `role`: of a role; `provider` and `values`: which columns get which values,
    as sealed JSON. A confirmed invitation is `used_at` the moment its code was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=12, choices=ProposalKind)
    asked_by = TenantForeignKey(Person, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    person = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    unit = TenantForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, blank=True)
    provider = TenantForeignKey(IdentityProvider, models.CASCADE, null=True, blank=True, related_name="+")
    values = EncryptedField()
    decided_by = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(default=False)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["municipality", "asked_at"], name="proposal_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
