"""The sealer: gives each new access entry its number and its hash, as the one role that may write those two.

Entries are appended without a lock and without a number, so they never wait for each other. The sealer comes after
them: one at a time in each municipality, held apart by the advisory lock (2, municipality), a batch in a transaction.
An entry that is committed late is sealed late: its number then follows those of later times, and the chain is whole.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, connections

from identity import scope
from identity.chain import Entry, canonical, genesis, link
from identity.models import AccessEntry

ALIAS = "log_writer"
BATCH = 5000
FIELDS = tuple("municipality_id" if name == "municipality" else name for name in Entry._fields)
_LOCK = 2  # the first key of the sealer's advisory locks; a calendar's is 1, a person's 3
_SEAL = """
UPDATE identity_accessentry entry SET number = %s + sealed.place, hash = sealed.hash
FROM unnest(%s::uuid[], %s::bytea[]) WITH ORDINALITY AS sealed(id, hash, place)
WHERE entry.id = sealed.id AND entry.number IS NULL
"""


class Waiting(NamedTuple):
    """A municipality with entries that are not sealed, and the time of the oldest one."""

    municipality: int
    oldest: datetime


def waiting(using: str = ALIAS) -> list[Waiting]:
    """Where entries wait for their seal. One statement, however many municipalities there are."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT municipality, oldest FROM identity_unsealed()")
        return [Waiting(*row) for row in cursor.fetchall()]


def seal_all(seconds: float) -> int:
    """Seal what waits, a batch of each municipality in turn, for at most about `seconds`; how many were sealed."""
    sealed, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        batch = sum(seal(one.municipality) for one in waiting())
        if not batch:
            break
        sealed += batch
    return sealed


def seal(municipality: int) -> int:
    """Seal the oldest batch of one municipality, in a transaction of its own; how many were sealed.

    0 as well when another sealer is at it. Raises `IntegrityError` when entries went away meanwhile; none is sealed.
    """
    with scope.transaction(municipality, durable=True, using=ALIAS):
        if not _alone(municipality):
            return 0
        entries = _unsealed()
        if entries:
            _write(entries, *_head(municipality))
        return len(entries)


def _alone(municipality: int) -> bool:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, municipality])
        return bool(cursor.fetchone()[0])


def _unsealed() -> list[Entry]:
    rows = AccessEntry.objects.using(ALIAS).filter(number=None).order_by("at", "id")
    return [Entry._make(values) for values in rows.values_list(*FIELDS)[:BATCH]]


def _head(municipality: int) -> tuple[int, bytes]:
    """The last number and its hash."""
    rows = AccessEntry.objects.using(ALIAS).filter(number__isnull=False).order_by("-number")
    number, last = rows.values_list("number", "hash").first() or (0, genesis(municipality))
    return int(number or 0), bytes(last or b"")


def _write(entries: list[Entry], number: int, last: bytes) -> None:
    """Seal these entries after the one that has this number and this hash."""
    ids: list[UUID] = []
    hashes: list[bytes] = []
    for place, entry in enumerate(entries, start=number + 1):
        last = link(last, canonical(entry, place))
        ids.append(entry.id)
        hashes.append(last)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_SEAL, [number, ids, hashes])
        if cursor.rowcount != len(entries):
            raise IntegrityError("entries went away while they were being sealed")
