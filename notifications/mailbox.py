"""The trial's own small mail server: it takes what is sent and keeps the octets as files. Trial and test only."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

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


class _Listening(Controller):
    """A controller on a socket that is bound already, because the port is the system's choice."""

    def __init__(self, handler: object, listener: socket.socket) -> None:
        self._listener = listener
        super().__init__(handler, hostname="127.0.0.1", port=listener.getsockname()[1])

    def _create_server(self) -> Any:  # noqa: ANN401 - asyncio's coroutine
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


class Mailbox:
    """An SMTP server in a thread of this process, for this machine only."""

    def __init__(self, var: Path) -> None:
        """`var`: the trial's data folder."""
        self._target = folder(var)
        self._controller: _Listening | None = None

    def start(self) -> int:
        """Listen on a free port of 127.0.0.1 and return it."""
        self._target.mkdir(mode=0o700, parents=True, exist_ok=True)
        listener = socket.create_server(("127.0.0.1", 0))
        self._controller = _Listening(_Keeper(self._target), listener)
        self._controller.start()
        return int(listener.getsockname()[1])

    def stop(self) -> None:
        """Stop listening. Mails stay in their folder."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
