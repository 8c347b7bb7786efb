"""Signing in: sessions, ways to sign in, tries, keys of the staff, and tokens of other systems."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from identity.fields import EncryptedField, TenantForeignKey
from identity.models.base import Municipality, TenantModel
from identity.models.people import Person


class Session(AbstractBaseSession):
    """A signed-in browser, or one that has chosen a time. Outside the walls; its payload is sealed.

    `session_key`: SHA-256 of what the browser's cookie says, never that itself.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, related_name="+")
    person_uuid = models.UUIDField(null=True)
    last_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["municipality", "person_uuid"], name="session_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(session_key__regex="^[0-9a-f]{64}$"), name="session_called_by_hash"
            )
        ]

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that seals payloads."""
        from identity.sessions import SessionStore

        return SessionStore

    def get_decoded(self) -> dict[str, Any]:
        """The payload; a changed or foreign one is empty."""
        from identity.sessions import payload

        return payload(self.session_key, self.session_data)


class ProviderKind(models.TextChoices):
    """What sort of provider it is: which module of `identity.providers` speaks to it."""

    BANKID = "bankid"
    OIDC = "oidc"
    PASSKEY = "passkey"
    VOUCHED = "vouched"
    TRIAL = "trial"


class IdentityProvider(TenantModel):
    """A way to sign in that a municipality offers. `level` is what it gives residents at most.

    `acr_loa3`, `acr_loa2`: the values of `acr` that mean these levels, residents only. `acr`, `amr`: what staff must
    have been asked for; one of each list must come back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=8, choices=ProviderKind)
    code = models.SlugField(max_length=16, help_text="Short, in addresses.")
    name = models.CharField(max_length=60, help_text="What the button says.")
    for_residents = models.BooleanField(default=False)
    for_staff = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=8, default="LOA3")
    issuer = models.URLField(max_length=300, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    client_secret = EncryptedField()
    number_claim = models.CharField(max_length=120, blank=True)
    acr = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    amr = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    acr_loa3 = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    acr_loa2 = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    certificate = models.SlugField(blank=True, help_text="BankID: base name of the files in KEYS_DIR.")

    class Meta:
        ordering = ("position", "code")
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="one_provider_per_code")]

    def __str__(self) -> str:
        return self.code


class ExternalIdentity(TenantModel):
    """One person's subject at a provider, as a keyed index: (provider, subject) is the identity, never e-mail.

    `level`: the surest at which the subject ever signed in; what the provider could give says nothing of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="identities")
    person = TenantForeignKey(Person, models.CASCADE, related_name="identities")
    subject_index = models.BinaryField(max_length=40)
    level = models.CharField(max_length=8, default="none")
    made_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "external identities"
        constraints = [
            models.UniqueConstraint(fields=["municipality", "provider", "subject_index"], name="one_person_per_subject")
        ]

    def __str__(self) -> str:
        return str(self.id)


class IdentityConflict(TenantModel):
    """What a provider says contradicts what we hold: nobody was signed in, and a coordinator decides.

    `what`: number (another number than the person's), name (another name), joined (two persons would become one),
    level (one number, from two providers that are not both at LOA3, or a coordination number that is not confirmed).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="+")
    person = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=8)
    subject_index = models.BinaryField(max_length=40)
    claimed_name = EncryptedField()
    claimed_number = EncryptedField()
    at = models.DateTimeField()
    decided = models.CharField(max_length=8, blank=True, help_text="kept, changed or refused.")
    decided_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.what} {self.id}"


class SignInAttempt(TenantModel):
    """A started sign-in, bound to the browser session that started it; gone after 24 hours.

    `lookup`: SHA-256 of what comes back with the answer (state, return nonce, request number). `kept`: what the
    server must remember until then, as sealed JSON. `booking` and `by`: an officer's try for one booking.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    provider = TenantForeignKey(IdentityProvider, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12)
    session_digest = models.BinaryField(max_length=32)
    lookup = models.BinaryField(max_length=32)
    kept = EncryptedField()
    network = models.BinaryField(max_length=32, default=b"", help_text="Keyed hash of the address that started it.")
    state = models.CharField(max_length=10, default="open")
    code = models.CharField(max_length=40, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_path = models.CharField(max_length=300, blank=True)
    person = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    booking = models.UUIDField(null=True, blank=True)
    by = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "lookup"],
                name="one_try_per_lookup",
                # The numbers of six digits are few: one comes again once its try is over.
                condition=models.Q(state="open") | ~models.Q(kind="vouch"),
            )
        ]
        indexes = [models.Index(fields=["municipality", "started_at"], name="sign_in_attempt_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Passkey(TenantModel):
    """A local staff credential (WebAuthn): its public half, and how often it was used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = TenantForeignKey(Person, models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "credential_id"], name="one_passkey_per_credential")
        ]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(TenantModel):
    """The printed code that replaces a second passkey: works once, and only to register a new one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = TenantForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    code_hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "code_hash"], name="one_recovery_per_code")]

    def __str__(self) -> str:
        return str(self.id)


class StaffInvitation(TenantModel):
    """A new local account's first way in: a code that registers the first passkey, once, before it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = TenantForeignKey(Person, models.CASCADE, related_name="invitations")
    code_hash = models.BinaryField(max_length=32)
    made_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed = models.BooleanField(default=False, help_text="A second person, or the operator, wanted it too.")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "code_hash"], name="one_invitation_per_code")]

    def __str__(self) -> str:
        return str(self.id)


class ApiToken(TenantModel):
    """What another system shows. The secret is stored as SHA-256 and shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=80)
    secret_hash = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=24))
    units = ArrayField(models.UUIDField(), default=list, blank=True, help_text="Empty: every unit.")
    changes_per_minute = models.PositiveIntegerField(default=60)
    searches_per_minute = models.PositiveIntegerField(default=120)
    live_holds = models.PositiveIntegerField(default=20, help_text="Holds at once; 0: any number.")
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True, help_text="Empty: from anywhere.")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "secret_hash"], name="one_token_per_secret")]

    def __str__(self) -> str:
        return self.name

    def usable(self, now: datetime) -> bool:
        """True until its end date."""
        return now < self.expires_at
