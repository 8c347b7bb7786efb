"""The edges: reports of a stopped script, limits that cannot be counted, headers of somebody who is not the proxy."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from pytest_django import Settings

from booking.models import Booking
from identity import limits, scope
from identity.errors import Limited
from identity.models import LimitBucket, Session
from identity.network import address_of
from meetings.handshake import own_origin, visitor
from meetings.protocol import SUBPROTOCOL
from tests.town import Town

Browser = Callable[..., Client]
OLD = {"csp-report": {"document-uri": "https://x/mina-tider/", "violated-directive": "script-src-elem 'self'"}}
NEW = [{"type": "csp-violation", "body": {"documentURL": "https://x/idag/", "effectiveDirective": "img-src"}}]
ODD: tuple[bytes, ...] = (
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"[" * 4000,
    b'{"csp-report": []}',
    b'[1, null, {"body": 3}]',
    b'{"csp-report": {"document-uri": 5, "violated-directive": null}}',
    b'{"csp-report": {"document-uri": "https://[", "violated-directive": "x"}}',
    b"{" + b" " * 20_000,
    b'{"csp-report": ' * 500,
)


def reported(body: bytes, kind: str = "application/csp-report") -> int:
    """The status of a report."""
    return Client().post("/csp/", body, content_type=kind, secure=True, SERVER_NAME="localhost").status_code


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (OLD, "policy: script-src-elem stopped something at booking:mine"),
        (NEW, "policy: img-src stopped something at booking:today"),
    ],
)
def test_a_report_is_written_down_by_directive_and_route(
    town: Town,
    caplog: pytest.LogCaptureFixture,
    sent: object,
    said: str,
) -> None:
    with caplog.at_level(logging.WARNING, logger="motas.csp"):
        assert reported(json.dumps(sent).encode()) == 204
    assert said in caplog.text


def test_a_report_tells_the_log_no_address(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    booking = "11111111-2222-4333-8444-555555555555"
    inner = {"document-uri": f"https://x/mina-tider/{booking}/andra/?a=hemligt", "blocked-uri": "https://ond.example/"}
    with caplog.at_level(logging.DEBUG):
        reported(json.dumps({"csp-report": inner | {"violated-directive": "\r\nforged line"}}).encode())
    written = "".join(record.getMessage() for record in caplog.records if record.name == "motas.csp")
    assert written == "policy: something stopped something at booking:move"


@pytest.mark.parametrize("body", ODD, ids=lambda body: repr(body[:20]))
def test_whatever_is_sent_as_a_report_the_answer_is_the_same(town: Town, body: bytes) -> None:
    assert reported(body) == 204
    assert reported(body, "multipart/form-data; boundary=x") == 204


def test_reports_are_counted(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="motas.csp"):
        assert {reported(json.dumps(OLD).encode()) for _ in range(60)} == {204}
    assert 10 <= caplog.text.count("stopped something") <= 25


def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_TAKE", "SELECT no_such_thing")


def test_a_limit_that_cannot_be_counted_refuses(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    limits.take("x", per_minute=60, burst=2)
    _uncounted(monkeypatch)
    with pytest.raises(Limited):
        limits.take("x", per_minute=60, burst=2)


@pytest.mark.django_db(transaction=True)
def test_what_identifies_or_costs_is_refused_while_nothing_can_be_counted_and_reading_goes_on(
    town: Town, browser_as: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, bo, nobody = browser_as("anna"), browser_as("bo"), browser_as()
    with scope.transaction(town.municipality.id):
        before = Booking.objects.count()
    _uncounted(monkeypatch)
    address = {"address": "https://kalender.example/a.ics"}
    refused = {
        "/logga-in/kod/": nobody.post("/logga-in/kod/", secure=True),
        "/logga-in/inbjudan/": nobody.post("/logga-in/inbjudan/", {"code": "x"}, secure=True),
        "/kalender/in/adress/": anna.post("/kalender/in/adress/", address, secure=True),
        "/nodoppning/": anna.post("/nodoppning/", {"external_id": "x", "reason": "acute"}, secure=True),
        "/personer/": anna.post("/personer/", {"external_id": "x"}, secure=True),
    }
    assert {name: answer.status_code for name, answer in refused.items()} == dict.fromkeys(refused, 429)
    assert all(answer["Retry-After"] for answer in refused.values())
    assert not Session.objects.exclude(person_uuid__in=[town.persons["anna"], town.persons["bo"]]).filter(
        person_uuid__isnull=False
    )
    read = ((nobody, "/"), (nobody, "/logga-in/"), (bo, "/mina-tider/"), (anna, "/idag/"), (anna, "/kalender/"))
    for browser, page in read:
        assert browser.get(page, secure=True).status_code == 200, page
    with scope.transaction(town.municipality.id):
        assert Booking.objects.count() == before
    assert not LimitBucket.objects.filter(tokens__lt=0)


def test_a_database_that_is_away_counts_as_too_many(town: Town) -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("away")), pytest.raises(Limited):
        limits.take("x", per_minute=60, burst=2)


SPOOFED: dict[str, Any] = {
    "HTTP_X_FORWARDED_FOR": "192.0.2.66, 198.51.100.7",
    "HTTP_X_FORWARDED_HOST": "ond.example",
    "HTTP_X_FORWARDED_PROTO": "http",
    "HTTP_X_REAL_IP": "192.0.2.66",
    "HTTP_FORWARDED": "for=192.0.2.66;host=ond.example;proto=http",
    "HTTP_X_ORIGINAL_URL": "/idag/",
    "HTTP_X_REWRITE_URL": "/idag/",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
}


def test_nobody_but_the_own_proxy_is_believed(town: Town, browser_as: Browser) -> None:
    browser = browser_as("bo")
    plain, spoofed = (browser.get("/mina-tider/", secure=True, **more) for more in ({}, SPOOFED))
    assert (plain.status_code, spoofed.status_code) == (200, 200)
    assert b"ond.example" not in spoofed.content
    assert "ond.example" not in str(spoofed.headers)


def test_the_address_is_the_sockets_or_what_the_own_proxy_wrote(settings: Settings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", **SPOOFED)
    assert address_of(request) == "203.0.113.9"
    settings.BEHIND_PROXY = True
    assert address_of(request) == "198.51.100.7"


def _scope(origin: str | None, host: str = "localhost", scheme: str = "wss", **headers: str) -> dict[str, Any]:
    sent = {"host": host, "origin": origin, "cookie": f"{settings.SESSION_COOKIE_NAME}=nobody", **headers}
    octets = [(name.encode(), value.encode("latin-1")) for name, value in sent.items() if value is not None]
    return {"scheme": scheme, "subprotocols": [SUBPROTOCOL], "headers": octets}


ORIGINS = {
    "https://localhost": True,
    None: False,
    "": False,
    "null": False,
    "http://localhost": False,
    "https://localhost:444": False,
    "https://localhost/": False,
    "https://localhost.ond.example": False,
    "https://ond.example": False,
    "https://ond.example#https://localhost": False,
    "https://LOCALHOST": False,
    "https://localhost, https://ond.example": False,
    "https://user@localhost": False,
    "wss://localhost": False,
    "file://": False,
    "chrome-extension://localhost": False,
}


@pytest.mark.parametrize(("origin", "own"), ORIGINS.items(), ids=str)
def test_a_socket_opens_from_the_own_origin_only(
    town: Town, browser_as: Browser, origin: str | None, own: bool
) -> None:
    asked = _scope(origin, cookie=f"{settings.SESSION_COOKIE_NAME}={browser_as('bo').session.session_key}")
    assert (visitor(asked) is not None) is own


def test_a_socket_needs_a_session_the_subprotocol_and_the_municipality_of_its_host(
    town: Town, browser_as: Browser
) -> None:
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser_as('bo').session.session_key}"
    assert visitor(_scope("https://localhost", cookie=cookie))
    assert visitor(_scope("https://localhost")) is None
    assert visitor(_scope("https://other.example", host="other.example", cookie=cookie)) is None
    assert visitor(_scope("https://localhost", cookie=cookie) | {"subprotocols": ["other"]}) is None


def test_behind_the_own_proxy_the_scheme_is_its_word(settings: Settings) -> None:
    asked = _scope("https://localhost", scheme="ws", **{"x-forwarded-proto": "https"})
    settings.SECURE_PROXY_SSL_HEADER = None
    assert own_origin(asked) == "http://localhost"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert own_origin(asked) == "https://localhost"
