"""Many requests at once over kept connections, and how each was answered: for programs that race over HTTP."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.times import Times

CONNECTIONS = 32
_PATIENCE = 60


@dataclass(frozen=True)
class Call:
    """One request. `about`: what whoever asked wants to know of it afterwards."""

    path: str
    body: dict[str, Any]
    key: str
    method: str = "POST"
    about: object = None


@dataclass(frozen=True)
class Reply:
    """How it was answered; status 0 when the connection broke. Seconds as the client sees them."""

    call: Call
    status: int
    seconds: float
    body: dict[str, Any]

    @property
    def word(self) -> str:
        """The status, of a problem with its code."""
        return f"{self.status} {self.body.get('code', '')}".strip()


@dataclass
class Volley:
    """All the replies of one run, in the order of their ends."""

    replies: list[Reply] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def times(self) -> Times:
        """How long answers took."""
        return Times(tuple(reply.seconds for reply in self.replies))

    @property
    def words(self) -> Counter[str]:
        """How many of each."""
        return Counter(reply.word for reply in self.replies)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.replies) / self.seconds

    def broken(self, allowed: Sequence[int]) -> int:
        """How many were answered by a status that never may be."""
        return sum(reply.status not in allowed for reply in self.replies)


Then = Callable[[Reply], Iterable[Call]]


def fire(ports: Sequence[int], token: str, calls: Iterable[Call], *, then: Then | None = None) -> Volley:
    """Send them over 32 connections, each the next one as soon as it is free. `then`: what an answer is followed by."""
    fired, lock, source = Volley(), threading.Lock(), iter(calls)

    def next_call() -> Call | None:
        with lock:
            return next(source, None)

    def work(number: int) -> None:
        line = http.client.HTTPConnection("localhost", ports[number % len(ports)], timeout=_PATIENCE)
        for call in iter(next_call, None):
            for one in _with_what_follows(call, lambda sent: _sent(line, token, sent), then):
                with lock:
                    fired.replies.append(one)
        line.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    fired.seconds = time.perf_counter() - began
    return fired


def _with_what_follows(call: Call, send: Callable[[Call], Reply], then: Then | None) -> Iterator[Reply]:
    waiting = [call]
    while waiting:
        reply = send(waiting.pop(0))
        yield reply
        if then is not None:
            waiting += then(reply)


def _sent(line: http.client.HTTPConnection, token: str, call: Call) -> Reply:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": call.key}
    began = time.perf_counter()
    try:
        line.request(call.method, f"/api/v1{call.path}", json.dumps(call.body), headers)
        answer = line.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        line.close()
        return Reply(call, 0, time.perf_counter() - began, {"code": type(error).__name__})
    return Reply(call, answer.status, time.perf_counter() - began, _json(text))


def _json(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
