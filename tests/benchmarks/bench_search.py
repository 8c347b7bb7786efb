"""The first ten free times of 100 calendars x 60 days, half booked: in process, over HTTP, and beside bare SQL.

Goal over HTTP, at the server: p50 at most 8 ms, p99 at most 15 ms; in process at most twice the bare SQL of the same
rows. "At the server" is measured inside uvicorn, from the request to its last byte.
"""

from __future__ import annotations

import cProfile
import http.client
import io
import json
import logging
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from tests.benchmarks.times import Times
from tests.own_server import served
from tests.trial import free_port

if TYPE_CHECKING:
    from booking.services.load import Load
    from identity.models import Municipality

CALENDARS, DAYS, SAMPLES, WARM = 100, 60, 500, 50
SLOW = 0.015
_ROWS = """
SELECT calendar_id, block_from, block_to FROM booking_occupancy
WHERE municipality_id = %s AND live AND calendar_id = ANY(%s) AND block_from >= %s AND block_from < %s
"""


def main(calendars: int = CALENDARS, days: int = DAYS, samples: int = SAMPLES) -> None:
    """Print every figure."""
    with served() as (_, municipality):
        logging.getLogger("motas").setLevel("WARNING")
        made = _load(municipality, calendars, days)
        print(f"{calendars} calendars, {days} days, {made.bookings} bookings")
        bare = Times.of(_bare(municipality, made), samples=samples, warm=WARM)
        search = _search(municipality, made.meeting_type)
        inside = Times.of(search, samples=samples, warm=WARM)
        print(f"bare SQL of the same rows:  {bare}")
        print(f"search in process:          {inside}; ratio {inside.p50 / bare.p50:.2f} (goal 2.0)")
        at_server, at_client = _over_http(municipality, made.meeting_type, samples)
        print(f"over HTTP, at the server:   {at_server}; ratio {at_server.p50 / bare.p50:.2f} (goal 8 and 15 ms)")
        print(f"over HTTP, at the client:   {at_client}")
        if at_server.p99 > SLOW:
            print(_profile(_request(municipality, made.meeting_type)))


def _load(municipality: Municipality, calendars: int, days: int) -> Load:
    from django.utils import timezone

    from booking.services import load
    from config.management.commands.make_load import analyse

    made = load.fill(municipality=municipality.id, calendars=calendars, days=days, first=timezone.localdate())
    analyse()
    return made


def _bare(municipality: Municipality, made: Load) -> Callable[[], object]:
    """The rows that a search for ten times reads, of the two weeks that it looks at first."""
    from django.db import connection
    from django.utils import timezone

    from booking.models import Calendar
    from booking.search import MARGIN
    from booking.timeline import floor_tick
    from identity import scope

    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    span = [floor_tick(monday) - MARGIN, floor_tick(monday + timedelta(days=14)) + MARGIN]
    with scope.transaction(municipality.id):
        pool = list(Calendar.objects.filter(uuid__in=made.calendars).values_list("id", flat=True))

    def rows() -> object:
        with scope.transaction(municipality.id), connection.cursor() as cursor:
            cursor.execute(_ROWS, [municipality.id, pool, *span])
            return cursor.fetchall()

    return rows


def _search(municipality: Municipality, meeting_type: UUID) -> Callable[[], object]:
    from django.utils import timezone

    from booking.search import Query, find
    from identity import scope

    def search() -> object:
        with scope.transaction(municipality.id):
            return find(Query(meeting_type, "video", 10), now=timezone.now())

    return search


def _token(municipality: Municipality) -> str:
    from tests.tokens import token

    return token(municipality, "slots:read", searches_per_minute=0)


def _over_http(municipality: Municipality, meeting_type: UUID, samples: int) -> tuple[Times, Times]:
    """One client on the loopback, one request after the other."""
    path = "/api/v1/slots?" + urlencode({"meeting_type": meeting_type, "form": "video"})
    headers = {"Authorization": f"Bearer {_token(municipality)}", "Accept": "application/json"}
    with _uvicorn() as port:
        line = http.client.HTTPConnection("localhost", port)

        def ask(path: str = path) -> object:
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            body = json.load(answer)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {body}")
            return body

        at_client = Times.of(ask, samples=samples, warm=WARM)
        times = ask("/measured")
        line.close()
    return Times(tuple(times)[-samples:] if isinstance(times, list) else ()), at_client


@contextmanager
def _uvicorn() -> Iterator[int]:
    """The product behind uvicorn, in a process of its own, on the database of this one; with its pool."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.timed_app:application", "--port", str(port)]
    env = {name: value for name, value in os.environ.items() if name != "MOTAS_NO_POOL"}
    quiet = ["--lifespan", "off", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen([*command, *quiet], env=env, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            line = http.client.HTTPConnection("localhost", port, timeout=5)
            line.request("GET", "/measured")
            line.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("uvicorn does not answer")


def _request(municipality: Municipality, meeting_type: UUID) -> Callable[[], object]:
    """The same request through Django alone, in this process."""
    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {_token(municipality)}", "Host": "localhost"})
    query = {"meeting_type": str(meeting_type), "form": "video"}
    return lambda: client.get("/api/v1/slots", query)


def _profile(request: Callable[[], object], times: int = 50) -> str:
    """Where the time goes: the functions that take most of it themselves."""
    request()
    profile, out = cProfile.Profile(), io.StringIO()
    with profile:
        for _ in range(times):
            request()
    pstats.Stats(profile, stream=out).strip_dirs().sort_stats("tottime").print_stats(15)
    return out.getvalue()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
