"""What an API token is and may, in one statement: looked up, its use stamped, and the request counted.

Outside a search or a change nothing else is asked of the database before the work itself. The count is worth less than
the wait for the disk: it is committed without (`synchronous_commit`), and a crash forgets the last moment's counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from identity.limits import Guesses
from identity.models import ApiToken

STAMP: Final = timedelta(minutes=1)  # a later use within it is not written down
_ASK = """
WITH dry AS (
  SELECT w.rate FROM identity_limitbucket b
  JOIN unnest(%(keys)s::bytea[], %(bursts)s::float8[], %(rates)s::float8[]) AS w (key, burst, rate) USING (key)
  WHERE least(w.burst, b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * w.rate) < 1
  ORDER BY w.rate LIMIT 1
), shown AS (
  SELECT id, municipality_id, scopes, units, live_holds, networks, expires_at,
         CASE %(kind)s WHEN 'change' THEN changes_per_minute WHEN 'search' THEN searches_per_minute ELSE 0 END AS rate
  FROM identity_apitoken
  WHERE municipality_id = %(municipality)s AND secret_hash = %(digest)s AND expires_at > %(now)s
    AND (networks = '{}' OR EXISTS (SELECT FROM unnest(networks) n WHERE %(address)s::inet <<= n::inet))
    AND NOT EXISTS (SELECT FROM dry)
), used AS (
  UPDATE identity_apitoken t SET last_used_at = %(now)s FROM shown
  WHERE t.municipality_id = shown.municipality_id AND t.id = shown.id
    AND (t.last_used_at IS NULL OR t.last_used_at < %(stale)s)
), counted AS (
  INSERT INTO identity_limitbucket AS b (key, tokens, updated_at)
  SELECT sha256(convert_to(%(kind)s || ' ' || id, 'UTF8')), rate - 1, clock_timestamp()
  FROM shown WHERE rate > 0 AND %(scope)s = ANY(scopes)
  ON CONFLICT (key) DO UPDATE SET
    tokens = least(excluded.tokens + 1,
                   b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * (excluded.tokens + 1) / 60) - 1,
    updated_at = clock_timestamp()
  WHERE least(excluded.tokens + 1,
              b.tokens + extract(epoch FROM clock_timestamp() - b.updated_at) * (excluded.tokens + 1) / 60) >= 1
  RETURNING tokens
)
SELECT shown.id, shown.scopes, shown.units, shown.live_holds, shown.rate, EXISTS (SELECT FROM counted),
       (SELECT rate FROM dry), set_config('synchronous_commit', 'off', true)
FROM (SELECT) AS once LEFT JOIN shown ON true
"""


@dataclass(frozen=True)
class Asked:
    """What the statement asks: who shows what, from where, for which scope, and as what it counts.

    `kind`: change, search, or nothing for what is not counted.
    """

    digest: bytes
    municipality: int
    address: str
    scope: str
    kind: str
    now: datetime


@dataclass(frozen=True)
class Admitted:
    """A token that holds at this host, now, from there. `wait`: seconds until the next one may come, 0 for now."""

    token: ApiToken
    wait: float


def ask(asked: Asked, guesses: Guesses) -> tuple[Admitted | None, float]:
    """The token, and how many seconds the address must wait that guessed too much; in an open scope.

    No token: unknown, ended, or from a network that is not its own: one answer.
    """
    given: dict[str, Any] = guesses.parameters(asked.address) | {
        "digest": asked.digest,
        "municipality": asked.municipality,
        "address": asked.address or None,
        "scope": asked.scope,
        "kind": asked.kind,
        "now": asked.now,
        "stale": asked.now - STAMP,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASK, given)
        row = cursor.fetchone()
    token, scopes, units, live_holds, rate, counted, dry, _ = row
    if token is None:
        return None, 1 / dry if dry else 0
    wait = 60 / rate if rate and not counted and asked.scope in scopes else 0
    return Admitted(_token(token, asked.municipality, scopes, units, live_holds), wait), 0


def _token(id: UUID, municipality: int, scopes: list[str], units: list[UUID], live_holds: int) -> ApiToken:
    return ApiToken(id=id, municipality_id=municipality, scopes=scopes, units=units, live_holds=live_holds)
