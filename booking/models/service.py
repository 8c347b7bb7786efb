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


class BookedBy(models.TextChoices):
    """Who may book a meeting type: residents on the web and staff, or staff only."""

    RESIDENT = "resident"
    OFFICER = "officer"


def whole_ticks(*fields: str) -> models.Q:
    """The condition that these columns of minutes are multiples of 5."""
    conditions = models.Q()
    for field in fields:
        rest = models.Func(models.F(field), models.Value(5), function="mod", output_field=models.IntegerField())
        conditions &= models.Q(models.lookups.Exact(rest, models.Value(0)))
    return conditions


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
    lead_working_days = models.PositiveSmallIntegerField(default=0, help_text="Instead of minutes, when not 0.")
    horizon_days = models.PositiveSmallIntegerField(default=60)
    interpreter_percent = models.PositiveSmallIntegerField(
        default=150, help_text="Length with an interpreter in percent, rounded up to 5 minutes."
    )
    booked_by = models.CharField(max_length=8, choices=BookedBy, default=BookedBy.RESIDENT)
    own_officer_only = models.BooleanField(default=False, help_text="Who has an officer of their own meets no other.")
    max_parties = models.PositiveSmallIntegerField(default=6)
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
            models.CheckConstraint(
                name="meeting_type_multiples_of_5", condition=whole_ticks("duration", "buffer_before", "buffer_after")
            ),
            models.CheckConstraint(
                name="meeting_type_in_bounds",
                condition=models.Q(lead_minutes__lte=86_400, lead_working_days__lte=60)
                & models.Q(horizon_days__gte=1, horizon_days__lte=366)
                & models.Q(interpreter_percent__gte=100, interpreter_percent__lte=300)
                & models.Q(max_parties__gte=2, max_parties__lte=6),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormTerms(TenantModel):
    """What is otherwise for one form of a meeting type; what is not said is as the type has it.

    A visit at home, for one, adds the way there as buffers.
    """

    id = models.BigAutoField(primary_key=True)
    meeting_type = TenantForeignKey(MeetingType, models.CASCADE, related_name="terms")
    form = models.CharField(max_length=5, choices=Form)
    duration = models.PositiveSmallIntegerField(null=True, blank=True)
    buffer_before = models.PositiveSmallIntegerField(null=True, blank=True)
    buffer_after = models.PositiveSmallIntegerField(null=True, blank=True)
    lead_minutes = models.PositiveIntegerField(null=True, blank=True)
    lead_working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    horizon_days = models.PositiveSmallIntegerField(null=True, blank=True)
    move_limit_minutes = models.PositiveIntegerField(null=True, blank=True)
    booked_by = models.CharField(max_length=8, choices=BookedBy, blank=True, default="")

    class Meta:
        verbose_name_plural = "form terms"
        constraints = [
            models.UniqueConstraint(fields=["municipality", "meeting_type", "form"], name="one_terms_per_form"),
            models.CheckConstraint(
                name="form_terms_in_bounds",
                condition=(models.Q(duration=None) | models.Q(duration__gte=5, duration__lte=720))
                & (models.Q(buffer_before=None) | models.Q(buffer_before__lte=240))
                & (models.Q(buffer_after=None) | models.Q(buffer_after__lte=240))
                & (models.Q(lead_minutes=None) | models.Q(lead_minutes__lte=86_400))
                & (models.Q(lead_working_days=None) | models.Q(lead_working_days__lte=60))
                & (models.Q(horizon_days=None) | models.Q(horizon_days__gte=1, horizon_days__lte=366)),
            ),
            models.CheckConstraint(
                name="form_terms_multiples_of_5", condition=whole_ticks("duration", "buffer_before", "buffer_after")
            ),
        ]

    def __str__(self) -> str:
        return self.form
