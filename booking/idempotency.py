"""A repeated call has one effect: the row is written in the transaction of the effect itself."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from django.utils import timezone

from booking.errors import KeyReused
from booking.models import IdempotencyKey
from identity.actors import Actor


def replayed(*, actor: Actor, key: str, asked: dict[str, object], result: UUID) -> UUID | None:
    """The earlier result of this key, or None after writing down that `result` comes of it now.

    `asked` is the canonical content of the call. Raises `KeyReused` when the key belongs to another content. A first
    call that still runs makes this one wait on the unique index, up to the transaction's lock timeout.
    """
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).digest()
    row = IdempotencyKey(actor=actor.key(), key=key, digest=digest, result=result, at=timezone.now())
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    made = IdempotencyKey.objects.get(actor=row.actor, key=key)
    if made.id == row.id:
        return None
    if bytes(made.digest) != digest:
        raise KeyReused
    return made.result
