"""Rate limits as rows in PostgreSQL: one token-bucket statement, outside the walls.

If the count cannot be made, the answer is that it was one too many: limits never fail open.
"""

from __future__ import annotations

import hashlib
import logging
import math

from django.db import DatabaseError, connection

from identity.errors import Limited
from identity.network import neighbourhood

log = logging.getLogger("motas.limits")
_UNCOUNTED = 60
_TAKE = """
INSERT INTO identity_limitbucket AS b (key, tokens, updated_at) VALUES (%(key)s, %(burst)s - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
  tokens = least(%(burst)s, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * %(rate)s) - 1,
  updated_at = clock_timestamp()
WHERE least(%(burst)s, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * %(rate)s) >= 1
RETURNING tokens
"""


def take_sign_in(kind: str, address: str, municipality: int) -> None:
    """Count one try to sign in: per address, per its network, per municipality and in all. Raises `Limited`.

    A person's own name is no bucket: whoever guesses at somebody must not lock them out.
    """
    take(f"{kind}:in all", per_minute=6000, burst=6000)
    take(f"{kind}:municipality:{municipality}", per_minute=3000, burst=3000)
    take(f"{kind}:network:{neighbourhood(address)}", per_minute=60, burst=120)
    take(f"{kind}:address:{address}", per_minute=10, burst=30)


def take(key: str, *, per_minute: float, burst: int) -> None:
    """Take one token from the bucket `key`. Raises `Limited` with the seconds to wait, also when it cannot be counted.

    `key` names what is limited; it is hashed, so the table says nothing about anybody.
    """
    hashed = hashlib.sha256(key.encode()).digest()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"key": hashed, "burst": float(burst), "rate": per_minute / 60})
            taken = cursor.fetchone()
    except DatabaseError as error:
        log.error("not counted: %s", type(error).__name__)
        raise Limited(_UNCOUNTED) from None
    if taken is None:
        raise Limited(math.ceil(60 / per_minute))
