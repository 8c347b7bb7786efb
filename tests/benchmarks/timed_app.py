"""The product's ASGI application, with the time that each request takes in it: from the first call to the last byte.

`GET /measured` answers the times since the last such question, in seconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from config.asgi import application as product

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
PATH = "/measured"
_times: list[float] = []


async def application(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Time one request, or tell the times."""
    if scope["type"] == "http" and scope["path"] == PATH:
        return await _tell(send)
    began = time.perf_counter()

    async def timed(message: Message) -> None:
        await send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            _times.append(time.perf_counter() - began)

    await product(scope, receive, timed)  # type: ignore[arg-type]  # asgiref names the same callables otherwise


async def _tell(send: Send) -> None:
    body = json.dumps(_times).encode()
    _times.clear()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
