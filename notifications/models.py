"""The outbox: what people are told, and each attempt to tell them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from booking.models import Booking
from identity.fields import EncryptedField, TenantForeignKey
from identity.models import Person, TenantModel


class Message(TenantModel):
    """A row written in the transaction of what it tells. A reminder is one with a future `send_at`.

    `invitation` is the iTIP object as it stood when the row was made, so that every retry is the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="messages")
    recipient = TenantForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    sender = models.CharField(max_length=8, default="email")
    address = EncryptedField()
    language = models.CharField(max_length=5, default="sv")
    sequence = models.PositiveIntegerField()
    method = models.CharField(max_length=8, blank=True)
    invitation = EncryptedField()
    state = models.CharField(
        max_length=8,
        default="waiting",
        choices=[(s, s) for s in ("waiting", "sent", "dropped", "failed", "unknown")],
    )
    send_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "booking", "sequence", "recipient", "kind", "method"],
                name="one_message_per_change",
            )
        ]
        indexes = [models.Index(fields=["municipality", "send_at"], condition=Q(state="waiting"), name="message_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Delivery(TenantModel):
    """One attempt by one sender, with its outcome as a code, never as text from outside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    message = TenantForeignKey(Message, models.CASCADE, related_name="deliveries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=16)
    code = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return self.outcome
