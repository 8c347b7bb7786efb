"""The outbox's rows: claiming what is due, marking what became of it. Polling these rows is the truth.

A claim is a lease: a worker that dies leaves the row as it was, and another takes it when the lease has run out. The
lease's own end is the proof of holding it, so a worker that was too slow cannot write over the next one's outcome.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from identity.models import Person
from notifications.models import Delivery, Message

LEASE = timedelta(minutes=2)
RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
ATTEMPTS = len(RETRIES) + 1


def due(now: datetime) -> QuerySet[Message]:
    """Messages to send now: nobody holds them, and no earlier one of the same booking is still to leave."""
    begun = Q(attempts__gt=0) | Q(send_at__lte=now)
    earlier = Message.objects.filter(
        begun, state="waiting", booking=OuterRef("booking"), sequence__lt=OuterRef("sequence")
    )
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    waiting: QuerySet[Message] = Message.objects.filter(free, ~Exists(earlier), state="waiting", send_at__lte=now)
    return waiting.order_by("send_at", "created_at")


def claim(now: datetime) -> Message | None:
    """Lease the first due message that no other worker is looking at. Needs an open scope."""
    found: Message | None = due(now).select_for_update(skip_locked=True, of=("self",)).first()
    if found is not None:
        found.leased_until = now + LEASE
        found.attempts += 1
        found.save(update_fields=["leased_until", "attempts"])
    return found


def finish(message: Message, state: str, now: datetime, *, code: str = "") -> bool:
    """Write the end of a message. False when the lease was lost meanwhile: then it is another's to write."""
    held = _held(message).update(state=state, done_at=now, leased_until=None)
    return held > 0 and _note(message, state, now, code)


def try_later(message: Message, now: datetime, *, code: str, recipient: bool) -> bool:
    """Plan the next attempt, or give up after the last one.

    When the fault is this recipient's, the message is no longer due until then. When it is the mail server's, it stays
    due but leased, so that its age shows in `health`.
    """
    if message.attempts >= ATTEMPTS:
        return finish(message, "failed", now, code=code)
    then = now + RETRIES[message.attempts - 1]
    held = _held(message)
    changed = held.update(send_at=then, leased_until=None) if recipient else held.update(leased_until=then)
    return changed > 0 and _note(message, "retry", now, code)


def is_spent(message: Message) -> bool:
    """Whether a claimed message had all its attempts before, without an end: each worker died on it."""
    return message.attempts > ATTEMPTS


def superseded(message: Message) -> bool:
    """Whether a later message tells the same recipient how the booking stands now."""
    later = Message.objects.filter(
        booking=message.booking_id, recipient=message.recipient_id, sequence__gt=message.sequence
    )
    return bool(later.exists())


def drop_about(person: Person, now: datetime) -> int:
    """Give up every waiting message about a person's bookings, or to the person, with what it would have said.

    A worker that holds one loses its lease: only what the mail server already has cannot be taken back.
    """
    about: QuerySet[Message] = Message.objects.filter(Q(booking__resident=person) | Q(recipient=person))
    dropped = list(about.filter(state="waiting"))
    for message in dropped:
        message.state, message.done_at, message.leased_until = "dropped", now, None
        message.address = message.invitation = ""
        message.save(update_fields=["state", "done_at", "leased_until", "address", "invitation"])
        _note(message, "dropped", now, "")
    return len(dropped)


def _held(message: Message) -> QuerySet[Message]:
    held: QuerySet[Message] = Message.objects.filter(id=message.id, state="waiting", leased_until=message.leased_until)
    return held


def _note(message: Message, outcome: str, now: datetime, code: str) -> bool:
    Delivery.objects.create(message=message, at=now, outcome=outcome, code=code[:32])
    return True
