"""`GET /healthz`: is everything that a resident needs working right now?"""

from __future__ import annotations

import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from booking.heartbeat import worker_alive
from identity.anchors import kept_in_time
from identity.verifying import seals_in_time
from meetings.exchange import AWAY
from notifications.health import outbox_age_seconds

log = logging.getLogger("motas.health")
_OUTBOX_LIMIT = 120


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _channel_layer() -> bool:
    """Send one message to ourselves through the layer and read it back."""

    async def round_trip() -> bool:
        layer = get_channel_layer()
        if layer is None:
            return False
        name = await layer.new_channel()
        await layer.send(name, {"type": "health"})
        return bool((await layer.receive(name))["type"] == "health")

    return async_to_sync(round_trip)()


def _works(check: Any) -> bool:  # noqa: ANN401 - any check of no arguments
    try:
        return bool(check())
    except (Error, *AWAY) as error:
        log.warning("health: %s failed with %s", check.__name__, type(error).__name__)
        return False


def _outbox_age() -> int:
    """Seconds; over the limit when it cannot be told."""
    try:
        return outbox_age_seconds()
    except Error as error:
        log.warning("health: the outbox failed with %s", type(error).__name__)
        return _OUTBOX_LIMIT + 1


def report() -> dict[str, Any]:
    """The facts of the answer; `status` is ok only when every part is."""
    database = _works(_database)
    worker = database and _works(worker_alive)
    age = _outbox_age() if database else 0
    sealed, witness = database and _works(seals_in_time), database and _works(kept_in_time)
    parts = {"database": database, "channel_layer": _works(_channel_layer), "worker": worker}
    parts |= {"log": sealed, "anchors": witness}
    fine = all(parts.values()) and age <= _OUTBOX_LIMIT
    words = {name: "ok" if works else "failing" for name, works in parts.items()}
    return {"status": "ok" if fine else "failing", **words, "outbox_age_seconds": age}


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; names parts, never rows."""
    facts = report()
    return JsonResponse(facts, status=200 if facts["status"] == "ok" else 503)
