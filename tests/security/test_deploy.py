"""Production's own settings: Django's deployment check says nothing, MDN's Observatory would give 120 or more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from identity import keyring
from tests.sources import ROOT
from tests.town import Town
from tests.trial import outside_environment

# What a page of a whole production answers, asked in a process with production's settings and no database.
_ASK = """
import json, django
django.setup()
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.middleware.security import SecurityMiddleware
from csp.middleware import CSPMiddleware
from django.middleware.clickjacking import XFrameOptionsMiddleware
from identity.middleware import page_headers
secure = CSPMiddleware(page_headers(SecurityMiddleware(XFrameOptionsMiddleware(lambda request: HttpResponse("x")))))
asked = RequestFactory().get("/", secure=True, SERVER_NAME="tid.kommun.example")
plain = RequestFactory().get("/mina-tider/", SERVER_NAME="tid.kommun.example")
well = RequestFactory().get("/healthz", SERVER_NAME="tid.kommun.example")
answers = {"secure": secure(asked), "plain": secure(plain), "well": secure(well)}
print(json.dumps({name: [one.status_code, dict(one.headers)] for name, one in answers.items()}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a production process."""
    keys = tmp_path_factory.mktemp("keys")
    keyring.make_trial_secrets(keys)
    return outside_environment() | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MOTAS_MODE": "production",
        "VAR": str(tmp_path_factory.mktemp("var")),
        "KEYS_DIR": str(keys),
        "DATABASE_URL": "postgres://web@/motas",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "BEHIND_PROXY": "1",
    }


def run(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python process at the root of the project."""
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False)


def test_the_deployment_check_is_clean(production: dict[str, str]) -> None:
    done = run(production, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_nothing_is_silenced_but_preloading() -> None:
    assert settings.SILENCED_SYSTEM_CHECKS == ["security.W021"]
    assert "its owner's decision" in Path(ROOT / "config" / "settings.py").read_text()


@pytest.fixture(scope="module")
def answered(production: dict[str, str]) -> dict[str, tuple[int, dict[str, str]]]:
    """Status and headers of a page over TLS, of a page over the plain port, and of the machine's own question."""
    done = run(production, "-c", _ASK)
    assert done.returncode == 0, done.stderr
    return {name: (status, headers) for name, (status, headers) in json.loads(done.stdout).items()}


def test_production_keeps_browsers_on_tls(answered: dict[str, tuple[int, dict[str, str]]]) -> None:
    status, headers = answered["secure"]
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "ws://" not in headers["Content-Security-Policy"]
    status, headers = answered["plain"]
    assert (status, headers["Location"]) == (301, "https://tid.kommun.example/mina-tider/")
    assert answered["well"][0] == 200


def observatory(headers: Mapping[str, str], cookies: Mapping[str, Mapping[str, object]], page: str) -> int:
    """The score by the published rules of MDN's HTTP Observatory, as far as an answer can tell; 100 is the start."""
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    sources = " ".join(value for name, value in policy.items() if name != "report-uri")
    score = 100
    score += 10 if policy["default-src"] == "'none'" and "unsafe" not in sources and "*" not in sources else -25
    session = [one for one in cookies.values() if one["secure"] and one["httponly"] and one["samesite"]]
    score += 5 if len(session) == len(cookies) else -40
    score += 0 if "Access-Control-Allow-Origin" not in headers else -50
    age = headers.get("Strict-Transport-Security", "").partition("max-age=")[2].partition(";")[0]
    score += 0 if age.isdigit() and int(age) >= 15_768_000 else -20
    strict = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
    score += 5 if headers.get("Referrer-Policy") in strict else -5
    score += 0 if '<script src="http' not in page else -50
    score += 0 if headers.get("X-Content-Type-Options") == "nosniff" else -5
    score += 5 if policy.get("frame-ancestors") in ("'none'", "'self'") else -20
    score += 10 if headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site") else 0
    return score


def test_the_observatory_would_give_120_or_more(answered: dict[str, tuple[int, dict[str, str]]], town: Town) -> None:
    browser = Client()
    page = browser.get("/logga-in/", secure=True, SERVER_NAME="localhost").content.decode()
    browser.post("/sprak/", {"language": "en"}, secure=True, SERVER_NAME="localhost")
    assert len(browser.cookies) == 2
    assert observatory(answered["secure"][1], browser.cookies, page) >= 120
    assert os.environ["MOTAS_MODE"] == "test"
