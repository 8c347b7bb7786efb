"""What stops a production process before it answers anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from identity import endpoints, keyring

_PATIENCE = 5
_ADDRESSES = {"default": "DATABASE_URL", "log_reader": "LOG_READER_URL", "log_writer": "LOG_WRITER_URL"}
_TURN_SECRET = 32  # characters
_RIGHTS = """
SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_tables WHERE tableowner = current_user)
FROM pg_roles WHERE rolname = current_user
"""


def refuse_unsafe(*, seals: bool = False) -> None:
    """Raise `ImproperlyConfigured` with every fault at once. A trial or a test may lack secrets, not servers.

    `seals`: this process seals the access log, as the workers do; the others need not know the role that may.
    """
    if settings.MODE not in ("production", "trial", "test"):
        raise ImproperlyConfigured("MOTAS_MODE is production, trial or test.")
    if settings.MODE == "trial" and not settings.MODE_IS_NAMED:
        raise ImproperlyConfigured("DATABASE_URL is missing. A trial is started by: make run")
    roles = ("default", "log_reader", "log_writer") if seals else ("default", "log_reader")
    found = [*(_faults() if settings.MODE == "production" else ()), *_databases(*roles), *_redis()]
    if found:
        raise ImproperlyConfigured("Mötas does not start: " + " ".join(found))


def _databases(*aliases: str) -> Iterator[str]:
    """Each must answer, and not to a role that passes the walls. A trial's own server has no address to be told."""
    if not settings.DATABASE_URL:
        return
    for alias in aliases:
        if getattr(settings, _ADDRESSES[alias]):
            yield from _role(alias)
        else:
            yield f"{_ADDRESSES[alias]} is missing."


def _role(alias: str) -> Iterator[str]:
    """Asked without Django: a loop may run already."""
    database = settings.DATABASES[alias]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    values: dict[str, Any] = {name: database.get(key) or None for name, key in names.items()}
    try:
        with psycopg.connect(**values, connect_timeout=_PATIENCE) as connection:
            passes = connection.execute(_RIGHTS).fetchone()
    except psycopg.OperationalError:
        yield f"The database at {_ADDRESSES[alias]} does not answer."
    else:
        if passes is None or passes[0]:
            yield f"The role of {_ADDRESSES[alias]} owns tables or passes row-level security; use another."


def _redis() -> Iterator[str]:
    if not settings.REDIS_URL:
        return
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
    if not (settings.LOG_ANCHOR_FILE or settings.LOG_ANCHOR_SYSLOG or settings.LOG_ANCHOR_MAIL):
        yield "The access log has no witness: set LOG_ANCHOR_FILE, LOG_ANCHOR_SYSLOG or LOG_ANCHOR_MAIL."
    yield from _unlisted()
    yield from _turn_faults()


def _unlisted() -> Iterator[str]:
    """Addresses that nobody has said whom they are for."""
    for name in endpoints.unlisted(get_resolver().url_patterns):
        yield f"The address {name} has no row in identity/endpoints.py."


def _turn_faults() -> Iterator[str]:
    if settings.ICE_POLICY not in ("relay", "all"):
        yield "ICE_POLICY is relay or all."
    if not settings.TURN_URLS:
        yield "TURN_URLS is missing: meetings need a TURN server of your own."
    if any(not url.startswith(("turn:", "turns:")) for url in settings.TURN_URLS):
        yield "TURN_URLS may name turn: and turns: only; stun: would tell a third party who meets."
    if len(keyring.read_secret(Path(settings.TURN_SECRET_FILE))) < _TURN_SECRET:
        yield f"The file TURN_SECRET_FILE names needs a secret of at least {_TURN_SECRET} characters."
