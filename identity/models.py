"""Rows of who somebody is. Region, Municipality, Session and LimitBucket stand outside the walls."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from identity import scope
from identity.fields import EncryptedField, TenantForeignKey


class Region(models.Model):
    """Municipalities that share texts and compare counts."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """The tenant. Known by its host names; `short_id` begins every secret that belongs to it."""

    id = models.AutoField(primary_key=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    short_id = models.CharField(max_length=8, unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    hosts = ArrayField(models.CharField(max_length=253))
    zone = models.CharField(max_length=40, default="Europe/Stockholm")
    phone = models.CharField(max_length=20, help_text="The switchboard, as residents read it.")
    phone_hours = models.CharField(max_length=60)
    emergency_phone = models.CharField(max_length=20, help_text="Socialjouren.")
    mailbox = models.EmailField(help_text="The service mailbox: From and ORGANIZER of every message.")
    feed_grades = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        verbose_name_plural = "municipalities"

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row of one municipality, behind the wall."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, default=scope.current, related_name="+")

    objects: ClassVar[scope.ScopedManager[Self]] = scope.ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class Unit(TenantModel):
    """A team; access is granted per unit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20)
    visit_place = models.CharField(max_length=160, blank=True)
    shows_officers = models.BooleanField(default=False, help_text="Officers' names are shown before sign-in.")

    def __str__(self) -> str:
        return self.name


class Person(TenantModel):
    """Anybody with a UUID. Resident and officer are roles, not kinds of person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = EncryptedField()
    email = EncryptedField()
    phone = EncryptedField()
    number_index = models.BinaryField(null=True, blank=True, help_text="Blind index of the personal number.")
    cast_name = models.SlugField(blank=True, help_text="Name in the trial's cast; empty outside it.")
    language = models.CharField(max_length=5, default="sv")
    marked = models.BooleanField(default=False, help_text="Sekretessmarkering.")
    registered = models.BooleanField(default=False, help_text="Skyddad folkbokföring.")

    class Meta:
        verbose_name_plural = "persons"
        constraints = [
            models.UniqueConstraint(fields=["municipality", "number_index"], name="one_person_per_number"),
            models.UniqueConstraint(
                fields=["municipality", "cast_name"], name="one_person_per_cast_name", condition=~models.Q(cast_name="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def protected(self) -> bool:
        """True when either mark of protected identity stands."""
        return self.marked or self.registered


class Role(models.TextChoices):
    """What a membership makes somebody in a unit."""

    OFFICER = "officer"
    COORDINATOR = "coordinator"
    UNIT_MANAGER = "unit_manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    INTERPRETER = "interpreter"


class Membership(TenantModel):
    """A person's role in a unit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = TenantForeignKey(Person, models.CASCADE, related_name="memberships")
    unit = TenantForeignKey(Unit, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "person", "unit", "role"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id}"


class Session(AbstractBaseSession):
    """A signed-in browser, or one that has chosen a time. Outside the walls; its payload is sealed."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, related_name="+")
    person_uuid = models.UUIDField(null=True)
    last_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["municipality", "person_uuid"], name="session_person")]

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that seals payloads."""
        from identity.sessions import SessionStore

        return SessionStore


class ApiToken(TenantModel):
    """What another system shows. The secret is stored as SHA-256 and shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=80)
    secret_hash = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=24))
    units = ArrayField(models.UUIDField(), default=list, blank=True, help_text="Empty: every unit.")
    changes_per_minute = models.PositiveIntegerField(default=60)
    searches_per_minute = models.PositiveIntegerField(default=120)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "secret_hash"], name="one_token_per_secret")]

    def __str__(self) -> str:
        return self.name

    def usable(self, now: datetime) -> bool:
        """True until its end date."""
        return now < self.expires_at


class AccessEntry(TenantModel):
    """Who saw or did what, about whom, why. Append-only: the web role may INSERT and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, help_text="Person, or null for nobody signed in.")
    role = models.CharField(max_length=16)
    unit = models.UUIDField(null=True)
    action = models.CharField(max_length=40)
    kind = models.CharField(max_length=24)
    objects_seen = ArrayField(models.UUIDField(), default=list)
    allowed = models.BooleanField(default=True)
    reason = models.CharField(max_length=40, blank=True)
    network = models.GenericIPAddressField(null=True)

    class Meta:
        verbose_name_plural = "access entries"

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d}"


class LimitBucket(models.Model):
    """One token bucket of the limiter, outside the walls; `key` is a hash and names nobody."""

    key = models.BinaryField(primary_key=True, max_length=32)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tokens:.0f}"
