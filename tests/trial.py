"""A trial in a process of its own, as a person starts it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).parents[1]
PATIENCE = 120
_OURS = ("MOTAS_", "DATABASE_", "REDIS_", "EMAIL_", "LOG_", "KEYS_DIR")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def opened(folder: Path) -> Path:
    """`folder`, such that the database's own account can pass through it."""
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.geteuid() and str(parent) not in ("/", "/tmp"):
            parent.chmod(0o755)
    return folder


def outside_environment() -> dict[str, str]:
    """The environment without anything that the tests set for themselves."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


def manage(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A management command in a process of its own, with what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def healthz(port: int) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def until_well(port: int, alive: Callable[[], None]) -> dict[str, Any]:
    """The body of `/healthz` once every part is well; `alive` raises when waiting is in vain."""
    until = time.monotonic() + PATIENCE
    body: dict[str, Any] = {}
    while time.monotonic() < until:
        alive()
        try:
            status, body = healthz(port)
        except OSError:
            status = 0
        if status == 200:
            return body
        time.sleep(0.2)
    raise AssertionError(f"not well in time: {body}")


class Trial:
    """A trial in a process of its own. What it prints goes to files: a full pipe would stop it."""

    running: ClassVar[list[Trial]] = []

    def __init__(self, var: Path, port: int | None = None) -> None:
        self.var = var
        self.port = port or free_port()
        self.env = outside_environment() | {"VAR": str(var), "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it serves, without a slash at the end."""
        return f"http://localhost:{self.port}"

    def start(self) -> Trial:
        """Start it; `wait` says when it serves."""
        self._printed = Path(tempfile.mkdtemp(prefix="motas-printed-"))
        with (self._printed / "out").open("wb") as out, (self._printed / "err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.env, stdout=out, stderr=err
            )
        self.running.append(self)
        return self

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command beside it, with the same VAR."""
        return manage(self.env, *arguments)

    def wait(self) -> dict[str, Any]:
        """Until every part is well."""
        return until_well(self.port, self._alive)

    def _alive(self) -> None:
        assert self.process is not None
        assert self.process.poll() is None, self.ended()

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Stop it as Ctrl-C does; its exit code and what it printed."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.ended()

    def ended(self) -> tuple[int, str, str]:
        """Once it has ended by itself: its exit code and what it printed."""
        assert self.process is not None
        code = self.process.wait(timeout=PATIENCE)
        if self not in self.running:
            return code, "", ""
        self.running.remove(self)
        out, err = ((self._printed / name).read_text(errors="replace") for name in ("out", "err"))
        shutil.rmtree(self._printed)
        return code, out, err
