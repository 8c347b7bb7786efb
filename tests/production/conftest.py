"""The shape of production on one machine: every part a process of its own, joined by TCP and passwords."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from config import embedded
from identity import keyring
from tests import prepared
from tests.browser.programs import needed
from tests.notifications.post import Post, office
from tests.production.processes import Processes
from tests.sources import ROOT
from tests.trial import free_port, manage, opened, outside_environment, until_well

_ROLES = {
    "DATABASE_URL": embedded.WEB,
    "DATABASE_OWNER_URL": embedded.OWNER,
    "LOG_WRITER_URL": embedded.LOG_WRITER,
    "LOG_READER_URL": embedded.LOG_READER,
}


@dataclass(frozen=True)
class Production:
    """Two web processes by their ports, one worker, one clock, and the mail server outside."""

    ports: tuple[int, int]
    env: dict[str, str]
    post: Post
    processes: Processes


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """All of it, well; stopped whole at the end, also when something does not start."""
    var = opened(tmp_path_factory.mktemp("production"))
    redis, first, second = free_port(), free_port(), free_port()
    with database(var) as addresses, office() as post:
        env = outside_environment() | addresses | _environment(var, redis, first)
        _prepare(env, var)
        with Processes(var, env) as processes:
            _start(processes, redis, (first, second))
            for port in (first, second):
                until_well(port, processes.alive)
            yield Production((first, second), env, post, processes)


@contextmanager
def database(var: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL on a TCP port; the addresses of its roles, each with a password."""
    port = free_port()
    passwords = {role: secrets.token_hex(16) for role in _ROLES.values()}
    prepared.migrated(var)
    server = embedded.Server(var, port=port)
    server.start()
    try:
        server.prepare(passwords=passwords)
        yield {name: f"postgres://{role}:{passwords[role]}@127.0.0.1:{port}/motas" for name, role in _ROLES.items()}
    finally:
        server.stop()


def _environment(var: Path, redis: int, port: int) -> dict[str, str]:
    """As an operator would set it; the mode lets the invented cast in."""
    return {
        "MOTAS_MODE": "test",
        "VAR": str(var),
        "PORT": str(port),
        "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
        "EMAIL_HOST": settings.EMAIL_HOST,
        "EMAIL_PORT": str(settings.EMAIL_PORT),
        "EMAIL_USE_TLS": "0",
    }


def _prepare(env: dict[str, str], var: Path) -> None:
    keyring.make_trial_secrets(var / "keys")
    for command in ("migrate", "collectstatic", "load_guidance", "make_trial"):
        done = manage(env, command, *(["--no-input"] if command in ("migrate", "collectstatic") else []))
        assert done.returncode == 0, f"{command}: {done.stderr[-2000:]}"


def _documented(program: str) -> list[str]:
    """The command as the operations page gives it."""
    page = (ROOT / "docs" / "operations.md").read_text()
    command = re.search(rf"`({program} config[^`]*)`", page)
    assert command, f"docs/operations.md names no {program} command"
    return command.group(1).split()


def _start(processes: Processes, redis: int, ports: tuple[int, int]) -> None:
    here = ("--bind", "127.0.0.1", "--save", "", "--dir", str(processes.folder))
    processes.start("redis", needed("redis-server"), "--port", str(redis), *here)
    for name, port in zip(("web-a", "web-b"), ports, strict=True):
        processes.start(name, sys.executable, "-m", *_documented("uvicorn"), "--port", str(port))
    celery = (sys.executable, "-m", "celery", "-A", "config")
    processes.start("worker", *celery, "worker", "--concurrency", "2")
    processes.start("beat", *celery, "beat", "--schedule", str(processes.folder / "beat"))
