"""Jobs of the identity package."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from identity import anchors, review_making, sealing
from identity.models import Municipality

_ROUND_SECONDS = 30


@shared_task(name="identity.jobs.seal_log", ignore_result=True)
def seal_log() -> int:
    """Every second: seal the new entries of the access log; how many."""
    return sealing.seal_all(_ROUND_SECONDS)


@shared_task(name="identity.jobs.keep_anchors", ignore_result=True)
def keep_anchors() -> None:
    """Every ten minutes: tell the places outside the database how long the chains are, and how they end."""
    anchors.note(kept=anchors.keep(anchors.heads(timezone.now())))


@shared_task(name="identity.jobs.review_log", ignore_result=True)
def review_log() -> None:
    """Every hour: make the last month's log reviews where they are missing, and tell of those that are late."""
    today = timezone.localdate()
    for municipality in Municipality.objects.order_by("id"):
        review_making.make_reviews(municipality=municipality, month=review_making.previous_month(today))
        review_making.escalate(municipality=municipality.id, today=today)
