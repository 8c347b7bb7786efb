"""The limiter: rows in PostgreSQL that count in one statement."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity import limits
from identity.errors import Limited
from identity.models import LimitBucket


def test_a_bucket_gives_its_burst_and_then_says_how_long_to_wait(db: None) -> None:
    for _ in range(3):
        limits.take("feed 1", per_minute=6, burst=3)
    with pytest.raises(Limited) as refused:
        limits.take("feed 1", per_minute=6, burst=3)
    assert refused.value.seconds == 10


def test_one_bucket_does_not_empty_another(db: None) -> None:
    limits.take("a", per_minute=1, burst=1)
    limits.take("b", per_minute=1, burst=1)
    with pytest.raises(Limited):
        limits.take("a", per_minute=1, burst=1)


def test_tokens_come_back_by_the_database_clock(db: None) -> None:
    limits.take("a", per_minute=1, burst=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_limitbucket SET updated_at = updated_at - interval '61 seconds'")
    limits.take("a", per_minute=1, burst=1)


def test_one_statement_and_no_name_in_the_table(db: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        limits.take("person 42", per_minute=1, burst=1)
    assert len(asked) == 1
    assert b"42" not in bytes(LimitBucket.objects.get().key)
