"""The trial's mailbox: a real SMTP server, files of octets, and a page that parses them."""

from __future__ import annotations

import contextlib
import os
import smtplib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from booking import wording
from identity.actors import Actor
from notifications import jobs, mailbox, presenters
from notifications.mailbox import Mailbox
from tests.town import Town

Cast = Callable[[str], Actor]
MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: =?utf-8?q?H=C3=A4lsning?=\r\n\r\nRad ett\r\n..\r\n"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A running mailbox over an empty folder."""
    box = Mailbox(tmp_path)
    with override_settings(VAR=tmp_path):
        yield box.start()
    box.stop()


def _post(port: int, octets: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.sendmail("a@b.example", ["c@d.example"], octets)


def test_it_keeps_the_octets_as_files_that_only_the_owner_reads(port: int, tmp_path: Path) -> None:
    _post(port, MAIL)
    (path,) = mailbox.folder(tmp_path).iterdir()
    assert path.read_bytes() == MAIL
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.stat(path.parent).st_mode & 0o777 == 0o700


def test_the_newest_comes_first_and_old_ones_survive_a_restart(port: int, tmp_path: Path) -> None:
    for number in range(3):
        _post(port, MAIL.replace(b"Rad ett", b"Rad %d" % number))
    assert [b"Rad 2" in octets for octets in mailbox.newest(tmp_path, 2)] == [True, False]
    other = Mailbox(tmp_path)
    other.start()
    other.stop()
    other.stop()
    assert len(list(mailbox.newest(tmp_path, 9))) == 3


def test_a_connection_left_open_does_not_outlive_it(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    with socket.create_connection(("127.0.0.1", box.start()), timeout=5) as left:
        assert left.recv(3) == b"220"
        box.stop()
        with contextlib.suppress(ConnectionResetError):
            while left.recv(1024):
                pass


def test_it_listens_on_this_machine_only(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        assert server.noop()[0] == 250
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP("127.0.0.2", port, timeout=5)


def test_the_page_shows_what_the_server_received(town: Town, as_actor: Cast, port: int) -> None:
    booked = town.booked(as_actor("bo"))
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False):
        jobs.deliver(town.municipality.id)
    page = Client().get("/prova/post/", SERVER_NAME="localhost", secure=True)
    assert page.status_code == 200
    html = page.content.decode()
    for shown in (
        "Du har en bokad tid",
        "bo@exempelkommun.example",
        "<dd data-method>REQUEST</dd>",
        f"<dd data-uid>{booked.calendar_uid}</dd>",
        "<dd data-sequence>0</dd>",
        wording.day_and_time(booked.starts_at),
        "/mina-tider/",
    ):
        assert shown in html


def test_an_empty_mailbox_says_how_to_get_mail(town: Town, tmp_path: Path) -> None:
    with override_settings(VAR=tmp_path):
        page = Client().get("/prova/post/", SERVER_NAME="localhost", secure=True)
    assert "Ingen post än" in page.content.decode()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: \xff\r\n\r\n\xff",
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"Content-Type: text/calendar\r\n\r\nnothing",
        b"Content-Type: text/plain; charset=unknown-8bit\r\n\r\nhej",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    ],
)
def test_a_broken_mail_breaks_no_page(octets: bytes) -> None:
    assert presenters.mail(octets).invitation is None
