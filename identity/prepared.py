"""Statements that the database plans once for each connection, instead of each time they are sent.

For the few large ones that run at every attempt to book: planning one costs more than running it. Said as `PREPARE` and
`EXECUTE`, since the driver forgets its own prepared statements at each ROLLBACK, which is how most attempts end. Walls
hold as ever: a kept plan asks for the municipality when it runs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by the driver's connection: what it has prepared


def fetch(name: str, sql: str, types: Mapping[str, str], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement with `%(named)s` values, whose PostgreSQL types are said in `types`.

    `name` begins its name in the database; another text has another name. Behind a pooler that does not keep prepared
    statements apart, `MOTAS_NO_PREPARED=1` sends it whole.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ready(name, sql, types), values)
        return list(cursor.fetchall())


def run(name: str, sql: str, types: Mapping[str, str], values: Mapping[str, Any]) -> int:
    """As `fetch`, of a statement that writes and gives nothing back: how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_ready(name, sql, types), values)
        return int(cursor.rowcount)


def _ready(name: str, sql: str, types: Mapping[str, str]) -> str:
    """What to send."""
    if not settings.PREPARED_STATEMENTS:
        return sql
    known, prepare, execute = _written(name, sql, tuple(sorted(types.items())))
    _prepare(known, prepare)
    return execute


def _prepare(name: str, statement: str) -> None:
    """Once for each connection; it stays when the transaction is rolled back, and goes with the connection."""
    wire = connection.connection
    done = _known.setdefault(wire, set())
    if name not in done:
        with connection.wrap_database_errors:
            wire.execute(statement)
        done.add(name)


@lru_cache(maxsize=64)
def _written(name: str, sql: str, types: tuple[tuple[str, str], ...]) -> tuple[str, str, str]:
    """The whole name, and the statements that prepare and run it."""
    of, order = dict(types), list(dict.fromkeys(_PLACE.findall(sql)))
    body = _PLACE.sub(lambda found: f"${order.index(found[1]) + 1}", sql).replace("%%", "%")
    whole = f"{name}_{hashlib.sha256(sql.encode()).hexdigest()[:12]}"
    declared, given = _listed(of[one] for one in order), _listed(f"%({one})s" for one in order)
    return whole, f"PREPARE {whole}{declared} AS {body}", f"EXECUTE {whole}{given}"


def _listed(words: Iterable[str]) -> str:
    found = ", ".join(words)
    return f" ({found})" if found else ""
