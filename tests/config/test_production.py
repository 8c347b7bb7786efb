"""A production process that lacks something does not start, and says everything that it lacks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import production
from identity import keyring

ROOT = Path(__file__).parents[2]


@pytest.fixture
def whole(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Settings of a production that lacks nothing."""
    keyring.make_trial_secrets(tmp_path)
    (tmp_path / "turn").write_text("s" * 32)
    for name, value in {
        "MODE": "production",
        "DATABASE_URL": "postgres://motas_web@db/motas",
        "REDIS_URL": "redis://redis",
        "KEYS_DIR": tmp_path,
        "DEBUG": False,
        "ICE_POLICY": "relay",
        "TURN_URLS": ["turn:turn.example"],
        "TURN_SECRET_FILE": str(tmp_path / "turn"),
        "LOG_ANCHOR_FILE": str(tmp_path / "log-anchors"),
    }.items():
        setattr(settings, name, value)
    for asked in ("_databases", "_redis"):
        monkeypatch.setattr(production, asked, lambda *_: iter(()))
    return settings


def test_a_whole_production_starts(whole: object) -> None:
    production.refuse_unsafe()


def test_servers_that_are_configured_must_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nobody = listener.getsockname()[1]
    address = {"HOST": "127.0.0.1", "PORT": nobody, "USER": "web", "NAME": "motas"}
    told = SimpleNamespace(
        MODE="test",
        REDIS_URL=f"redis://127.0.0.1:{nobody}",
        DATABASE_URL="postgres://web@db/motas",
        LOG_READER_URL="postgres://reader@db/motas",
        LOG_WRITER_URL="",
        DATABASES=dict.fromkeys(("default", "log_reader", "log_writer"), address),
    )
    monkeypatch.setattr(production, "settings", told)
    with pytest.raises(ImproperlyConfigured, match=r"at DATABASE_URL.*at LOG_READER_URL.*Redis at REDIS_URL") as web:
        production.refuse_unsafe()
    assert "LOG_WRITER_URL" not in str(web.value)
    with pytest.raises(ImproperlyConfigured, match=r"LOG_WRITER_URL is missing"):
        production.refuse_unsafe(seals=True)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("DATABASE_URL", "", "DATABASE_URL"),
        ("REDIS_URL", "", "REDIS_URL"),
        ("KEYS_DIR", Path("nowhere"), "secret file"),
        ("DEBUG", True, "DEBUG"),
        ("TURN_URLS", [], "TURN_URLS"),
        ("TURN_SECRET_FILE", "", "TURN_SECRET_FILE"),
        ("TURN_URLS", ["stun:stun.example"], "stun"),
        ("ICE_POLICY", "Relay", "ICE_POLICY"),
        ("MODE", "staging", "MOTAS_MODE"),
        ("LOG_ANCHOR_FILE", "", "LOG_ANCHOR_MAIL"),
    ],
)
def test_each_lack_is_named(whole: object, name: str, value: object, word: str) -> None:
    setattr(whole, name, value)
    with pytest.raises(ImproperlyConfigured, match=word):
        production.refuse_unsafe()


def test_a_web_process_without_a_database_is_no_silent_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production, "settings", SimpleNamespace(MODE="trial", MODE_IS_NAMED=False))
    with pytest.raises(ImproperlyConfigured, match="make run"):
        production.refuse_unsafe()


@pytest.mark.parametrize("alias", ["default", "log_reader", "log_writer"])
@pytest.mark.parametrize("role", ["postgres", "motas_owner"])
def test_a_role_that_passes_the_walls_is_refused(
    db: None, monkeypatch: pytest.MonkeyPatch, role: str, alias: str
) -> None:
    database = {**settings.DATABASES[alias], "USER": role}
    addresses = dict.fromkeys(("DATABASE_URL", "LOG_READER_URL", "LOG_WRITER_URL"), "postgres://x")
    told = SimpleNamespace(**addresses, DATABASES={alias: database})
    monkeypatch.setattr(production, "settings", told)
    assert "role" in next(production._databases(alias))
    told.DATABASES[alias]["USER"] = settings.DATABASES[alias]["USER"]
    assert list(production._databases(alias)) == []


def test_the_trial_provider_does_not_load_and_its_routes_do_not_exist_in_production(tmp_path: Path) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.urls import NoReverseMatch, reverse\n"
        "for name in ('trial_sign_in', 'notifications:mailbox'):\n"
        "    try: reverse(name, args=['bo'] if name == 'trial_sign_in' else [])\n"
        "    except NoReverseMatch: print('no route')\n"
        "try: import identity.providers.trial\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith("MOTAS_")}
    env |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://web@db/motas",
        "VAR": str(tmp_path),
    }
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert asked.stdout.split("\n")[:3] == ["no route", "no route", "ImproperlyConfigured"], asked.stderr


def test_zone_data_comes_from_the_pinned_wheel() -> None:
    import zoneinfo

    assert zoneinfo.TZPATH == ()
