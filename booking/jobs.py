"""Jobs of the booking package: a doorbell for what is due. They take ids and call one service."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from booking import busy_services
from booking.services import readiness, waiting
from identity.models import Municipality

log = logging.getLogger("motas.booking")


@shared_task
def read_due_busy() -> None:
    """Every minute: hand out the incoming calendars whose time has come."""
    for municipality, feed in busy_services.due_busy():
        read_busy.delay(municipality, str(feed))


@shared_task
def read_busy(municipality: int, feed: str) -> None:
    """Read one incoming calendar. A failure stands with the feed, which says itself when to try again."""
    busy_services.read_busy(municipality=municipality, feed=UUID(feed))


@shared_task
def offer_freed(municipality: int, calendars: list[int]) -> None:
    """Time fell free on these calendars just now: offer it to those who wait."""
    waiting.offer_freed(municipality=municipality, calendars=calendars)


@shared_task
def follow_waiting_lists() -> None:
    """Every minute: end offers that ran out, and offer whatever is free, however it fell free."""
    for municipality in Municipality.objects.order_by("id").values_list("id", flat=True):
        waiting.lapse_offers(municipality=municipality)
        waiting.offer_freed(municipality=municipality)


@shared_task
def settle_due() -> None:
    """Every minute: what waits for nothing more is ready."""
    for municipality in Municipality.objects.order_by("id").values_list("id", flat=True):
        readiness.settle_due(municipality=municipality, now=timezone.now())


def wake(municipality: int, calendars: Iterable[int]) -> None:
    """Have freed time offered at once. If the broker does not answer, the minute's round finds it."""
    try:
        offer_freed.apply_async((municipality, sorted(set(calendars))), retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("the doorbell of the waiting list is silent: %s", type(error).__name__)
