"""The worker's side: claim, look again, send, mark. The job is a doorbell; what is due stands in the outbox."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.db import Error as DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError

from identity import scope
from identity.models import Municipality
from notifications import letters, outbox
from notifications.models import Message
from notifications.senders import Outgoing, Sender, SendFailed
from notifications.senders.email import EmailSender

log = logging.getLogger("motas.outbox")
ROUND_SECONDS = 60
_SENDERS: dict[str, type[Sender]] = {"email": EmailSender}


def ring() -> None:
    """Wake a worker early. If the broker does not answer, the next beat finds the message."""
    try:
        deliver_due.apply_async(retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("the doorbell is silent: %s", type(error).__name__)


@shared_task(name="notifications.jobs.deliver_due", ignore_result=True)
def deliver_due() -> int:
    """Send everything that is due, municipality by municipality; how many messages were looked at."""
    municipalities = Municipality.objects.order_by("id").values_list("id", flat=True)
    return sum(deliver(municipality) for municipality in municipalities)


def deliver(municipality: int) -> int:
    """Send what is due in one municipality, for at most a minute; how many messages were looked at.

    Stops when the mail server does not answer: the rest would wait for it in vain, one by one.
    """
    done, until = 0, time.monotonic() + ROUND_SECONDS
    while time.monotonic() < until and deliver_next(municipality):
        done += 1
    return done


def deliver_next(municipality: int) -> bool:
    """Send the next due message. False when there is none, or no mail server.

    A message that cannot be made is tried again as any other and ends as any other: it never stops those behind it.
    Raises Django's database errors, which are no message's fault: the lease runs out, and the next beat tries again.
    """
    with scope.transaction(municipality, durable=True):
        message = outbox.claim(timezone.now())
    if message is None:
        return False
    try:
        return _deliver(municipality, message)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is; its text may come from outside, its class does not
        failure = SendFailed(type(error).__name__, recipient=True)
    _note_failure(municipality, message, failure)  # out here no later traceback can show that text
    return True


def _deliver(municipality: int, message: Message) -> bool:
    with scope.transaction(municipality, durable=True):
        if outbox.is_spent(message):  # its workers died on it
            outbox.finish(message, "failed", timezone.now(), code="spent")
            return True
        letter = letters.prepare(message, timezone.now())
        if letter is None:
            outbox.finish(message, "dropped", timezone.now())
    return letter is None or _send(municipality, message, letters.write(letter))


def _send(municipality: int, message: Message, outgoing: Outgoing) -> bool:
    try:
        _SENDERS[message.sender]().send(outgoing)
    except SendFailed as error:
        _note_failure(municipality, message, error)
        return error.recipient
    with scope.transaction(municipality, durable=True):
        outbox.finish(message, "sent", timezone.now())
    return True


def _note_failure(municipality: int, message: Message, error: SendFailed) -> None:
    now = timezone.now()
    with scope.transaction(municipality, durable=True):
        if error.permanent:
            outbox.finish(message, "failed", now, code=error.code)
        else:
            outbox.try_later(message, now, code=error.code, recipient=error.recipient)
    log.warning("message %s was not sent: %s", message.id, error.code)
