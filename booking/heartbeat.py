"""The worker's sign of life: a stamp in the database, written by a job, read by `/healthz`."""

from __future__ import annotations

import hashlib

from django.db import connection

_KEY = hashlib.sha256(b"worker heartbeat").digest()
_STALE = "60 seconds"


def beat() -> None:
    """Say that the worker works. Uses a limiter row: outside the walls, names nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_limitbucket (key, tokens, updated_at) VALUES (%s, 0, clock_timestamp()) "
            "ON CONFLICT (key) DO UPDATE SET updated_at = clock_timestamp()",
            [_KEY],
        )


def worker_alive() -> bool:
    """True when a worker wrote its sign within the last minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT updated_at > clock_timestamp() - %s::interval FROM identity_limitbucket WHERE key = %s",
            [_STALE, _KEY],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
