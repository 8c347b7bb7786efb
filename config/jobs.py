"""Jobs of the installation as a whole."""

from celery import shared_task
from django.utils import timezone

from booking import idempotency
from booking.heartbeat import beat
from booking.services import needs
from booking.services.hold import purge_lapsed
from identity import attempts, scope, sessions
from identity.models import Municipality


@shared_task(name="config.jobs.heartbeat")
def heartbeat() -> None:
    """Say that the worker works."""
    beat()


@shared_task(name="config.jobs.purge_what_is_over")
def purge_what_is_over() -> None:
    """Delete answers of holds that ran out a day ago, needs of yesterday's meetings, and what has ended by itself:
    idempotency keys, sign-ins and sessions."""
    now = timezone.now()
    sessions.purge(now)
    for municipality in Municipality.objects.values_list("id", flat=True):
        purge_lapsed(municipality=municipality)
        needs.purge(municipality=municipality, now=now)
        idempotency.purge(municipality=municipality, now=now)
        with scope.transaction(municipality, durable=True):
            attempts.purge(now)
