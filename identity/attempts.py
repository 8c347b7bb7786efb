"""Started sign-ins: bound to the browser that started them, answered once, and gone after a day.

What comes back with the answer (a state, a nonce, a request number) is known by its SHA-256 only; what must be
remembered until then is sealed in the row, never in a cookie or an address.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from identity import network
from identity.models import IdentityProvider, Person, SignInAttempt

KEPT = timedelta(hours=24)


def browser_of(request: HttpRequest) -> bytes:
    """The browser session that asks, as SHA-256 of its key; a session is made if there is none yet."""
    if not request.session.session_key:
        request.session.create()
    return hashlib.sha256(str(request.session.session_key).encode()).digest()


def start(
    *,
    request: HttpRequest,
    kind: str,
    secret: str,
    lives: timedelta,
    provider: IdentityProvider | None = None,
    kept: dict[str, Any] | None = None,
    next_path: str = "",
    person: Person | None = None,
    booking: UUID | None = None,
    by: UUID | None = None,
) -> SignInAttempt:
    """Write down a started sign-in. `secret`: what its answer brings back. Needs an open scope."""
    now = timezone.now()
    return SignInAttempt.objects.create(
        kind=kind,
        provider=provider,
        session_digest=browser_of(request),
        lookup=_digest(secret),
        kept=json.dumps(kept or {}),
        network=network.trace(network.address_of(request)),
        next_path=next_path,
        person=person,
        booking=booking,
        by_id=by,
        started_at=now,
        expires_at=now + lives,
    )


def find(kind: str, secret: str) -> SignInAttempt | None:
    """The open, living try that this answer belongs to, locked until the end of the transaction; else None."""
    row = SignInAttempt.objects.select_for_update().filter(kind=kind, lookup=_digest(secret), state="open").first()
    return row if row is not None and timezone.now() < row.expires_at else None


def end_expired(kind: str, secret: str) -> None:
    """Close the try that this answer belonged to, if its time is over: its secret can be given out again."""
    over = SignInAttempt.objects.filter(kind=kind, lookup=_digest(secret), state="open", expires_at__lte=timezone.now())
    over.update(state="failed", code="expired", kept="")


def same_browser(attempt: SignInAttempt, request: HttpRequest) -> bool:
    """True when the browser that brings the answer is the one that started."""
    return hmac.compare_digest(bytes(attempt.session_digest), browser_of(request))


def same_network(attempt: SignInAttempt, request: HttpRequest) -> bool:
    """True when the answer comes from the address that started."""
    return hmac.compare_digest(bytes(attempt.network), network.trace(network.address_of(request)))


def kept(attempt: SignInAttempt) -> dict[str, Any]:
    """What was remembered."""
    return dict(json.loads(attempt.kept))


def keep(attempt: SignInAttempt, **values: object) -> None:
    """Remember more of a try."""
    attempt.kept = json.dumps(kept(attempt) | values)
    attempt.save(update_fields=["kept"])


def close(attempt: SignInAttempt, state: str, code: str = "") -> None:
    """End a try: done, failed or cancelled. What was remembered is forgotten."""
    attempt.state, attempt.code, attempt.kept = state, code, ""
    attempt.save(update_fields=["state", "code", "kept"])


def purge(now: datetime) -> int:
    """Delete what was started a day ago; how many. Needs an open scope."""
    return SignInAttempt.objects.filter(started_at__lt=now - KEPT).delete()[0]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
