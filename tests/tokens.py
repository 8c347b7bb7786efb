"""Tokens of other systems, for tests and measurements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from identity import scope, secrets_of
from identity.api_tokens import PREFIX
from identity.models import ApiToken, Municipality


def token(municipality: Municipality, *scopes: str, **more: Any) -> str:
    """A new token's text; `more` are further columns of its row."""
    text, digest = secrets_of.make(municipality, PREFIX)
    with scope.transaction(municipality.id):
        ends = more.pop("expires_at", timezone.now() + timedelta(days=1))
        ApiToken.objects.create(name="t", secret_hash=digest, scopes=list(scopes), expires_at=ends, **more)
    return text
