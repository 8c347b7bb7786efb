"""Whose time is booked, when it is open, and what else takes it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from booking.models.querysets import CalendarManager
from booking.models.service import MeetingType, whole_ticks
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
    name = models.CharField(max_length=60, blank=True, help_text="Of a loan room; an officer's name is the account's.")
    share = models.PositiveSmallIntegerField(default=100, help_text="Share of full time, percent: weighs the load.")
    languages = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, help_text="Spoken or signed; BCP 47, as ar, swl."
    )
    lead_minutes = models.PositiveIntegerField(default=0, help_text="An interpreter's or room's own lead time.")
    buffer_before = models.PositiveSmallIntegerField(default=0, help_text="Minutes: an interpreter's travel.")
    buffer_after = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[CalendarManager] = CalendarManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "uuid"], name="one_calendar_per_uuid"),
            models.CheckConstraint(
                name="calendar_in_bounds",
                condition=Q(share__gte=5, share__lte=100, lead_minutes__lte=86_400)
                & Q(buffer_before__lte=240, buffer_after__lte=240),
            ),
            models.CheckConstraint(
                name="calendar_buffers_whole_ticks", condition=whole_ticks("buffer_before", "buffer_after")
            ),
        ]

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
