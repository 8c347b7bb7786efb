"""A repeated call has one effect: the row is written in the transaction of the effect itself.

A use case says what was asked of it. Where a request of the API asks, the digest is that of its method, path and body
instead (`of_request`), and it is told whether its answer is an earlier one's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import OperationalError, connection
from django.utils import timezone

from booking.errors import InProgress, KeyReused
from booking.models import IdempotencyKey
from identity import scope
from identity.actors import Actor

_NO_LOCK = "55P03"
KEPT = timedelta(hours=24)


@dataclass
class OfRequest:
    """A request with a key: its digest (SHA-256), the status of its answer, and whether that was given before."""

    digest: bytes
    status: int
    replayed: bool = False


_request: ContextVar[OfRequest | None] = ContextVar("motas_request_with_key", default=None)


@contextmanager
def of_request(digest: bytes, status: int) -> Iterator[OfRequest]:
    """What is done inside is asked by this request. `status` becomes that of the first answer, if there was one."""
    seen = OfRequest(digest, status)
    before = _request.set(seen)
    try:
        yield seen
    finally:
        _request.reset(before)


def purge(*, municipality: int, now: datetime) -> int:
    """Forget keys after 24 hours; how many."""
    with scope.transaction(municipality, durable=True):
        return IdempotencyKey.objects.filter(at__lt=now - KEPT).delete()[0]


_INSERT = """
INSERT INTO booking_idempotencykey (municipality_id, id, actor, key, digest, result, status, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def replayed(*, actor: Actor, key: str, asked: Mapping[str, object], result: UUID, status: int = 200) -> UUID | None:
    """The earlier result of this key, or None after writing down that `result` comes of it now, with this `status`.

    `asked` is the canonical content of the call. Raises `KeyReused` when the key belongs to another content. A first
    call that still runs makes this one wait on the unique index; after the transaction's lock timeout it is
    `InProgress`. It stands before every lock: the second of two equal calls waits here and nowhere else.
    """
    digest, request = _digest(asked), _request.get()
    answer = request.status if request else status
    row: list[Any] = [scope.current(), uuid4(), actor.key(), key, digest, result, answer, timezone.now()]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, row)
            if cursor.rowcount:
                return None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == _NO_LOCK:
            raise InProgress from None
        raise
    return _result_of(IdempotencyKey.objects.get(actor=actor.key(), key=key), digest)


def earlier(*, actor: Actor, key: str, asked: Mapping[str, object]) -> UUID | None:
    """The result of this key if its call has ended, without writing anything. Raises `KeyReused`. In an open scope."""
    made = IdempotencyKey.objects.filter(actor=actor.key(), key=key).first()
    return _result_of(made, _digest(asked)) if made else None


def note(*, actor: Actor, key: str, result: UUID) -> None:
    """Keep the result of what was just done, in a transaction of its own: of what has one effect however often it is
    done. Of two at once the first one stays."""
    with scope.transaction(actor.municipality_id, durable=True):
        replayed(actor=actor, key=key, asked={}, result=result)


def _digest(asked: Mapping[str, object]) -> bytes:
    request = _request.get()
    if request is not None:
        return request.digest
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).digest()


def _result_of(made: IdempotencyKey, digest: bytes) -> UUID:
    if bytes(made.digest) != digest:
        raise KeyReused
    request = _request.get()
    if request is not None:
        request.replayed, request.status = True, made.status
    return made.result
