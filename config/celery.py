"""The job worker. It is a doorbell: what is due stands in the database, and polling is the truth."""

import logging.config
import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("motas")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
app.conf.beat_schedule = {
    "deliver-due": {"task": "notifications.jobs.deliver_due", "schedule": 5.0, "options": {"expires": 5}},
    "seal-log": {"task": "identity.jobs.seal_log", "schedule": 1.0, "options": {"expires": 1}},
    "keep-anchors": {"task": "identity.jobs.keep_anchors", "schedule": 600.0, "options": {"expires": 600}},
    "review-log": {"task": "identity.jobs.review_log", "schedule": 3600.0},
    "read-busy": {"task": "booking.jobs.read_due_busy", "schedule": 60.0},
    "follow-waiting": {"task": "booking.jobs.follow_waiting_lists", "schedule": 60.0, "options": {"expires": 60}},
    "settle-due": {"task": "booking.jobs.settle_due", "schedule": 60.0, "options": {"expires": 60}},
    "purge-over": {"task": "config.jobs.purge_what_is_over", "schedule": 3600.0},
    "heartbeat": {"task": "config.jobs.heartbeat", "schedule": 10.0},
}


@setup_logging.connect
def _log_as_the_pages_do(**_: object) -> None:
    """Celery sets up no handlers of its own when somebody answers here."""
    from django.conf import settings

    from config import logs

    logging.config.dictConfig(settings.LOGGING)
    logs.watch_process()


@worker_init.connect
def _refuse_unsafe(**_: object) -> None:
    """A worker that lacks a secret stops before its first job."""
    from config.production import refuse_unsafe

    refuse_unsafe(seals=True)


@beat_init.connect
def _refuse_unsafe_clock(**_: object) -> None:
    """The clock seals nothing itself."""
    from config.production import refuse_unsafe

    refuse_unsafe()


@worker_ready.connect
def _witness_at_once(**_: object) -> None:
    """The clock's first anchors would come only after ten minutes, and health would be red until then."""
    app.send_task("identity.jobs.keep_anchors")
