"""A sign-in from a device that was not seen before is told to the person (ASVS 6.3.5).

What is remembered is a keyed mark of person, browser and system (of staff also the network), as the `about` of an
alert: nothing is left in the browser, and the mark tells a reader of the table nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from identity import alerts, keyring
from identity.models import Alert

KIND = "new_device"


def note(person: UUID, device: str, place: str) -> None:
    """Tell the person of a device that is new; the first one ever is remembered without a word. Needs an open scope.

    `place`: the network of a staff member's device, else "". Two first sign-ins at once tell twice, never not at all.
    """
    mark = _mark(person, device, place)
    seen = set(Alert.objects.filter(kind=KIND, recipient=person).values_list("about", flat=True))
    if mark in seen:
        return
    told = alerts.tell(KIND, recipient=person, actor=person, about=mark)
    if not seen:
        told.seen_by_id, told.seen_at = person, timezone.now()
        told.save(update_fields=["seen_by", "seen_at"])


def _mark(person: UUID, device: str, place: str) -> UUID:
    said = f"device {person} {device} {place}".encode()
    return UUID(bytes=hmac.digest(keyring.secret(settings.KEYS_DIR, "ticket"), said, hashlib.sha256)[:16])
