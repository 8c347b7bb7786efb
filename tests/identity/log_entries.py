"""Access entries in the database, appended as the web role does, for tests of the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import models

from identity import scope
from identity.models import AccessEntry, Municipality

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def append(municipality: Municipality, n: int = 1, *, at: datetime = NEW_YEAR) -> list[UUID]:
    """`n` entries, a second apart, in one transaction; their ids in the order of time."""
    made = [uuid4() for _ in range(n)]
    with scope.transaction(municipality.id):
        AccessEntry.objects.bulk_create(
            AccessEntry(
                id=one,
                at=at + timedelta(seconds=second),
                actor=uuid4(),
                role="officer",
                action="booking.see",
                kind="booking",
                objects_seen=[uuid4()],
                network="192.0.2.7",
            )
            for second, one in enumerate(made)
        )
    return made


def log_of(municipality: Municipality, *fields: str) -> list[tuple[object, ...]]:
    """These fields of every entry, by number, read as the reader."""
    with scope.transaction(municipality.id, using="log_reader"):
        rows = AccessEntry.objects.using("log_reader").order_by(models.F("number").asc(nulls_last=True), "at")
        return list(rows.values_list(*fields))
