"""Access entries in the database, for tests of the log: as the web role appends them, or of any time as a superuser."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.db import models

from identity import scope
from identity.models import AccessEntry, Municipality

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def append(municipality: Municipality, n: int = 1, *, at: datetime | None = None) -> list[UUID]:
    """`n` entries in one transaction; their ids in the order of time.

    Without `at` as the web role, by the database's clock; with it past the clock, a second apart.
    """
    made = [uuid4() for _ in range(n)]
    rows = [
        AccessEntry(
            id=one,
            municipality=municipality,
            at=(at or NEW_YEAR) + timedelta(seconds=second),
            actor=uuid4(),
            role="officer",
            action="booking.see",
            kind="booking",
            objects_seen=[uuid4()],
            network="192.0.2.7",
        )
        for second, one in enumerate(made)
    ]
    if at is not None:
        past_the_clock(rows)
        return made
    with scope.transaction(municipality.id):
        for row in rows:
            row.save(force_insert=True)
    return made


def past_the_clock(rows: Iterable[AccessEntry]) -> None:
    """Write these entries as they are, as somebody whom no trigger stops."""
    names = [str(field.column) for field in AccessEntry._meta.local_concrete_fields]
    columns, places = ", ".join(names), ", ".join(["%s"] * len(names))
    where = settings.DATABASES["default"]
    with psycopg.connect(host=where["HOST"], dbname=where["NAME"], user="postgres") as database:
        database.execute("SET session_replication_role = replica")
        for row in rows:
            statement = f"INSERT INTO identity_accessentry ({columns}) VALUES ({places})"  # noqa: S608 - our own
            database.execute(statement.encode(), [getattr(row, name) for name in names])


def log_of(municipality: Municipality, *fields: str) -> list[tuple[object, ...]]:
    """These fields of every entry, by number, read as the reader."""
    with scope.transaction(municipality.id, using="log_reader"):
        rows = AccessEntry.objects.using("log_reader").order_by(models.F("number").asc(nulls_last=True), "at")
        return list(rows.values_list(*fields))
