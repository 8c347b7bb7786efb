"""A post office for every test of notifications that asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from identity import scope
from notifications import jobs
from notifications.models import Message
from tests.notifications import post
from tests.town import Town


@pytest.fixture
def office() -> Iterator[post.Post]:
    """A real SMTP server."""
    with post.office() as opened:
        yield opened


@pytest.fixture
def deliver(town: Town) -> Callable[[], int]:
    """Send what is due in the town; how many messages were looked at."""
    return lambda: jobs.deliver(town.municipality.id)


@pytest.fixture
def outbox_states(town: Town) -> Callable[[], list[tuple[str, int, str]]]:
    """Kind, sequence and state of every message, in order."""

    def states() -> list[tuple[str, int, str]]:
        with scope.transaction(town.municipality.id):
            rows = Message.objects.order_by("sequence", "kind")
            return [(row.kind, row.sequence, row.state) for row in rows]

    return states


@pytest.fixture
def send_at(town: Town) -> Callable[[], datetime]:
    """When the one message is due."""

    def when() -> datetime:
        with scope.transaction(town.municipality.id):
            due: datetime = Message.objects.get().send_at
            return due

    return when
