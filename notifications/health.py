"""Whether messages leave."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from identity import scope
from identity.models import Municipality
from notifications.models import Message


def outbox_age_seconds() -> int:
    """Age of the oldest message that is due and has not left, in whole seconds; 0 when there is none.

    A message whose own address is the trouble is not due until its next attempt; one that the mail server did not take
    stays due.
    """
    now = timezone.now()
    municipalities = Municipality.objects.values_list("id", flat=True)
    oldest = [since for municipality in municipalities if (since := _oldest_due(municipality, now)) is not None]
    return int((now - min(oldest)).total_seconds()) if oldest else 0


def _oldest_due(municipality: int, now: datetime) -> datetime | None:
    with scope.transaction(municipality):
        waiting = Message.objects.filter(state="waiting", send_at__lte=now)
        oldest: datetime | None = waiting.aggregate(oldest=Min("send_at"))["oldest"]
    return oldest
