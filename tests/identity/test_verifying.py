"""Whatever the database's owner does to the access log, `verify_access_log` names it, as an operator runs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.health import report
from identity import anchors, sealing, verifying
from identity.models import Municipality
from tests.identity.log_entries import append, log_of

Super = Callable[[], psycopg.Connection[Any]]
Owner = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])


@pytest.fixture
def sealed(municipality: Municipality) -> list[UUID]:
    """The ids of six entries that are sealed, in their order."""
    ids = append(municipality, 6)
    sealing.seal_all(60)
    return ids


@pytest.fixture
def by_owner(superuser: Super) -> Owner:
    """One statement of somebody whom neither the walls nor the trigger stop."""

    def run(sql: str, **values: object) -> None:
        with superuser() as database:
            database.execute("SET session_replication_role = replica")
            database.execute(sql.encode(), values)

    return run


@pytest.fixture
def anchored(settings: Settings, tmp_path: Path) -> Callable[[], bool]:
    """Tells the heads to a file now; the command compares with that file by itself."""
    settings.LOG_ANCHOR_FILE = str(tmp_path / "log-anchors")
    return lambda: anchors.keep(anchors.heads(timezone.now()))


def said(capsys: pytest.CaptureFixture[str], *arguments: str, broken: str = "") -> list[str]:
    """What the command prints; `broken`: the municipalities that it ends with as not whole."""
    if broken:
        with pytest.raises(CommandError, match=f"not whole: {broken}\\.$"):
            call_command("verify_access_log", *arguments)
    else:
        call_command("verify_access_log", *arguments)
    return capsys.readouterr().out.splitlines()


def test_a_whole_log_is_said_to_hold(
    sealed: list[UUID], neighbour: Municipality, anchored: Callable[[], bool], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys) == [
        "exempelkommun: 6 entries hold, 0 compared with an anchor",
        "grannkommun: 0 entries hold, 0 compared with an anchor",
    ]
    anchored()
    assert said(capsys, "--municipality", "exempelkommun") == [
        "exempelkommun: 6 entries hold, 1 compared with an anchor"
    ]


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor = gen_random_uuid()",
        "actor = NULL",
        "role = 'resident'",
        "unit = gen_random_uuid()",
        "action = 'booking.list'",
        "kind = 'person'",
        "objects_seen = '{}'",
        "objects_seen = objects_seen || gen_random_uuid()",
        "allowed = NOT allowed",
        "reason = 'none'",
        "network = '198.51.100.9'",
        "hash = sha256(hash)",
    ],
)
def test_an_altered_entry_is_named(
    sealed: list[UUID], by_owner: Owner, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    by_owner(f"UPDATE identity_accessentry SET {change} WHERE id = %(id)s", id=sealed[2])  # noqa: S608 - our own
    assert said(capsys, broken="exempelkommun") == [
        f"exempelkommun: entry 3 ({sealed[2]}) was altered after its seal (2 entries hold, 0 compared with an anchor)"
    ]


def test_a_removed_entry_is_named(sealed: list[UUID], by_owner: Owner, capsys: pytest.CaptureFixture[str]) -> None:
    by_owner("DELETE FROM identity_accessentry WHERE number = 4")
    assert said(capsys, broken="exempelkommun") == [
        "exempelkommun: entry 4 was removed (3 entries hold, 0 compared with an anchor)"
    ]


def test_a_removed_entry_is_named_although_the_gap_was_closed(
    sealed: list[UUID], by_owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    by_owner("DELETE FROM identity_accessentry WHERE number = 4")
    for number in (5, 6):
        by_owner("UPDATE identity_accessentry SET number = number - 1 WHERE number = %(number)s", number=number)
    assert "entry 4 was removed" in said(capsys, broken="exempelkommun")[0]


def test_an_inserted_entry_is_named(
    sealed: list[UUID], municipality: Municipality, by_owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    (forged,) = append(municipality)
    for number in (6, 5, 4):
        by_owner("UPDATE identity_accessentry SET number = number + 1 WHERE number = %(number)s", number=number)
    by_owner("UPDATE identity_accessentry SET number = 4, hash = sha256('') WHERE id = %(id)s", id=forged)
    assert f"entry 4 ({forged}) was inserted" in said(capsys, broken="exempelkommun")[0]


def test_a_forged_entry_at_the_end_is_named_also_after_others_were_sealed_onto_it(
    sealed: list[UUID], municipality: Municipality, by_owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    (forged,) = append(municipality)
    by_owner("UPDATE identity_accessentry SET number = 7, hash = sha256('') WHERE id = %(id)s", id=forged)
    assert f"entry 7 ({forged}) was altered, or put in the place" in said(capsys, broken="exempelkommun")[0]
    append(municipality, 2)
    sealing.seal_all(60)
    assert f"entry 7 ({forged}) was altered" in said(capsys, broken="exempelkommun")[0]


def test_an_end_that_was_cut_off_is_named_by_the_anchor(
    sealed: list[UUID],
    municipality: Municipality,
    by_owner: Owner,
    anchored: Callable[[], bool],
    capsys: pytest.CaptureFixture[str],
) -> None:
    anchored()
    by_owner("DELETE FROM identity_accessentry WHERE number > 4")
    assert said(capsys, broken="exempelkommun") == [
        "exempelkommun: the end was cut off: entry 5 is missing, and an anchor knows of it "
        "(4 entries hold, 1 compared with an anchor)"
    ]
    append(municipality, 2)
    sealing.seal_all(60)
    assert "entry 6" in said(capsys, broken="exempelkommun")[0]


def test_a_chain_that_was_made_anew_is_named_by_the_anchor(
    sealed: list[UUID],
    municipality: Municipality,
    by_owner: Owner,
    anchored: Callable[[], bool],
    capsys: pytest.CaptureFixture[str],
) -> None:
    anchored()
    append(municipality, 3)
    sealing.seal_all(60)
    anchored()
    by_owner("UPDATE identity_accessentry SET reason = 'forged' WHERE number = 8")
    by_owner("UPDATE identity_accessentry SET number = NULL, hash = NULL WHERE number > 7")
    sealing.seal_all(60)
    line = said(capsys, broken="exempelkommun")[0]
    assert "made anew: entry 9" in line
    assert "the last entry that agrees with one is 6 (9 entries hold, 2 compared with an anchor)" in line


def test_entries_that_nobody_seals_are_named_and_turn_the_health_red(
    municipality: Municipality, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = append(municipality, 2, at=timezone.now() - timedelta(minutes=5))
    append(municipality, 1)
    assert said(capsys, broken="exempelkommun") == [
        "exempelkommun: 2 entries older than a minute, or of a time to come, have no seal "
        f"({first}, {second}) (0 entries hold, 0 compared with an anchor)"
    ]
    assert report()["log"] == "failing"
    assert report()["status"] == "failing"
    sealing.seal_all(60)
    append(municipality, 1)
    assert report()["log"] == "ok"
    assert len(said(capsys)) == 1


@pytest.mark.parametrize("years", [-2, 2])
def test_an_entry_that_was_inserted_unsealed_with_another_time_is_named(
    sealed: list[UUID], municipality: Municipality, years: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (forged,) = append(municipality, at=timezone.now() + timedelta(days=365 * years))
    sealing.seal_all(60)
    append(municipality, 2)
    sealing.seal_all(60)
    assert said(capsys, broken="exempelkommun") == [
        f"exempelkommun: entry 7 ({forged}) was inserted: its time does not fit its place "
        "(9 entries hold, 0 compared with an anchor)"
    ]


def test_an_entry_of_a_time_to_come_is_named_before_and_after_that_time_by_an_anchor(
    sealed: list[UUID],
    municipality: Municipality,
    anchored: Callable[[], bool],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (forged,) = append(municipality, at=timezone.now() + timedelta(hours=1))
    assert f"of a time to come, have no seal ({forged})" in said(capsys, broken="exempelkommun")[0]
    sealing.seal_all(60)
    anchored()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert f"entry 7 ({forged}) was inserted" in said(capsys, broken="exempelkommun")[0]


def test_an_entry_that_was_inserted_with_a_number_and_no_hash_of_the_sealers_is_named(
    sealed: list[UUID], municipality: Municipality, by_owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    (forged,) = append(municipality, at=timezone.now() - timedelta(days=730))
    by_owner("UPDATE identity_accessentry SET number = 7 WHERE id = %(id)s", id=forged)
    assert f"entry 7 ({forged}) was altered, or put in the place" in said(capsys, broken="exempelkommun")[0]


def test_a_municipality_that_is_gone_with_its_whole_log_is_named_by_its_anchor(
    sealed: list[UUID],
    neighbour: Municipality,
    by_owner: Owner,
    anchored: Callable[[], bool],
    capsys: pytest.CaptureFixture[str],
) -> None:
    anchored()
    by_owner("DELETE FROM identity_accessentry WHERE number > 0")
    by_owner("DELETE FROM identity_municipality WHERE short_id = 'ex'")
    assert said(capsys, broken="ex") == [
        "grannkommun: 0 entries hold, 0 compared with an anchor",
        "ex: there is no such municipality, and an anchor knows of its entry 6",
    ]
    by_owner("DELETE FROM identity_municipality WHERE short_id = 'gr'")
    assert len(said(capsys, broken="ex")) == 1


def test_one_municipality_that_is_not_whole_does_not_hide_the_others(
    sealed: list[UUID], neighbour: Municipality, by_owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    append(neighbour, 2)
    sealing.seal_all(60)
    by_owner("UPDATE identity_accessentry SET allowed = false WHERE id = %(id)s", id=sealed[0])
    first, second = said(capsys, broken="exempelkommun")
    assert first.startswith(f"exempelkommun: entry 1 ({sealed[0]}) was altered")
    assert second == "grannkommun: 2 entries hold, 0 compared with an anchor"
    assert said(capsys, "--municipality", "grannkommun") == [second]


def test_anchors_that_are_named_are_compared_and_must_be_there(
    sealed: list[UUID], municipality: Municipality, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "from-syslog"
    kept.write_text(f"Jan 1 host motas: motas-anchor ex 6 {'00' * 32} 2027-01-01T12:00:00+00:00\n")
    assert "made anew" in said(capsys, "--anchors", str(kept), broken="exempelkommun")[0]
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_access_log", "--anchors", str(tmp_path / "missing"))
    with pytest.raises(CommandError, match="no such municipality"):
        call_command("verify_access_log", "--municipality", "storstad")


def test_the_log_is_read_as_the_reader_and_in_pieces(
    sealed: list[UUID], municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    monkeypatch.setattr(verifying, "_ROWS", 2)
    with CaptureQueriesContext(connections["default"]) as as_web:
        verdict = verifying.verify(municipality, [], now=timezone.now())
    assert verdict.entries == 6
    assert len(as_web) == 0
    assert len(log_of(municipality, "id")) == 6
