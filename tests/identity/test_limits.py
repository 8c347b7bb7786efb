"""The limiter: rows in PostgreSQL that count in one statement."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity import limits, network
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


LARGEST = {"network": 120, "municipality": 6_000, "in all": 60_000}


def left(key: str) -> float | None:
    """How many tokens the bucket has, None when nothing was ever taken."""
    row = LimitBucket.objects.filter(key=sha256(key.encode()).digest()).first()
    return row.tokens if row else None


def drain(key: str) -> None:
    """Leave nothing in a bucket, and let the next token be far away."""
    soon = timezone.now() + timedelta(hours=1)
    values = {"tokens": 0.0, "updated_at": soon}
    LimitBucket.objects.update_or_create(key=sha256(key.encode()).digest(), defaults=values)


def tries(address: str, number: int, municipality: int = 1, share: limits.Share = limits.TYPED) -> int:
    """How many of so many tries to sign in were let through."""
    passed = 0
    for _ in range(number):
        try:
            limits.take_sign_in("x", address, municipality, share)
        except Limited:
            continue
        passed += 1
    return passed


def test_a_whole_office_comes_in_behind_one_address_where_nothing_can_be_guessed(db: None) -> None:
    assert tries("203.0.113.5", 100, share=limits.SIGNED) == 100
    assert 20 <= tries("203.0.113.5", 40, share=limits.SIGNED) < 40


def test_who_is_refused_takes_nothing_from_what_others_share(db: None) -> None:
    passed = tries("203.0.113.5", 100)
    assert 30 <= passed <= 32
    for shared in ("x:network:203.0.113.0/24", "x:municipality:1", "x:in all"):
        after = left(shared)
        assert after is not None
        assert after >= LARGEST[shared.split(":")[1]] - passed


def test_a_wide_refusal_gives_back_what_the_narrow_ones_took(db: None) -> None:
    tries("203.0.113.5", 10)
    drain("x:municipality:1")
    before = left("x:address:203.0.113.5"), left("x:in all")
    assert tries("203.0.113.5", 20) == 0
    assert (left("x:address:203.0.113.5"), left("x:in all")) == before


def test_one_whole_network_leaves_the_municipality_nearly_full(db: None) -> None:
    passed = sum(tries(f"203.0.113.{last}", 10) for last in range(1, 60))
    assert 120 <= passed <= 130
    assert (left("x:municipality:1") or 0) >= 6_000 - passed


@pytest.mark.parametrize("dry", ["x:municipality:1", "x:in all"])
def test_the_first_tries_of_an_address_pass_when_what_is_shared_is_empty(db: None, dry: str) -> None:
    tries("203.0.113.5", 10)
    drain(dry)
    assert tries("203.0.113.5", 3) == 0, "who tried before waits"
    assert tries("198.51.100.7", 8) == 5, "who did not comes in"
    assert tries("2001:db8:1::7", 8) == 5


def test_an_attacked_municipality_takes_nothing_from_its_neighbour(db: None) -> None:
    drain("x:municipality:1")
    assert tries("203.0.113.5", 20, municipality=2) == 20


def test_the_share_of_first_tries_is_of_each_region_alone(db: None) -> None:
    drain("x:in all")
    passed = sum(tries(f"203.0.{third}.5", 5) for third in range(40))
    assert 120 <= passed <= 125
    assert tries("198.51.100.7", 5) == 5


def test_whoever_has_many_networks_of_one_site_is_one(db: None) -> None:
    passed = sum(tries(f"2001:db8:1:{third:x}00::5", 30) for third in range(30))
    assert 600 <= passed <= 650
    assert tries("2001:db8:2::5", 5) == 5


def test_wrong_secrets_are_counted_and_right_ones_are_not(db: None) -> None:
    wrong = limits.Guesses("token", 10, 30)
    for _ in range(30):
        wrong.check("203.0.113.5")
        wrong.count("203.0.113.5")
    with pytest.raises(Limited) as refused:
        wrong.check("203.0.113.5")
    assert refused.value.seconds == 6
    before = list(LimitBucket.objects.order_by("key").values_list("key", "tokens"))
    for _ in range(200):
        wrong.check("203.0.113.6")
        wrong.check("198.51.100.7")
    assert list(LimitBucket.objects.order_by("key").values_list("key", "tokens")) == before


def test_addresses_that_know_of_two_versions_are_no_neighbours() -> None:
    asked = RequestFactory().get("/", REMOTE_ADDR="::ffff:203.0.113.5")
    assert network.address_of(asked) == "203.0.113.5"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["_TAKE", "_DRY"])
def test_what_cannot_be_counted_is_refused(statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, statement, "SELECT no_such_thing")
    wrong = limits.Guesses("token", 10, 30)
    asked = wrong.check if statement == "_DRY" else wrong.count
    with pytest.raises(Limited):
        asked("203.0.113.5")
    if statement == "_TAKE":
        assert tries("203.0.113.5", 2) == 0
    assert not LimitBucket.objects.exists()
