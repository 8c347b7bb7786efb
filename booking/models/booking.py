"""A booking, its history, and the time that it takes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from booking.models.calendar import Calendar
from booking.models.querysets import BookingManager
from booking.models.service import Form, MeetingType
from booking.states import State
from booking.timeline import instant
from identity.fields import EncryptedField, TenantForeignKey
from identity.models import Person, TenantModel

__all__ = [
    "AskedHow",
    "Booking",
    "BookingChange",
    "ContactWay",
    "Form",
    "IdempotencyKey",
    "Occupancy",
    "Party",
    "PartyRole",
    "Said",
    "Series",
]


class ContactWay(models.TextChoices):
    """How somebody is told. None: then the receipt is all."""

    EMAIL = "email"
    NONE = "none"


class AskedHow(models.TextChoices):
    """How the resident said yes to who booked for them; nothing when they booked themselves."""

    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    SYSTEM = "system"


class Series(TenantModel):
    """Follow-up bookings that were made together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.PROTECT, related_name="+")
    meeting_type = TenantForeignKey(MeetingType, models.PROTECT, related_name="+")
    resident = TenantForeignKey(Person, models.PROTECT, related_name="+")
    made_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return str(self.id)


class Booking(TenantModel):
    """The agreement to meet. A hold is a booking in the state `held`; it keeps the answers given so far."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.PROTECT, related_name="bookings")
    meeting_type = TenantForeignKey(MeetingType, models.PROTECT, related_name="bookings")
    resident = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="bookings")
    form = models.CharField(max_length=5, choices=Form)
    state = models.CharField(max_length=24, choices=[(s.value, s.value) for s in State])
    from_tick = models.IntegerField()
    to_tick = models.IntegerField()
    local_start = models.CharField(max_length=25, help_text="Local wall time as booked, ISO 8601 with offset.")
    contact_way = models.CharField(max_length=8, choices=ContactWay, default=ContactWay.NONE)
    contact_to = EncryptedField()
    language = models.CharField(max_length=5, default="sv")
    extensions = models.PositiveSmallIntegerField(default=0, help_text="How often Mer tid was pressed.")
    booked_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    asked_how = models.CharField(max_length=8, choices=AskedHow, blank=True, default="")
    series = TenantForeignKey("booking.Series", models.PROTECT, null=True, blank=True, related_name="bookings")
    calendar_uid = models.CharField(max_length=300)
    sequence = models.PositiveIntegerField(default=0)
    vevent = models.BinaryField(default=b"", help_text="Its VEVENT at the feed's default grade.")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[BookingManager] = BookingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "calendar_uid"], name="one_booking_per_uid"),
            models.CheckConstraint(name="booking_in_order", condition=Q(from_tick__lt=F("to_tick"))),
        ]
        indexes = [
            models.Index(fields=["municipality", "calendar", "from_tick"], name="booking_by_calendar"),
            models.Index(fields=["municipality", "resident", "from_tick"], name="booking_by_resident"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def starts_at(self) -> datetime:
        """Start, aware UTC."""
        return instant(self.from_tick)

    @property
    def ends_at(self) -> datetime:
        """End, aware UTC."""
        return instant(self.to_tick)


class BookingChange(TenantModel):
    """One entry of a booking's history. A move is one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.CharField(max_length=32)
    state_before = models.CharField(max_length=24, blank=True)
    state_after = models.CharField(max_length=24)
    from_tick_before = models.IntegerField(null=True, blank=True)
    from_tick_after = models.IntegerField()

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return self.event


class Occupancy(TenantModel):
    """A calendar's time taken by a booking or hold. Written by `booking.services` only."""

    id = models.BigAutoField(primary_key=True)
    calendar = TenantForeignKey(Calendar, models.PROTECT, related_name="occupancies")
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="occupancies")
    meeting_type = TenantForeignKey(MeetingType, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, default="officer", help_text="officer, interpreter, room.")
    from_tick = models.IntegerField()
    to_tick = models.IntegerField()
    block_from = models.IntegerField(help_text="With buffers.")
    block_to = models.IntegerField()
    state = models.CharField(max_length=8, choices=[("hold", "hold"), ("booked", "booked")])
    expires_at = models.DateTimeField(null=True, blank=True)
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "occupancies"
        constraints = [
            ExclusionConstraint(
                name="one_meeting_at_a_time",
                condition=Q(live=True),
                expressions=[
                    ("municipality", RangeOperators.EQUAL),  # else a refusal would tell of another's meetings
                    ("calendar", RangeOperators.EQUAL),
                    (
                        Func(F("block_from"), F("block_to"), function="int4range", output_field=IntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="occupancy_ticks_in_order",
                condition=Q(from_tick__lt=F("to_tick"))
                & Q(to_tick__lte=F("from_tick") + 144)
                & Q(block_from__lte=F("from_tick"))
                & Q(to_tick__lte=F("block_to"))
                & Q(block_to__lte=F("block_from") + 288),
            ),
            models.CheckConstraint(
                name="only_holds_expire",
                condition=Q(state="hold", expires_at__isnull=False) | Q(state="booked", expires_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["municipality", "calendar", "block_from"],
                include=["block_to", "meeting_type", "expires_at"],
                condition=Q(live=True),
                name="occupancy_search",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.block_from}-{self.block_to}"


class PartyRole(models.TextChoices):
    """In what capacity somebody takes part."""

    RESIDENT = "resident"
    OFFICER = "officer"
    REPRESENTATIVE = "representative"
    INTERPRETER = "interpreter"
    COMPANION = "companion"


class Said(models.TextChoices):
    """An answer to whether somebody comes along; nothing: not asked yet, or needs no answer."""

    YES = "yes"
    NO = "no"


class Party(TenantModel):
    """Somebody who takes part in a booking, by role. The officer in charge is the booking's calendar."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="parties")
    person = TenantForeignKey(Person, models.PROTECT, related_name="parties")
    role = models.CharField(max_length=16, choices=PartyRole)
    resident_said = models.CharField(max_length=3, choices=Said, blank=True, default="")
    officer_said = models.CharField(max_length=3, choices=Said, blank=True, default="")
    reason = models.CharField(max_length=16, blank=True, help_text="Code of an officer's no.")

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(fields=["municipality", "booking", "person"], name="one_party_per_person")
        ]

    def __str__(self) -> str:
        return self.role


class IdempotencyKey(TenantModel):
    """The row that makes a repeated call have one effect: what was asked, and the id of what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    actor = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    result = models.UUIDField()
    status = models.PositiveSmallIntegerField(default=200, help_text="HTTP status of the first answer.")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "actor", "key"], name="one_effect_per_key")]

    def __str__(self) -> str:
        return str(self.result)
