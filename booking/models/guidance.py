"""The guidance's words, by version, and the proof of which words somebody was shown."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from booking.models.booking import Booking
from booking.models.service import MeetingType
from identity.fields import TenantForeignKey
from identity.models import Municipality, Region, TenantModel, Unit
from identity.scope import ScopedManager

_PLACE = ["municipality", "key", "language", "variant", "scope", "unit", "meeting_type", "region", "version"]


class StepText(models.Model):
    """One version of the words of a step. Immutable once published; a change is version + 1.

    Shipped rows belong to no municipality and are read by all; only the owner writes those.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    variant = models.CharField(max_length=12, default="standard")
    scope = models.CharField(max_length=12, default="default")
    unit = TenantForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    meeting_type = TenantForeignKey(MeetingType, models.CASCADE, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    body = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True, blank=True, help_text="The person; null for shipped words.")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=_PLACE,
                name="one_text_per_version",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="shipped_text_has_no_municipality",
                condition=Q(municipality=None, scope__in=["default", "region"])
                | Q(municipality__isnull=False, scope__in=["municipality", "unit", "type"]),
            ),
            models.CheckConstraint(
                name="text_names_its_scope",
                condition=Q(scope__in=["default", "municipality"], unit=None, meeting_type=None, region=None)
                | Q(scope="region", unit=None, meeting_type=None, region__isnull=False)
                | Q(scope="unit", unit__isnull=False, meeting_type=None, region=None)
                | Q(scope="type", unit=None, meeting_type__isnull=False, region=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.language} {self.version}"


class StepShown(TenantModel):
    """Which words somebody was shown, when. Purged with the booking."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="shown")
    key = models.CharField(max_length=40)
    text = models.ForeignKey(StepText, models.PROTECT, related_name="+")
    language = models.CharField(max_length=5)
    variant = models.CharField(max_length=12)
    party_role = models.CharField(max_length=16)
    shown_at = models.DateTimeField()
    marked_at = models.DateTimeField(null=True, blank=True, help_text="When 'Jag har läst' was ticked and sent.")

    class Meta:
        verbose_name_plural = "steps shown"

    def __str__(self) -> str:
        return self.key
