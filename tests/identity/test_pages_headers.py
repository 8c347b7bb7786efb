"""What every answer carries, and what no log line does."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.test import Client

from tests.town import Town

Browser = Callable[..., Client]


@pytest.mark.parametrize("path", ["/", "/logga-in/", "/mina-tider/", "/idag/", "/nothing-here/"])
def test_every_page_has_its_headers(browser_as: Browser, path: str) -> None:
    answer = browser_as("bo").get(path, secure=True)
    policy = answer["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "wss://localhost" in policy
    assert "unsafe" not in policy
    assert "trusted-types motas" in policy
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert "camera=()" in answer["Permissions-Policy"]


def test_the_log_names_the_route_and_never_the_path(
    browser_as: Browser, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="motas.web"):
        browser_as("bo").get("/kalender/ex.verysecretsecret.ics", secure=True)
    assert "booking:feed 404" in caplog.text
    assert "verysecretsecret" not in caplog.text


def test_a_form_without_its_token_is_refused_with_a_page(town: Town) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/sprak/", {"language": "en"}, secure=True, SERVER_NAME="localhost")
    assert answer.status_code == 403
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize("path", ["/logga-ut/", "/sprak/", "/boka/tid/"])
def test_nobody_meets_an_empty_page(browser_as: Browser, path: str) -> None:
    answer = browser_as("bo").get(path, secure=True)
    assert answer.status_code in (302, 405)
    assert answer.status_code == 302 or b"<h1" in answer.content
    assert answer.status_code == 302 or answer["Allow"]
