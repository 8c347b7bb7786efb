"""What stops a production process before it answers anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from identity import keyring

_PATIENCE = 5


def refuse_unsafe() -> None:
    """Raise `ImproperlyConfigured` with every fault at once. A trial or a test may lack secrets, not servers."""
    if settings.MODE not in ("production", "trial", "test"):
        raise ImproperlyConfigured("MOTAS_MODE is production, trial or test.")
    found = [*(_faults() if settings.MODE == "production" else ()), *_unreachable()]
    if found:
        raise ImproperlyConfigured("Mötas does not start: " + " ".join(found))


def _unreachable() -> Iterator[str]:
    """What is configured must answer, in every mode. Asked without Django, which refuses inside a running loop."""
    if settings.DATABASE_URL:
        database = settings.DATABASES["default"]
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        values: dict[str, Any] = {name: database.get(key) or None for name, key in names.items()}
        try:
            psycopg.connect(**values, connect_timeout=_PATIENCE).close()
        except psycopg.OperationalError:
            yield "The database at DATABASE_URL does not answer."
    if settings.REDIS_URL:
        server = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=_PATIENCE)
        try:
            server.ping()
        except redis.RedisError:
            yield "Redis at REDIS_URL does not answer."
        finally:
            server.close()


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
