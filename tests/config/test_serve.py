"""The trial as a person starts it: one command, one process, and one clear line when it cannot."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trial import Trial, opened


@pytest.fixture(autouse=True)
def _none_left_running() -> Iterator[None]:
    """A test that fails half-way stops what it started, too."""
    before = list(Trial.running)
    yield
    for trial in [trial for trial in Trial.running if trial not in before]:
        trial.stop()


@pytest.fixture
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the database's own account may reach."""
    return opened(tmp_path_factory.mktemp("trial"))


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
    code, out, err = trial.stop()
    assert f"http://localhost:{trial.port}/" in out
    assert "/prova/in/anna/" in out
    assert token not in out + err
    assert code == 0
    assert _postgres_in(var) == []

    again = Trial(var).start()
    again.wait()
    request = urllib.request.Request(
        f"http://localhost:{again.port}/api/v1/slots", headers={"Authorization": f"Bearer {token}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)  # noqa: S310 - our own http address
    refused.value.close()
    assert refused.value.code == 400, "the token of the first start is known: only its question was wrong"
    again.stop(signal.SIGTERM)
    assert _postgres_in(var) == []


def test_a_taken_port_and_a_locked_folder_are_one_clear_line(var: Path) -> None:
    first = Trial(var).start()
    first.wait()
    same_port = Trial(var.parent / "other", first.port).start()
    code, _, err = same_port.ended()
    assert code != 0
    assert err.strip().splitlines() == [f"CommandError: Port {first.port} is taken. Choose another: PORT=8001 make run"]

    same_folder = Trial(var).start()
    code, _, err = same_folder.ended()
    assert code != 0
    assert len(err.strip().splitlines()) == 1
    assert "is already served by process" in err
    first.stop()


def test_when_the_database_dies_the_trial_says_so_and_ends(var: Path) -> None:
    trial = Trial(var).start()
    trial.wait()
    pid = int((var / "pg" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    code, _, err = trial.ended()
    assert code != 0
    assert err.strip().splitlines()[-1].startswith("CommandError: The database stopped.")


def test_a_command_beside_no_server_says_what_to_start(var: Path) -> None:
    asked = Trial(var).manage("create_api_token", "--scopes", "slots:read", "--json")
    assert asked.returncode != 0
    assert asked.stderr.strip().splitlines() == ["CommandError: No database answers. Start it first: make run"]
