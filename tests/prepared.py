"""Data folders that are made once for a state of the code, and copied: migrating takes as long as hundreds of tests.

`migrated` has a database with its tables and the shipped texts, and nothing else; `trial` is what `make run` leaves
after a first start. Both are kept beside other temporary files by a digest of all that they are made from, so that a
change of the code makes new ones. In tests the machine does not lose its power: the copies skip fsync.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

from config import embedded
from tests.sources import PACKAGES, ROOT
from tests.trial import manage, outside_environment

_MIGRATED, _TRIAL = "migrated", "trial"
_KEPT_SECONDS = 86_400
_FAST = "fsync = off\nfull_page_writes = off\n"


def migrated(var: Path) -> Path:
    """Make `var` such a folder; it may exist already, but must hold no database. Gives it back."""
    return _copy(_MIGRATED, var)


def trial(var: Path) -> Path:
    """Make `var` such a folder; it may exist already, but must hold no database. Gives it back."""
    return _copy(_TRIAL, var)


def _copy(name: str, var: Path) -> Path:
    with _locked() as home:
        source = home / _digest() / name
        if not source.exists():
            _make(source.parent)
        os.utime(source.parent)
        subprocess.run(["cp", "-a", f"{source}/.", str(var)], check=True)
    var.chmod(0o755)  # the database's account must pass through; what matters inside is 0700
    return var


@contextmanager
def _locked() -> Iterator[Path]:
    """The place of the prepared folders, for one process at a time; nobody else may have made it."""
    home = Path(tempfile.gettempdir()) / f"motas-prepared-{os.geteuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    facts = home.lstat()
    if facts.st_uid != os.geteuid() or not home.is_dir() or home.is_symlink():
        raise RuntimeError(f"{home} belongs to somebody else")
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield home


@cache
def _digest() -> str:
    """Of every file that the product is made from, of the lock of what it runs on, and of the day: a trial books it."""
    found = [ROOT / "requirements" / "runtime.txt", Path(__file__)]
    found += [path for room in PACKAGES for path in (ROOT / room).rglob("*") if "__pycache__" not in path.parts]
    digest = hashlib.sha256(date.today().isoformat().encode())  # noqa: DTZ011 - this machine's day will do
    for path in sorted(path for path in found if path.is_file()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def _make(folder: Path) -> None:
    """Both folders, in commands of their own as a person starts them; folders of earlier code are thrown away."""
    for old in folder.parent.iterdir():
        if old.is_dir() and old.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(old)
    half = Path(tempfile.mkdtemp(prefix="motas-making-"))
    half.chmod(0o755)
    try:
        _migrate(half / _MIGRATED)
        subprocess.run(["cp", "-a", half / _MIGRATED, half / _TRIAL], check=True)
        _fill(half / _TRIAL)
        subprocess.run(["cp", "-a", half, folder], check=True)
    finally:
        shutil.rmtree(half)


def _migrate(var: Path) -> None:
    with _server(var) as env:
        _must(env, "migrate", "--no-input")
        _must(env, "load_guidance")


def _fill(var: Path) -> None:
    with _server(var) as env:
        _must(env, "collectstatic", "--no-input")
        (var / "static" / ".collected").touch()
        _must(env, "make_trial", "--week")


@contextmanager
def _server(var: Path) -> Iterator[dict[str, str]]:
    """A server in the folder, and the environment in which commands find it."""
    from identity import keyring

    server = embedded.Server(var)
    server.start()
    try:
        server.prepare()
        keyring.make_trial_secrets(var / "keys")
        yield outside_environment() | {"VAR": str(var), "MOTAS_MODE": "trial"}
    finally:
        server.stop()
    with (server.data / "postgresql.auto.conf").open("a") as settings:
        settings.write(_FAST)


def _must(env: dict[str, str], *command: str) -> None:
    done = manage(env, *command)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
