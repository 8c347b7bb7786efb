"""Rate limits as rows in PostgreSQL: one token-bucket statement, outside the walls.

If the count cannot be made, the answer is that it was one too many: limits never fail open. Who is counted in several
buckets takes from the narrowest first, and what is refused has taken nothing from any: whoever tries too much uses up
their own share and nobody else's.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import Error, connection, transaction

from identity.errors import Limited
from identity.network import neighbourhood, region, site

log = logging.getLogger("motas.limits")
_UNCOUNTED = 60
_FIRST: Final = 5  # tries of an address that are its first ones: nobody needs more to come in
_TAKE = """
INSERT INTO identity_limitbucket AS b (key, tokens, updated_at) VALUES (%(key)s, %(burst)s - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
  tokens = least(%(burst)s, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * %(rate)s) - 1,
  updated_at = clock_timestamp()
WHERE least(%(burst)s, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * %(rate)s) >= 1
RETURNING tokens
"""
_DRY = """
SELECT w.rate FROM identity_limitbucket AS b
JOIN unnest(%(keys)s::bytea[], %(bursts)s::float8[], %(rates)s::float8[]) AS w (key, burst, rate) USING (key)
WHERE least(w.burst, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * w.rate) < 1
ORDER BY w.rate
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is limited (hashed, so that the table says nothing about anybody), tokens a minute, and at most."""

    key: str
    per_minute: float
    burst: int

    @property
    def hashed(self) -> bytes:
        """The key of its row."""
        return hashlib.sha256(self.key.encode()).digest()

    @property
    def seconds(self) -> int:
        """Until the next token."""
        return math.ceil(60 / self.per_minute)


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong secrets of one kind: so many from an address, and six times as many from its network.

    Only wrong ones are counted; whoever has the right one is held up by nobody but their own address or network.
    """

    kind: str
    per_minute: float
    burst: int

    def check(self, address: str) -> None:
        """Before the secret is looked up: takes nothing. Raises `Limited` when the address guessed too much lately."""
        with _counted(), connection.cursor() as cursor:
            cursor.execute(_DRY, self.parameters(address))
            dry = cursor.fetchone()
        if dry is not None:
            raise Limited(math.ceil(1 / dry[0]))

    def parameters(self, address: str) -> dict[str, Any]:
        """The address's buckets, for a statement that looks whether one is dry: keys, bursts, tokens a second."""
        asked = self._buckets(address)
        return {
            "keys": [one.hashed for one in asked],
            "bursts": [float(one.burst) for one in asked],
            "rates": [one.per_minute / 60 for one in asked],
        }

    def count(self, address: str) -> None:
        """After a wrong one. Raises `Limited` when it was one too many."""
        with _counted(), transaction.atomic():
            for bucket in self._buckets(address):
                _need(bucket)

    def _buckets(self, address: str) -> tuple[Bucket, ...]:
        return (
            Bucket(f"{self.kind}:address:{address}", self.per_minute, self.burst),
            Bucket(f"{self.kind}:network:{neighbourhood(address)}", self.per_minute * 6, self.burst * 4),
        )


@dataclass(frozen=True, slots=True)
class Share:
    """What one address may try at a way in: tries a minute, and at once. Its network may six and four times that."""

    per_minute: float
    burst: int


# A code that somebody types could be guessed. An answer that a key or a provider has signed cannot: there the limit
# keeps off load only, and a whole town hall that signs in at eight o'clock behind one address comes in.
TYPED: Final = Share(10, 30)
SIGNED: Final = Share(60, 120)


def take_sign_in(kind: str, address: str, municipality: int, share: Share = TYPED) -> None:
    """Count one try to sign in: per address, per its network, per municipality and in all. Raises `Limited`.

    A person's own name is no bucket: whoever guesses at somebody must not lock them out. Nor must whoever empties a
    bucket that others share: the first tries of an address pass all the same, so many from each region of the net.
    """
    with _counted(), transaction.atomic():
        fresh = _near(kind, address, share)
        wide = (
            Bucket(f"{kind}:municipality:{municipality}", 6_000, 6_000),
            Bucket(f"{kind}:in all", 60_000, 60_000),
        )
        dry = [bucket for bucket in wide if _left(bucket) is None]
        if dry and not fresh:
            raise Limited(dry[0].seconds)
        if dry:
            _need(Bucket(f"{kind}:first:{municipality}:{region(address)}", 60, 120))


def _near(kind: str, address: str, share: Share) -> bool:
    """Take from the buckets that only neighbours share. True when these were first tries."""
    own = Bucket(f"{kind}:address:{address}", share.per_minute, share.burst)
    network = Bucket(f"{kind}:network:{neighbourhood(address)}", share.per_minute * 6, share.burst * 4)
    own_left, network_left = _need(own), _need(network)
    if site(address):
        _need(Bucket(f"{kind}:site:{site(address)}", share.per_minute * 30, share.burst * 20))
    return own_left >= own.burst - _FIRST and network_left >= network.burst / 2


def take(key: str, *, per_minute: float, burst: int) -> None:
    """Take one token from the bucket `key`. Raises `Limited` with the seconds to wait, also when it is not counted."""
    with _counted():
        _need(Bucket(key, per_minute, burst))


def _need(bucket: Bucket) -> float:
    """Take one token: how many are left. Raises `Limited`."""
    left = _left(bucket)
    if left is None:
        raise Limited(bucket.seconds)
    return left


def _left(bucket: Bucket) -> float | None:
    """Take one token: how many are left, None when there was none; then nothing is changed."""
    given: dict[str, Any] = {"key": bucket.hashed, "burst": float(bucket.burst), "rate": bucket.per_minute / 60}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, given)
        taken = cursor.fetchone()
    return None if taken is None else float(taken[0])


@contextmanager
def _counted() -> Iterator[None]:
    """What the database cannot count was one too many."""
    try:
        yield
    except Error as error:
        log.error("not counted: %s", type(error).__name__)
        raise Limited(_UNCOUNTED) from None
