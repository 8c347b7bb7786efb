"""New access entries get their number and their hash, once, without a gap, whoever else is at it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.celery import app
from identity import jobs, scope, sealing
from identity.models import AccessEntry, Municipality
from identity.verifying import verify
from tests.identity.log_entries import NEW_YEAR, append, log_of

Super = Callable[[], psycopg.Connection[Any]]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])


def holds(municipality: Municipality, entries: int) -> bool:
    """Whether the chain is whole and has so many entries, all of them sealed."""
    verdict = verify(municipality, [], now=timezone.now() + timedelta(days=3650))
    return verdict.whole and verdict.entries == entries


def test_entries_are_sealed_in_the_order_of_time_and_the_chain_holds(municipality: Municipality) -> None:
    late = append(municipality, 2, at=NEW_YEAR + timedelta(days=1))
    early = append(municipality, 3, at=NEW_YEAR)
    assert sealing.seal(municipality.id) == 5
    assert log_of(municipality, "number", "id") == list(enumerate([*early, *late], start=1))
    assert holds(municipality, 5)


def test_an_entry_that_is_committed_late_follows_those_that_are_sealed(municipality: Municipality) -> None:
    append(municipality, 2, at=NEW_YEAR + timedelta(minutes=1))
    sealing.seal(municipality.id)
    (late,) = append(municipality, at=NEW_YEAR)
    sealing.seal(municipality.id)
    assert log_of(municipality, "number", "id")[-1] == (3, late)
    assert holds(municipality, 3)


def test_batches_follow_each_other(municipality: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    append(municipality, 7)
    assert sealing.seal(municipality.id) == 3
    assert sealing.seal_all(60) == 4
    assert holds(municipality, 7)


def test_each_municipality_has_a_chain_of_its_own(municipality: Municipality, neighbour: Municipality) -> None:
    append(municipality, 3)
    append(neighbour, 2)
    assert {one.municipality for one in sealing.waiting()} == {municipality.id, neighbour.id}
    assert sealing.seal_all(60) == 5
    assert holds(municipality, 3)
    assert holds(neighbour, 2)
    assert sealing.waiting() == []


def test_a_house_where_nothing_happens_costs_one_statement(municipality: Municipality, neighbour: Municipality) -> None:
    with CaptureQueriesContext(connections["log_writer"]) as asked:
        assert sealing.seal_all(60) == 0
    assert len(asked) == 1


def test_what_waits_is_told_without_leaving_a_municipality_open(municipality: Municipality) -> None:
    append(municipality, 2, at=NEW_YEAR)
    with scope.transaction(municipality.id, using="log_reader"):
        assert sealing.waiting("log_reader") == [sealing.Waiting(municipality.id, NEW_YEAR)]
        assert AccessEntry.objects.using("log_reader").count() == 2
    with connections["log_reader"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity_accessentry")
        assert cursor.fetchone() == (0,)


def test_a_second_sealer_leaves_the_municipality_to_the_first(municipality: Municipality, superuser: Super) -> None:
    append(municipality, 2)
    with superuser() as first, first.transaction():
        first.execute("SELECT pg_advisory_xact_lock(2, %s)", [municipality.id])
        assert sealing.seal_all(60) == 0
    assert sealing.seal_all(60) == 2


def test_sealers_and_appenders_race_and_no_number_is_missing(
    municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 7)
    go, done, failed = threading.Barrier(5), threading.Event(), []

    def at_once(work: Callable[[], object]) -> None:
        try:
            go.wait(30)
            work()
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)
        finally:
            connections.close_all()

    def seal_until_done() -> None:
        while not done.is_set():
            sealing.seal_all(60)

    appenders = [
        threading.Thread(target=at_once, args=(lambda: [append(municipality, n % 3 + 1) for n in range(20)],))
        for _ in range(3)
    ]
    sealers = [threading.Thread(target=at_once, args=(seal_until_done,)) for _ in range(2)]
    for thread in (*appenders, *sealers):
        thread.start()
    for thread in appenders:
        thread.join(60)
    done.set()
    for thread in sealers:
        thread.join(60)
    sealing.seal_all(60)
    assert failed == []
    assert holds(municipality, 3 * 39)


def around(write: Callable[..., None], *, before: Callable[[], object] = str, after: Callable[[], object] = str) -> Any:  # noqa: ANN401
    """The sealer's writing, with something that happens in its transaction before or after it."""

    def wrapped(*args: Any) -> None:
        before()
        write(*args)
        after()

    return wrapped


def test_a_sealer_that_dies_before_it_commits_leaves_nothing(
    municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    append(municipality, 3)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_write", around(sealing._write, after=die))
        with pytest.raises(KeyboardInterrupt):
            sealing.seal(municipality.id)
    assert {number for (number,) in log_of(municipality, "number")} == {None}
    append(municipality, 1)
    assert sealing.seal_all(60) == 4
    assert holds(municipality, 4)


def test_a_sealer_whose_connection_is_cut_is_followed_by_the_next(
    municipality: Municipality, superuser: Super, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut() -> None:
        with superuser() as database:
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")

    append(municipality, 3)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_write", around(sealing._write, before=cut))
        with pytest.raises(OperationalError):
            sealing.seal(municipality.id)
    connections["log_writer"].close()
    assert sealing.seal_all(60) == 3
    assert holds(municipality, 3)


def test_entries_that_go_away_meanwhile_stop_the_batch(
    municipality: Municipality, superuser: Super, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = append(municipality, 2)

    def take_away() -> None:
        with superuser() as database:
            database.execute("DELETE FROM identity_accessentry WHERE id = %s", [gone])

    monkeypatch.setattr(sealing, "_write", around(sealing._write, before=take_away))
    with pytest.raises(IntegrityError, match="went away"):
        sealing.seal(municipality.id)
    assert log_of(municipality, "id", "number") == [(kept, None)]


def test_the_job_that_seals_is_known_and_rung_every_second(municipality: Municipality) -> None:
    app.loader.import_default_modules()
    beat = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert beat["identity.jobs.seal_log"] == 1.0
    assert beat["identity.jobs.keep_anchors"] == 600.0
    assert set(beat) <= set(app.tasks)
    append(municipality, 2)
    assert jobs.seal_log() == 2
    assert holds(municipality, 2)
