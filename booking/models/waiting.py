"""What a booking still needs, who waits for a time, and what somebody must do about it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from booking.models.booking import Booking
from booking.models.calendar import Calendar
from booking.models.service import Form, MeetingType
from identity.fields import EncryptedField, TenantForeignKey
from identity.models import Person, TenantModel, Unit


class NeedKind(models.TextChoices):
    """An adaptation that can be asked for (process.md, B6)."""

    INTERPRETER = "interpreter"
    SIGN = "sign"
    SPEECH_TO_TEXT = "speech_to_text"
    DEAFBLIND = "deafblind"
    TEXT = "text"
    PAUSES = "pauses"
    EASY_READ = "easy_read"
    ROOM = "room"


class NeedState(models.TextChoices):
    """How far somebody or something that must be ordered has come; what needs no order is met at once."""

    WANTED = "wanted"
    ORDERED = "ordered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    NOT_FOUND = "not_found"


class Need(TenantModel):
    """An adaptation asked for; deleted after the meeting. The order to an agency holds nothing of the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=16, choices=NeedKind)
    language = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=12, choices=NeedState, default=NeedState.WANTED)
    calendar = TenantForeignKey(Calendar, models.PROTECT, null=True, blank=True, related_name="+")
    order = models.CharField(max_length=40, blank=True, help_text="The agency's number; nothing of the person.")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["municipality", "booking", "kind"], name="one_need_of_a_kind")]

    def __str__(self) -> str:
        return self.kind


class WishState(models.TextChoices):
    """Where a place in the waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    RESTING = "resting"
    MET = "met"
    WITHDRAWN = "withdrawn"
    PAST = "past"


class Wish(TenantModel):
    """A place in the waiting list. `booking`: the person's old time, which moves when a new one is accepted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    resident = TenantForeignKey(Person, models.PROTECT, related_name="wishes")
    meeting_type = TenantForeignKey(MeetingType, models.PROTECT, related_name="wishes")
    form = models.CharField(max_length=5, choices=Form)
    calendar = TenantForeignKey(Calendar, models.PROTECT, null=True, blank=True, related_name="+")
    booking = TenantForeignKey(Booking, models.SET_NULL, null=True, blank=True, related_name="+")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, help_text="ISO; none: any.")
    parts = ArrayField(models.CharField(max_length=9), default=list, blank=True, help_text="morning, afternoon.")
    earliest = models.DateField(null=True, blank=True)
    latest = models.DateField(null=True, blank=True)
    notice_minutes = models.PositiveIntegerField(default=1440, help_text="How long before the start, at least.")
    contact_way = models.CharField(max_length=8, default="none")
    contact_to = EncryptedField()
    language = models.CharField(max_length=5, default="sv")
    state = models.CharField(max_length=10, choices=WishState, default=WishState.WAITING)
    unanswered = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "wishes"
        constraints = [
            models.CheckConstraint(
                name="wish_dates", condition=Q(earliest=None) | Q(latest=None) | Q(earliest__lte=F("latest"))
            ),
            models.CheckConstraint(name="wish_notice", condition=Q(notice_minutes__lte=86_400)),
        ]
        indexes = [models.Index(fields=["municipality", "meeting_type", "state", "made_at"], name="wish_in_order")]

    def __str__(self) -> str:
        return str(self.id)


class WishOffer(TenantModel):
    """A time that a waiting person was asked about, held meanwhile; what came of it, and how old the wish was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    wish = TenantForeignKey(Wish, models.CASCADE, related_name="offers")
    booking = TenantForeignKey(Booking, models.SET_NULL, null=True, blank=True, related_name="+")
    by_phone = models.BooleanField(default=False, help_text="An officer rings; else the person is sent a message.")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    waited_minutes = models.PositiveIntegerField(help_text="How old the wish was.")
    outcome = models.CharField(max_length=10, blank=True, default="", help_text="accepted, declined, lapsed.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at",)
        indexes = [models.Index(fields=["municipality", "outcome", "expires_at"], name="offer_due")]

    def __str__(self) -> str:
        return self.outcome or "open"


class OwnOfficer(TenantModel):
    """Which officer's calendar a resident has as their own in a unit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    resident = TenantForeignKey(Person, models.CASCADE, related_name="own_officers")
    unit = TenantForeignKey(Unit, models.CASCADE, related_name="+")
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "resident", "unit"], name="one_own_officer_per_unit")
        ]

    def __str__(self) -> str:
        return str(self.calendar_id)


class TaskKind(models.TextChoices):
    """What must be done."""

    MOVE = "move"  # a booking lies outside open time
    ORDER_INTERPRETER = "order_interpreter"
    APPROVE_PARTY = "approve_party"
    CALL = "call"  # cancelled within a day: ring
    NEW_TIME = "new_time"  # did not come: ring, or offer a new time
    RING_NEXT = "ring_next"  # the next in line has no quick way of contact


class Task(TenantModel):
    """Something a person or a role of a unit must do, by when, and who did it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20, choices=TaskKind)
    unit = TenantForeignKey(Unit, models.CASCADE, related_name="tasks")
    person = TenantForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    booking = TenantForeignKey(Booking, models.CASCADE, null=True, blank=True, related_name="tasks")
    offer = TenantForeignKey(WishOffer, models.CASCADE, null=True, blank=True, related_name="tasks")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("due_at",)
        indexes = [models.Index(fields=["municipality", "unit", "due_at"], name="task_open", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return self.kind
