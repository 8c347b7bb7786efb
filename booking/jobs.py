"""Jobs of the booking package: a doorbell for what is due. They take ids and call one service."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from booking import busy_services


@shared_task
def read_due_busy() -> None:
    """Every minute: hand out the incoming calendars whose time has come."""
    for municipality, feed in busy_services.due_busy():
        read_busy.delay(municipality, str(feed))


@shared_task
def read_busy(municipality: int, feed: str) -> None:
    """Read one incoming calendar. A failure stands with the feed, which says itself when to try again."""
    busy_services.read_busy(municipality=municipality, feed=UUID(feed))
