"""`manage.py serve`: the trial. One process: PostgreSQL beneath, pages, sockets, jobs, a small mail server."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from config import embedded
from identity import keyring


class Command(BaseCommand):
    """Start the trial, and stop every part of it at Ctrl-C or SIGTERM."""

    help = "Run the trial: database, pages, meetings and jobs in one process."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` with one line for a taken port, a locked folder or a dead database."""
        if settings.DATABASE_URL:
            raise CommandError("`serve` is the trial. DATABASE_URL is set: run uvicorn and celery instead.")
        settings.MODE_IS_NAMED = True
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGHUP, _leave)
        listener = self._listen()
        try:
            with ExitStack() as stack:
                database = stack.enter_context(_database())
                self._prepare()
                stack.enter_context(_mailbox())
                stack.enter_context(_jobs())
                self._say_where()
                self._serve(listener, database)
        except embedded.Failed as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.stdout.write("Mötas är stoppad.")

    def _listen(self) -> socket.socket:
        """Take the port first: a taken one must not start a database."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", settings.PORT))
        except OSError:
            listener.close()
            raise CommandError(f"Port {settings.PORT} is taken. Choose another: PORT=8001 make run") from None
        return listener

    def _prepare(self) -> None:
        keyring.make_trial_secrets(settings.KEYS_DIR)
        settings.SECRET_KEY = keyring.read_secret(settings.KEYS_DIR / "django")
        call_command("migrate", verbosity=0, interactive=False)
        _collect_static()
        call_command("load_guidance", verbosity=0)
        call_command("make_trial", verbosity=0, week=True)

    def _say_where(self) -> None:
        base = f"http://localhost:{settings.PORT}"
        self.stdout.write(f"Mötas kör på {base}  (Ctrl-C stoppar allt)")
        self.stdout.write(f"  Invånare börjar här:    {base}/")
        self.stdout.write(f"  Handläggare börjar här: {base}/prova/in/anna/?next=/idag/")
        self.stdout.write(f"  Post som skickats:      {base}/prova/post/")

    def _serve(self, listener: socket.socket, database: embedded.Server) -> None:
        import uvicorn

        from config.asgi import application

        config = uvicorn.Config(
            application,
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # whoever is believed about addresses, is by BEHIND_PROXY
            lifespan="off",
            ws_max_size=65_536,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=3,
            server_header=False,
        )
        server = uvicorn.Server(config)
        watch = threading.Thread(target=_watch, args=(database, server), daemon=True)
        watch.start()
        server.run(sockets=[listener])
        if database.process is not None and database.process.poll() is not None:
            raise embedded.Failed(f"The database stopped. See {settings.VAR / 'postgres.log'}.")


def _leave(signum: int, frame: FrameType | None) -> None:
    """SIGTERM would end the process before any clean-up: leave through the stack instead."""
    raise SystemExit(128 + signum)


def _watch(database: embedded.Server, server: Any) -> None:  # noqa: ANN401 - a uvicorn server
    """Nothing restarts a dead database: stop serving and say so."""
    if database.process is not None:
        database.process.wait()
        server.should_exit = True


@contextmanager
def _database() -> Iterator[embedded.Server]:
    from django.db import connections

    server = embedded.Server(settings.VAR)
    server.start()
    try:
        server.prepare()
        yield server
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        connections.close_all()
        if connections["default"].settings_dict["OPTIONS"].get("pool"):
            connections["default"].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
        server.stop()


def _collect_static() -> None:
    """Only when a source changed since the last start: collecting costs most of a second."""
    stamp = settings.STATIC_ROOT / ".collected"
    newest = max((f.stat().st_mtime for d in settings.STATICFILES_DIRS for f in d.rglob("*") if f.is_file()), default=0)
    if not stamp.exists() or stamp.stat().st_mtime < newest:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.touch()


@contextmanager
def _mailbox() -> Iterator[None]:
    from notifications.mailbox import Mailbox

    mailbox = Mailbox(settings.VAR)
    settings.EMAIL_PORT = mailbox.start()
    try:
        yield
    finally:
        mailbox.stop()


@contextmanager
def _jobs() -> Iterator[None]:
    """The worker and its clock, as threads of this process over the memory broker."""
    from celery.beat import EmbeddedService
    from celery.worker import WorkController

    from config.celery import app
    from config.jobs import heartbeat
    from identity.jobs import keep_anchors

    app.finalize()
    app.loader.import_default_modules()
    worker = WorkController(
        app=app,
        pool="threads",
        concurrency=2,
        hostname="trial",
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        task_events=False,
    )
    threading.Thread(target=worker.start, name="celery", daemon=True).start()
    clock: Any = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
    clock.start()
    for at_once in (heartbeat, keep_anchors):  # the clock's first ones would come only after their intervals
        at_once.delay()
    try:
        yield
    finally:
        clock.stop()
        worker.stop()
