"""Whose time is booked, when it is open, and what else takes it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from booking.models.querysets import CalendarManager
from booking.models.service import Form, MeetingType
from identity.fields import EncryptedField, TenantForeignKey
from identity.models import Person, TenantModel, Unit


class CalendarKind(models.TextChoices):
    """Whose time a calendar holds."""

    OFFICER = "officer"
    INTERPRETER = "interpreter"
    ROOM = "room"


class Calendar(TenantModel):
    """An officer's, an interpreter's or a loan room's time.

    The 32-bit key feeds the two-key advisory lock; addresses and the API show `uuid`.
    `rules_version` rises with every change of opening; `feed_revision` with every change of a booking, and with it
    `feed_changed_at`, by whole seconds at least: also what left the feed has changed it.
    """

    id = models.AutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=CalendarKind, default=CalendarKind.OFFICER)
    unit = TenantForeignKey(Unit, models.PROTECT, related_name="calendars")
    person = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="calendars")
    zone = models.CharField(max_length=40, default="Europe/Stockholm")
    rules_version = models.PositiveIntegerField(default=1)
    feed_revision = models.PositiveIntegerField(default=1)
    feed_changed_at = models.DateTimeField(default=timezone.now)
    active = models.BooleanField(default=True)

    objects: ClassVar[CalendarManager] = CalendarManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "uuid"], name="one_calendar_per_uuid")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class CalendarOffer(TenantModel):
    """A calendar can be booked for a meeting type."""

    id = models.BigAutoField(primary_key=True)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="offers")
    meeting_type = TenantForeignKey(MeetingType, models.CASCADE, related_name="offers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "meeting_type", "calendar"], name="one_offer_each")
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.meeting_type_id}"


class Anchor(models.TextChoices):
    """What the step grid counts from."""

    OPENING = "opening"
    CLOCK = "clock"


class OpeningRule(TenantModel):
    """A weekly piece of open time, in wall time of the calendar: minutes after midnight, multiples of 5."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="rules")
    weekday = models.PositiveSmallIntegerField(help_text="ISO 1-7.")
    from_minute = models.PositiveSmallIntegerField()
    to_minute = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="Last day, included.")
    forms = ArrayField(models.CharField(max_length=5, choices=Form))
    step = models.PositiveSmallIntegerField(default=5)
    anchor = models.CharField(max_length=8, choices=Anchor, default=Anchor.OPENING)

    class Meta:
        ordering = ("weekday", "from_minute")
        constraints = [
            models.CheckConstraint(
                name="opening_rule_in_a_day",
                condition=Q(weekday__gte=1, weekday__lte=7, to_minute__lte=1440, from_minute__lt=F("to_minute")),
            ),
            models.CheckConstraint(name="opening_rule_step", condition=Q(step__gte=5, step__lte=120)),
            models.CheckConstraint(
                name="opening_rule_dates",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.from_minute}-{self.to_minute}"


class Absence(TenantModel):
    """When a calendar cannot be booked. The code is seen by the unit only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="absences")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    code = models.CharField(max_length=16, default="other")

    class Meta:
        constraints = [models.CheckConstraint(name="absence_in_order", condition=Q(from_at__lt=F("to_at")))]

    def __str__(self) -> str:
        return f"{self.from_at:%Y-%m-%d}"


class BusyFeed(TenantModel):
    """An incoming calendar that blocks time. Only merged intervals are kept, never a word of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="busy_feeds")
    kind = models.CharField(max_length=6, choices=[("url", "url"), ("file", "file")])
    address = EncryptedField(help_text="The address is a secret; empty for an uploaded file.")
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    body_hash = models.BinaryField(max_length=32, default=b"")
    window_from = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, default="new", choices=[(s, s) for s in ("new", "good", "stale")])
    reason = models.CharField(max_length=32, blank=True, help_text="Stable code of the last failure.")
    unreadable = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    over_budget = models.PositiveIntegerField(default=0)
    busy = ArrayField(IntegerRangeField(), default=list, help_text="Merged blocks in ticks, rounded outwards.")
    last_good_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["municipality", "next_try_at"], name="busy_feed_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class CalendarFeed(TenantModel):
    """The outgoing calendar that an officer subscribes to. The secret is stored hashed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="feeds")
    secret_hash = models.BinaryField(max_length=32)
    grade = models.CharField(max_length=8, default="neutral", choices=[(g, g) for g in ("busy", "neutral", "service")])
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_fetched_at = models.DateTimeField(null=True, blank=True)
    client = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "secret_hash"], name="one_feed_per_secret")]

    def __str__(self) -> str:
        return f"{self.grade} {self.calendar_id}"
