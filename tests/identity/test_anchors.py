"""The head of each chain is told to places outside the database, and found again in what they keep."""

from __future__ import annotations

import logging
import socket
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from config.health import report
from identity import anchors, jobs, sealing
from identity.anchors import Anchor
from identity.models import Municipality
from tests.identity.log_entries import append, log_of

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
TOLD = [Anchor("ex", 7, b"\xab" * 32, NOON.isoformat()), Anchor("gr", 1, b"\0" * 32, NOON.isoformat())]
LINES = [
    f"motas-anchor ex 7 {'ab' * 32} 2027-01-01T12:00:00+00:00",
    f"motas-anchor gr 1 {'00' * 32} 2027-01-01T12:00:00+00:00",
]


@pytest.fixture(autouse=True)
def _nowhere(settings: Settings) -> None:
    for name in ("FILE", "SYSLOG", "MAIL"):
        setattr(settings, f"LOG_ANCHOR_{name}", "")


def test_a_file_only_grows(settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "anchors"
    settings.LOG_ANCHOR_FILE = str(place)
    anchors.keep(TOLD)
    anchors.keep(TOLD[:1])
    assert place.read_text().splitlines() == [*LINES, LINES[0]]
    assert place.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_syslog_gets_a_message_for_each_line(settings: Settings, family: socket.AddressFamily) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(family, socket.SOCK_DGRAM) as server:
        hosts = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
        server.bind((hosts[family], 0) if family in hosts else f"{folder}/log")
        server.settimeout(10)
        port = server.getsockname()[1] if family in hosts else 0
        names = {socket.AF_INET: f"127.0.0.1:{port}", socket.AF_INET6: f"[::1]:{port}"}
        settings.LOG_ANCHOR_SYSLOG = names.get(family, f"{folder}/log")
        anchors.keep(TOLD)
        messages = [server.recv(1000).decode() for _ in TOLD]
    assert messages == [f"<109>1 2027-01-01T12:00:00+00:00 - motas - - - {line}" for line in LINES]
    assert list(anchors.read(messages)) == TOLD


def test_a_mail_says_nothing_but_the_lines(settings: Settings) -> None:
    settings.LOG_ANCHOR_MAIL = "ankare@exempelkommun.example"
    anchors.keep(TOLD)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ankare@exempelkommun.example"], "motas-anchor")
    assert sent.body.splitlines() == LINES
    assert list(anchors.read(sent.message().as_string().splitlines())) == TOLD


def test_a_place_that_fails_is_logged_and_does_not_stop_the_others(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in {
        "LOG_ANCHOR_FILE": str(tmp_path / "missing" / "anchors"),
        "LOG_ANCHOR_SYSLOG": str(tmp_path / "no-socket"),
        "LOG_ANCHOR_MAIL": "ankare@exempelkommun.example",
    }.items():
        setattr(settings, name, value)
    with caplog.at_level(logging.ERROR, "motas.access_log"):
        anchors.keep(TOLD)
    assert [record.args for record in caplog.records] == [
        ("file", "FileNotFoundError"),
        ("syslog", "FileNotFoundError"),
    ]
    assert len(mail.outbox) == 1


def test_a_house_without_entries_tells_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.LOG_ANCHOR_FILE = str(tmp_path / "anchors")
    anchors.keep([])
    assert not (tmp_path / "anchors").exists()


def test_anchors_are_found_in_whatever_stands_round_them() -> None:
    noise = [
        "",
        "motas-anchor ex seven",
        f"motas-anchor ex 7 {'ab' * 31}",
        "Jan  1 12:00 host motas: " + LINES[0] + " \r",
    ]
    assert list(anchors.read(noise)) == TOLD[:1]


@pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])
def test_the_job_tells_the_head_of_every_chain_that_has_begun(
    settings: Settings, tmp_path: Path, municipality: Municipality, neighbour: Municipality
) -> None:
    settings.LOG_ANCHOR_FILE = str(tmp_path / "anchors")
    append(municipality, 3)
    sealing.seal_all(60)
    append(neighbour, 1)
    jobs.keep_anchors()
    (told,) = anchors.read((tmp_path / "anchors").read_text().splitlines())
    assert (told.municipality, told.number, told.hash) == ("ex", 3, log_of(municipality, "hash")[-1][0])


def failing_anchors() -> bool:
    return bool(report()["anchors"] == "failing")


@pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])
def test_health_is_red_until_anchors_are_kept_when_a_place_fails_and_when_they_stop(
    settings: Settings, tmp_path: Path, municipality: Municipality, superuser: Callable[[], psycopg.Connection[Any]]
) -> None:
    settings.LOG_ANCHOR_FILE = str(tmp_path / "anchors")
    append(municipality, 1)
    sealing.seal_all(60)
    assert failing_anchors()
    jobs.keep_anchors()
    assert not failing_anchors()
    settings.LOG_ANCHOR_SYSLOG = str(tmp_path / "no-socket")
    jobs.keep_anchors()
    assert failing_anchors()
    settings.LOG_ANCHOR_SYSLOG = ""
    jobs.keep_anchors()
    assert not failing_anchors()
    for minutes, red in ((29, False), (2, True)):
        with superuser() as database:
            back = "UPDATE identity_limitbucket SET updated_at = updated_at - %s * interval '1 minute'"
            database.execute(back, [minutes])
        assert failing_anchors() is red
