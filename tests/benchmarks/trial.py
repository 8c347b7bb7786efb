"""A trial of the benchmarks' own: started once, with its data in a temporary folder, stopped at exit."""

from __future__ import annotations

import atexit
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
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_PATIENCE = 60.0


@dataclass(frozen=True)
class Trial:
    """A running trial: its process, where its data lies, and where it answers."""

    pid: int
    var: Path
    port: int

    @property
    def origin(self) -> str:
        """Its own origin."""
        return f"http://localhost:{self.port}"


@cache
def running() -> Trial:
    """Start the trial, or give the one that runs; this process then reaches its database through Django, too."""
    var = Path(tempfile.mkdtemp(prefix="motas-bench-"))
    var.chmod(0o755)  # the database's account must pass through; what matters inside is 0700
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ.update({"VAR": str(var), "PORT": str(port), "MOTAS_MODE": "trial", "LOG_LEVEL": "ERROR"})
    command = [sys.executable, str(ROOT / "manage.py"), "serve"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    atexit.register(_stop, process, var)
    _wait(process, port)
    _setup()
    return Trial(process.pid, var, port)


def resident_kib(pid: int) -> float:
    """Resident memory of a process, KiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * (os.sysconf("SC_PAGE_SIZE") / 1024)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the trial did not start")
        try:
            urllib.request.urlopen(f"http://localhost:{port}/logga-in/", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the trial did not answer")


def _setup() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["MOTAS_NO_POOL"] = "1"
    import django

    django.setup()


def _stop(process: subprocess.Popen[bytes], var: Path) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
    shutil.rmtree(var, ignore_errors=True)
