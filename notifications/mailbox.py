"""The trial's own small mail server: it takes what is sent and keeps the octets as files. Trial and test only."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import WeakSet

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def folder(var: Path) -> Path:
    """Where the octets lie."""
    return var / "mailbox"


def newest(var: Path, most: int) -> Iterator[bytes]:
    """The octets of the last mails, newest first."""
    files = sorted(folder(var).glob("*.eml"), reverse=True) if folder(var).is_dir() else []
    return (path.read_bytes() for path in islice(files, most))


class _Keeper:
    """Writes each mail to a file of its own, whose name is when it came."""

    def __init__(self, target: Path) -> None:
        self._target = target

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Accept one mail once its octets are on the disk."""
        octets = envelope.original_content or b""
        path = self._target / f"{time.time_ns():020}-{uuid4().hex}.eml"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
        return "250 OK"


class Listening(Controller):
    """An SMTP server in a thread, on a free port of 127.0.0.1, that leaves no connection open when it stops."""

    def __init__(self, handler: object) -> None:
        """`handler`: aiosmtpd's, with `handle_DATA`. The port is taken here and served from `start()` on."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._met: WeakSet[SMTP] = WeakSet()
        port = self._listener.getsockname()[1]
        super().__init__(handler, hostname="127.0.0.1", port=port, server_hostname="localhost")

    def factory(self) -> SMTP:
        """One protocol for each connection."""
        made = SMTP(self.handler, **self.SMTP_kwargs)
        self._met.add(made)
        return made

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        """Called in the server's own loop when it shall stop."""
        self._last = self.loop.create_task(self._wind_down())

    def _create_server(self) -> Any:  # noqa: ANN401 - asyncio's coroutine
        return self.loop.create_server(self._factory_invoker, sock=self._listener)

    async def _wind_down(self) -> None:
        for connection in list(self._met):
            if isinstance(connection.transport, asyncio.Transport):
                connection.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)
        self.loop.stop()


class Mailbox:
    """The trial's mail server: what is sent to it lies in its folder, and nothing leaves the machine."""

    def __init__(self, var: Path) -> None:
        """`var`: the trial's data folder."""
        self._target = folder(var)
        self._server: Listening | None = None

    def start(self) -> int:
        """Listen on a free port of 127.0.0.1 and return it."""
        self._target.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._server = Listening(_Keeper(self._target))
        self._server.start()
        return int(self._server.port)

    def stop(self) -> None:
        """Stop listening. Mails stay in their folder."""
        if self._server is not None:
            self._server.stop()
            self._server = None
