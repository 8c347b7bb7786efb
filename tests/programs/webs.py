"""Web processes as the operations page starts them, on the database of this process: for races over HTTP."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sources import ROOT
from tests.trial import free_port

_PATIENCE = 120


def documented(program: str) -> list[str]:
    """The command as the operations page gives it."""
    page = (ROOT / "docs" / "operations.md").read_text()
    command = re.search(rf"`({program} config[^`]*)`", page)
    if command is None:
        raise LookupError(f"docs/operations.md names no {program} command")
    return command.group(1).split()


@contextmanager
def serving(count: int, log: Path) -> Iterator[tuple[int, ...]]:
    """So many of them, each with its pool of connections; their ports. What they say goes to files in `log`."""
    ports = tuple(free_port() for _ in range(count))
    env = {name: value for name, value in os.environ.items() if name != "MOTAS_NO_POOL"} | {"LOG_LEVEL": "WARNING"}
    running = []
    try:
        for port in ports:
            command = [sys.executable, "-m", *documented("uvicorn"), "--port", str(port), "--log-level", "warning"]
            with (log / f"web-{port}.log").open("wb") as said:
                running.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=said))
        for port, process in zip(ports, running, strict=True):
            _wait(port, process)
        yield ports
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


def deadlocks(log: Path) -> int:
    """How often a web process said that the lock order was broken."""
    return sum(file.read_text(errors="replace").count("deadlock") for file in log.glob("web-*.log"))


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            line = http.client.HTTPConnection("localhost", port, timeout=5)
            line.request("GET", "/api/v1/slots")
            line.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("a web process does not answer")
