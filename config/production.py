"""What stops a production process before it answers anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from identity import keyring


def refuse_unsafe() -> None:
    """Raise `ImproperlyConfigured` with every fault at once; does nothing in a trial or a test."""
    if settings.MODE not in ("production", "trial", "test"):
        raise ImproperlyConfigured("MOTAS_MODE is production, trial or test.")
    if settings.MODE != "production":
        return
    found = list(_faults())
    if found:
        raise ImproperlyConfigured("Mötas does not start: " + " ".join(found))


def _faults() -> Iterator[str]:
    if not settings.DATABASE_URL:
        yield "DATABASE_URL is missing."
    if not settings.REDIS_URL:
        yield "REDIS_URL is missing."
    for name in keyring.NAMES:
        if not keyring.read_secret(settings.KEYS_DIR / name):
            yield f"The secret file {settings.KEYS_DIR / name} is missing or empty."
    if settings.DEBUG:
        yield "DEBUG is on."
    if settings.ICE_POLICY == "relay" and not settings.TURN_URLS:
        yield "TURN_URLS is missing: meetings are relayed in production."
    if settings.TURN_URLS and not keyring.read_secret(Path(settings.TURN_SECRET_FILE)):
        yield "TURN_URLS is set, but the file TURN_SECRET_FILE names holds no secret."
