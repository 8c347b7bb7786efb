"""The trial as a person starts it: one command, one process, and one clear line when it cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60


def _port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Trial:
    """A trial in a process of its own."""

    def __init__(self, var: Path, port: int | None = None) -> None:
        self.port = port or _port()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("MOTAS_", "DATABASE_"))}
        self.env |= {"VAR": str(var), "PORT": str(self.port)}
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> Trial:
        """Start it; `wait` says when it serves."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command beside it, with the same VAR."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    def healthz(self) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def wait(self) -> dict[str, Any]:
        """Until every part is well."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, self.process.communicate()
            try:
                status, body = self.healthz()
            except OSError:
                time.sleep(0.2)
                continue
            if status == 200:
                return body
            time.sleep(0.2)
        raise AssertionError("not well in time")

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[str, str]:
        """Stop it as Ctrl-C does; what it printed."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that the database's own account may reach."""
    folder = tmp_path_factory.mktemp("trial")
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.geteuid() and str(parent) not in ("/", "/tmp"):
            parent.chmod(0o755)
    yield folder


def _postgres_in(var: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"postgres" in command and os.fsencode(var) in command:
            found.append(process.name)
    return found


def test_a_trial_starts_is_well_stops_whole_and_keeps_its_data(var: Path) -> None:
    trial = Trial(var).start()
    body = trial.wait()
    assert body["status"] == body["database"] == body["channel_layer"] == body["worker"] == "ok"
    assert body["outbox_age_seconds"] == 0
    made = trial.manage("create_api_token", "--scopes", "slots:read", "--json")
    token = json.loads(made.stdout)["token"]
    out, err = trial.stop()
    assert f"http://localhost:{trial.port}/" in out
    assert "/prova/in/anna/" in out
    assert token not in out + err
    assert trial.process is not None
    assert trial.process.returncode == 0
    assert _postgres_in(var) == []

    again = Trial(var).start()
    again.wait()
    request = urllib.request.Request(
        f"http://localhost:{again.port}/api/v1/slots", headers={"Authorization": f"Bearer {token}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 422, "the token of the first start is known: only its question was wrong"
    again.stop(signal.SIGTERM)
    assert _postgres_in(var) == []


def test_a_taken_port_and_a_locked_folder_are_one_clear_line(var: Path) -> None:
    first = Trial(var).start()
    first.wait()
    same_port = Trial(var.parent / "other", first.port).start()
    assert same_port.process is not None
    out, err = same_port.process.communicate(timeout=PATIENCE)
    assert same_port.process is not None
    assert same_port.process.returncode != 0
    assert err.strip().splitlines() == [f"CommandError: Port {first.port} is taken. Choose another: PORT=8001 make run"]

    same_folder = Trial(var).start()
    assert same_folder.process is not None
    out, err = same_folder.process.communicate(timeout=PATIENCE)
    assert same_folder.process.returncode != 0
    assert len(err.strip().splitlines()) == 1
    assert "is already served by process" in err
    first.stop()


def test_when_the_database_dies_the_trial_says_so_and_ends(var: Path) -> None:
    trial = Trial(var).start()
    trial.wait()
    pid = int((var / "pg" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    assert trial.process is not None
    _, err = trial.process.communicate(timeout=PATIENCE)
    assert trial.process.returncode != 0
    assert err.strip().splitlines()[-1].startswith("CommandError: The database stopped.")


def test_a_command_beside_no_server_says_what_to_start(var: Path) -> None:
    asked = Trial(var).manage("create_api_token", "--scopes", "slots:read", "--json")
    assert asked.returncode != 0
    assert asked.stderr.strip().splitlines() == ["CommandError: No database answers. Start it first: make run"]
