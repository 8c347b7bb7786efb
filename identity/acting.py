"""The transaction of a use case: durable, in one municipality, and a refused try is written down after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from identity import access_log, scope
from identity.errors import NotAllowed


@contextmanager
def acting(municipality: int) -> Iterator[None]:
    """Whatever is done inside happens whole or not at all; a `NotAllowed` leaves its entry and goes on."""
    try:
        with scope.transaction(municipality, durable=True):
            yield
    except NotAllowed as error:
        access_log.record_refusal(error)
        raise
