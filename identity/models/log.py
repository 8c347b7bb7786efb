"""Who saw what, how it is reviewed, who opened what is closed, and how long things are kept."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from identity.fields import TenantForeignKey
from identity.models.base import TenantModel
from identity.models.people import Person, Unit


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
    network = models.GenericIPAddressField(null=True, help_text="From where; of staff only.")
    number = models.BigIntegerField(null=True, help_text="Its place in the municipality's chain, from its seal on.")
    hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        verbose_name_plural = "access entries"
        constraints = [models.UniqueConstraint(fields=["municipality", "number"], name="one_entry_per_number")]
        indexes = [
            models.Index(fields=["municipality", "at"], condition=models.Q(number=None), name="access_entry_unsealed"),
            models.Index(fields=["municipality", "at"], name="access_entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d}"


class Opening(TenantModel):
    """Something closed that was opened for a while, with a reason: a protected person's booking, or break glass.

    `kind`: protected (a named reader, at once) or break_glass (waits for `approver`, a second person). It opens
    `object` of `object_kind` (booking, person) for `opener` from `opened_at` until `until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=12)
    opener = TenantForeignKey(Person, models.CASCADE, related_name="+")
    unit = TenantForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    object_kind = models.CharField(max_length=12)
    object = models.UUIDField()
    reason = models.CharField(max_length=24)
    asked_at = models.DateTimeField()
    approver = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["municipality", "opener", "object"], name="opening_by_opener")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def live(self, now: datetime) -> bool:
        """True while it opens anything."""
        return self.opened_at is not None and self.until is not None and self.opened_at <= now < self.until


class Alert(TenantModel):
    """Something the staff must know: told to a unit's manager, a role, or one person, until somebody has seen it.

    `kind` is a code with words in `identity.presenters`; `about` is an id of that kind's object; never a name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=24)
    unit = TenantForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    recipient = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    actor = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    about = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    seen_by = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["municipality", "unit"], condition=models.Q(seen_at=None), name="alert_unseen")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class LogReview(TenantModel):
    """One unit's review of one month of the access log: a random sample and risk picks, each judged, then signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    unit = TenantForeignKey(Unit, models.CASCADE, related_name="log_reviews")
    month = models.DateField(help_text="Its first day.")
    made_at = models.DateTimeField()
    due = models.DateField()
    total = models.PositiveIntegerField(default=0, help_text="Entries of the month that it was drawn from.")
    signed_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "unit", "month"], name="one_review_a_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class LogPick(TenantModel):
    """One access entry to be judged. `why`: sample, protected, own_name, colleague, night, bulk, no_booking ..."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    review = TenantForeignKey(LogReview, models.CASCADE, related_name="picks")
    entry = models.UUIDField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.UUIDField()
    action = models.CharField(max_length=40)
    why = ArrayField(models.CharField(max_length=16))
    verdict = models.CharField(max_length=12, blank=True, help_text="authorised or investigate.")
    judged_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at",)
        constraints = [models.UniqueConstraint(fields=["municipality", "review", "entry"], name="one_pick_per_entry")]

    def __str__(self) -> str:
        return str(self.number)


class RetentionRule(TenantModel):
    """How long a class of data is kept, in days, and the board's decision; nothing is deleted before there is one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    data_class = models.CharField(max_length=24)
    days = models.PositiveIntegerField()
    decision = models.CharField(max_length=60, blank=True, help_text="Diarienummer.")
    decided_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "data_class"], name="one_retention_rule_per_class")
        ]

    def __str__(self) -> str:
        return f"{self.data_class} {self.days}"
