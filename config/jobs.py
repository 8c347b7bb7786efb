"""Jobs of the installation as a whole."""

from celery import shared_task

from booking.heartbeat import beat
from booking.services.hold import purge_lapsed
from identity.models import Municipality


@shared_task(name="config.jobs.heartbeat")
def heartbeat() -> None:
    """Say that the worker works."""
    beat()


@shared_task(name="config.jobs.purge_lapsed_holds")
def purge_lapsed_holds() -> None:
    """Delete answers of holds that ran out a day ago."""
    for municipality in Municipality.objects.values_list("id", flat=True):
        purge_lapsed(municipality=municipality)
