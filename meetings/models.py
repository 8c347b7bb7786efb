"""A booking while it is held."""

from __future__ import annotations

import uuid

from django.db import models

from booking.models import Booking, Party
from identity.fields import TenantForeignKey, TenantOneToOneField
from identity.models import TenantModel


class Meeting(TenantModel):
    """The meeting of one booking, whatever its form; only video opens signalling.

    `version` rises with every committed change that participants can see. Nothing of what is said or
    sent is stored, only that and when the meeting was held.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    booking = TenantOneToOneField(Booking, models.CASCADE, related_name="meeting")
    version = models.PositiveIntegerField(default=1)
    epoch = models.PositiveIntegerField(default=1)
    last_join = models.PositiveIntegerField(default=0)
    locked = models.BooleanField(default=False)
    paused_why = models.CharField(max_length=9, blank=True)
    paused_by = models.UUIDField(null=True, blank=True)
    topology = models.CharField(max_length=4, default="mesh")
    ice_policy = models.CharField(max_length=5, default="relay", choices=[("relay", "relay"), ("all", "all")])
    host = models.UUIDField(null=True, blank=True, help_text="The participant who holds the host right.")
    interruptions = models.PositiveSmallIntegerField(default=0)
    interrupted_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    code_compared = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["municipality", "booking"], name="one_meeting_per_booking")]

    def __str__(self) -> str:
        return str(self.id)


class Participant(TenantModel):
    """One party inside a meeting. Its id is random per person and meeting and is no secret.

    Tickets, resume tokens and sessions are kept as SHA-256 only: `socket_session` is the one that said hello last,
    `admitted_session` the one that was admitted and may come back without the lobby. `seen_at` is written every few
    seconds by the process that holds the socket, so that a killed process is noticed; `lost_at` is when it was missed.
    """

    LIVE = ("waiting", "admitted", "aside")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="participants")
    party = TenantForeignKey(Party, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="expected")
    gen = models.PositiveIntegerField(default=0)
    join = models.PositiveIntegerField(default=0)
    ident = models.CharField(max_length=12, blank=True)
    ready = models.CharField(max_length=12, blank=True)
    test = models.CharField(max_length=8, blank=True)
    phrase = models.CharField(max_length=16, blank=True)
    aside = models.BooleanField(default=False, help_text="Was aside when last inside.")
    other_device = models.BooleanField(default=False, help_text="Waits with another session than was admitted.")
    ticket_hash = models.BinaryField(max_length=32, null=True, blank=True)
    ticket_session = models.BinaryField(max_length=32, null=True, blank=True)
    ticket_takeover = models.BooleanField(default=False)
    ticket_expires_at = models.DateTimeField(null=True, blank=True)
    socket_session = models.BinaryField(max_length=32, null=True, blank=True)
    admitted_session = models.BinaryField(max_length=32, null=True, blank=True)
    resume_hash = models.BinaryField(max_length=32, null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    denied_at = models.DateTimeField(null=True, blank=True)
    denials = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "meeting", "party"], name="one_participant_per_party"),
            models.UniqueConstraint(fields=["municipality", "ticket_hash"], name="one_participant_per_ticket"),
            models.UniqueConstraint(fields=["municipality", "resume_hash"], name="one_participant_per_resume"),
        ]
        indexes = [
            models.Index(
                fields=["municipality", "seen_at"],
                condition=models.Q(state__in=("waiting", "admitted", "aside")),
                name="participant_live",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"
