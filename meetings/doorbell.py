"""Tell the sockets, from synchronous code, that a meeting has changed: by the loop, by the layer."""

from __future__ import annotations

import contextlib
from uuid import UUID

from meetings.exchange import ask_others, ring_others
from meetings.hub import hub


def ring(municipality: int, meeting: UUID, version: int) -> None:
    """Call it when the change is committed; never raises. Losing it costs at most the look every five seconds."""
    loop = hub.loop
    if loop is not None and loop.is_running():
        with contextlib.suppress(RuntimeError):  # the loop was closed in this moment
            loop.call_soon_threadsafe(hub.ring, municipality, meeting, version)
    ring_others(municipality, meeting, version)


def ask_rights(municipality: int) -> None:
    """Rights have changed there: every process asks for its sockets at once. As `ring`; the clock asks in any case."""
    loop = hub.loop
    if loop is not None and loop.is_running():
        with contextlib.suppress(RuntimeError):  # the loop was closed in this moment
            loop.call_soon_threadsafe(hub.ask_rights, municipality)
    ask_others(municipality)
