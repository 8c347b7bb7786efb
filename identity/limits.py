"""Rate limits as rows in PostgreSQL: one token-bucket statement, outside the walls.

If the count cannot be made, the caller's action fails with the database's error: limits never fail open.
"""

from __future__ import annotations

import hashlib
import math

from django.db import connection

from identity.errors import Limited

_TAKE = """
INSERT INTO identity_limitbucket AS b (key, tokens, updated_at) VALUES (%(key)s, %(burst)s - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
  tokens = least(%(burst)s, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * %(rate)s) - 1,
  updated_at = clock_timestamp()
WHERE least(%(burst)s, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * %(rate)s) >= 1
RETURNING tokens
"""


def take(key: str, *, per_minute: float, burst: int) -> None:
    """Take one token from the bucket `key`. Raises `Limited` with the seconds to wait.

    `key` names what is limited; it is hashed, so the table says nothing about anybody.
    """
    hashed = hashlib.sha256(key.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": hashed, "burst": float(burst), "rate": per_minute / 60})
        taken = cursor.fetchone()
    if taken is None:
        raise Limited(math.ceil(60 / per_minute))
