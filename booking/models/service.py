"""What residents can book: services, meeting types, legal profiles."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from identity.fields import TenantForeignKey
from identity.models import TenantModel, Unit


class Form(models.TextChoices):
    """How a meeting is held. Equal choices, phone included."""

    VIDEO = "video"
    PHONE = "phone"
    VISIT = "visit"
    HOME = "home"


class Level(models.TextChoices):
    """How surely somebody is identified."""

    LOA3 = "LOA3"
    LOA2 = "LOA2"
    VOUCHED = "vouched"
    NONE = "none"


class Service(TenantModel):
    """What a unit offers meetings about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    unit = TenantForeignKey(Unit, models.PROTECT, related_name="services")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField(default=0)
    published = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class LegalProfile(TenantModel):
    """Secrecy text, legal basis and retention of meeting types: data, editable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=80)
    information_key = models.CharField(
        max_length=40, default="B8", help_text="Key of the text that is read (StepText)."
    )
    legal_basis = models.CharField(max_length=240, blank=True)
    retention_days = models.PositiveIntegerField(default=90)

    def __str__(self) -> str:
        return self.name


class MeetingType(TenantModel):
    """One bookable purpose. Durations, buffers and lead time are minutes, multiples of 5."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.SlugField(max_length=12, help_text="Short, in addresses; says nothing of the service.")
    service = TenantForeignKey(Service, models.PROTECT, related_name="meeting_types")
    legal_profile = TenantForeignKey(LegalProfile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    duration = models.PositiveSmallIntegerField()
    buffer_before = models.PositiveSmallIntegerField(default=0)
    buffer_after = models.PositiveSmallIntegerField(default=0)
    forms = ArrayField(models.CharField(max_length=5, choices=Form))
    level = models.CharField(max_length=8, choices=Level, default=Level.LOA3)
    vouched_enough = models.BooleanField(
        default=True, help_text="An officer who saw an ID is enough for the one booking, whatever the level."
    )
    lead_minutes = models.PositiveIntegerField(default=120)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    move_limit_minutes = models.PositiveIntegerField(default=1440)
    bring = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    agenda = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    internal = models.BooleanField(default=False, help_text="Officers only, no resident (type intern).")
    published = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "code"], name="one_meeting_type_per_code"),
            models.CheckConstraint(
                name="meeting_type_whole_ticks",
                condition=models.Q(duration__gte=5, duration__lte=720)
                & models.Q(buffer_before__lte=240, buffer_after__lte=240),
            ),
        ]

    def __str__(self) -> str:
        return self.name
