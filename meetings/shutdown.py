"""That this server process is about to stop, by its own word: the signal that stops it.

The close code of a socket says nothing of it, because a client may write any. The web server handles the signal; this
only listens in, tells every client `restarting`, and lets the server go on as it would.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Final

from meetings.hub import hub

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def watch() -> None:
    """Listen in on the signals that the web server handles. Does nothing outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in SIGNALS:
        _listen_in(number)


def _listen_in(number: signal.Signals) -> None:
    served = signal.getsignal(number)
    if not callable(served) or getattr(served, "listens_in", False):
        return

    def heard(got: int, frame: FrameType | None) -> None:
        loop = hub.loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(hub.restart)
        served(got, frame)

    heard.listens_in = True  # type: ignore[attr-defined]  # so that it is hung in once
    signal.signal(number, heard)
